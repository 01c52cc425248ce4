/**
 * Nobody's focus is lost. Where the element that has it, or the one that a dialog would give it back to, leaves the
 * document, focus moves to the nearest place that still is there: what surrounds it and is marked `data-place` (by its
 * heading), a dialog's main button, else the page's title. Never to a button of the page that came up in its stead: a
 * second Enter would undo what the first one did.
 */

/** What lies over the page: each keeps where focus was in it. */
const overlays = '.veil, .popover';
const headings = 'h1, h2, h3, .row-title';
/** What lies under a dialog that has just closed can be focused again only a frame or two later. */
const mostFrames = 10;

/** Overlay, or the page's body → the element that had the focus there, and all that it lay in, the nearest first. */
const paths = new Map<Element, readonly Element[]>();
/** The one that has the focus, or had it when it left the document. */
let current: Element | undefined;
/** Whoever uses a pointer looks at what lies under it: the page does not scroll away. */
let byPointer = false;

/** Once. */
export function keepFocus(): void {
  document.addEventListener('focusin', ({ target }) => remember(target), true);
  document.addEventListener('pointerdown', () => setPointer(true), true);
  document.addEventListener('keydown', () => setPointer(false), true);
  new MutationObserver((changes) => {
    if (isLost(changes)) bringBack(mostFrames);
  }).observe(document.body, { childList: true, subtree: true });
}

function setPointer(by: boolean): void {
  byPointer = by;
}

function remember(target: EventTarget | null): void {
  if (!(target instanceof Element) || target === document.body) return;
  current = target;
  for (const overlay of paths.keys()) if (!overlay.isConnected) paths.delete(overlay);
  const overlay = target.closest(overlays) ?? document.body;
  const path: Element[] = [];
  for (let one: Element | null = target; one && one !== document.body; one = one.parentElement) path.push(one);
  // The latest stands last.
  paths.delete(overlay);
  paths.set(overlay, path);
}

/** It is gone, or was moved: a browser takes the focus from what is moved as well. */
function isLost(changes: readonly MutationRecord[]): boolean {
  const lost = current;
  if (!lost || hasFocus()) return false;
  return (
    !lost.isConnected || changes.some(({ removedNodes }) => [...removedNodes].some((removed) => removed.contains(lost)))
  );
}

function bringBack(frames: number): void {
  if (hasFocus()) return;
  for (const place of places()) {
    focus(place);
    if (document.activeElement === place) return;
  }
  if (frames > 0) requestAnimationFrame(() => bringBack(frames - 1));
}

function hasFocus(): boolean {
  return document.activeElement !== null && document.activeElement !== document.body;
}

function places(): readonly HTMLElement[] {
  const still = [...paths].reverse().filter(([overlay]) => overlay.isConnected);
  const title = document.getElementById('page-title');
  return [
    ...still.flatMap(([, [own, ...around]]) => [...(own ? [own] : []), ...around.flatMap(placesOf)]),
    ...(title ? [title] : []),
  ].filter((one): one is HTMLElement => one instanceof HTMLElement && one.isConnected);
}

function placesOf(around: Element): readonly Element[] {
  if (around.matches('.dialog')) return [...around.querySelectorAll('.dialog-actions .primary'), around];
  if (!around.matches('[data-place]')) return [];
  const heading = around.matches('[tabindex]') ? around : around.querySelector(headings);
  return heading ? [heading] : [];
}

function focus(place: HTMLElement): void {
  const scroll = { preventScroll: byPointer };
  place.focus(scroll);
  if (document.activeElement === place) return;
  // A heading, which nobody comes to otherwise.
  if (!place.matches(headings) || place.hasAttribute('tabindex')) return;
  place.tabIndex = -1;
  place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true });
  place.focus(scroll);
}
