/** Whoever pressed the main button of a form in which something is wrong is brought to the first field of those. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { WindowFault } from '../client/client.ts';

/** `fault`: what the service said of it; where that stands at a field, it is no different. */
export function useFocusOnError(fault: WindowFault | undefined): {
  readonly form: RefObject<HTMLFormElement | null>;
  focusError(): void;
} {
  const form = useRef<HTMLFormElement>(null);
  const focusError = useCallback(() => {
    // The errors stand there with the next rendering.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }, []);
  useEffect(() => {
    if (fault) focusError();
  }, [fault, focusError]);
  return { form, focusError };
}
