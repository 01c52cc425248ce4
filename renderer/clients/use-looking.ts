/** Looks again and again for as long as somebody waits: files and processes of other programs tell nobody that they changed. */
import { useEffect, useRef } from 'react';

const lookEveryMs = 2_000;

/**
 * Calls it at once, when one comes back to the window, and every two seconds (`everyMs`), one after the other, for as long
 * as `active`.
 */
export function useLooking(active: boolean, look: () => Promise<void>, everyMs = lookEveryMs): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!active) return undefined;
    let left = false;
    let isLooking = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = () => {
      if (isLooking) return;
      isLooking = true;
      clearTimeout(timer);
      // A look that failed says nothing: the next one may.
      latest.current().then(next, next);
    };
    const next = () => {
      isLooking = false;
      if (!left) timer = setTimeout(turn, everyMs);
    };
    turn();
    window.addEventListener('focus', turn);
    return () => {
      left = true;
      clearTimeout(timer);
      window.removeEventListener('focus', turn);
    };
  }, [active, everyMs]);
}
