/** Whoever pressed the main button of a form in which something is wrong is brought to the first field of those. */
import { type RefObject, useRef } from 'react';

export function useFocusOnError(): { readonly form: RefObject<HTMLFormElement | null>; focusError(): void } {
  const form = useRef<HTMLFormElement>(null);
  return {
    form,
    focusError() {
      // The errors stand there with the next rendering.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    },
  };
}
