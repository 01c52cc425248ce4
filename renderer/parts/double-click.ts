/**
 * A double click is one click where the first half has changed what lies under the pointer: the second half neither
 * closes a question that has just come up, nor presses the button that took the other's place, nor marks a word.
 */

interface Pressed {
  readonly element: Element;
  /** One element can be another button a moment later. */
  readonly name: string;
}

const controls = 'button, a, input, select, textarea, label, summary, [role="menuitem"]';
let first: Pressed | undefined;

/** Once. */
export function takeDoubleClicksAsOne(): void {
  addEventListener(
    'mousedown',
    (event) => {
      if (event.detail <= 1) first = pressedBy(event);
      else if (isOther(event)) {
        stop(event);
        // The press began with `pointerdown`, which does not say whether it is the second one.
        document.dispatchEvent(new PointerEvent('pointercancel'));
      }
    },
    true,
  );
  addEventListener(
    'click',
    (event) => {
      if (event.detail > 1 && isOther(event)) stop(event);
    },
    true,
  );
}

function isOther(event: MouseEvent): boolean {
  const now = pressedBy(event);
  return first !== undefined && (now?.element !== first.element || now.name !== first.name);
}

function pressedBy({ target }: MouseEvent): Pressed | undefined {
  if (!(target instanceof Element)) return undefined;
  const control = target.closest(controls);
  if (!control) return { element: target, name: '' };
  return { element: control, name: control.getAttribute('aria-label') ?? control.textContent ?? '' };
}

function stop(event: MouseEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
