/** Looks again and again for as long as somebody waits: files and processes of other programs tell nobody that they changed. */
import { useEffect, useRef } from 'react';

const lookEveryMs = 2_000;

/** Calls it at once and then every two seconds (`everyMs`), one after the other, for as long as `active`. */
export function useLooking(active: boolean, look: () => Promise<void>, everyMs = lookEveryMs): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!active) return undefined;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = () => {
      // A look that failed says nothing: the next one may.
      latest.current().then(next, next);
    };
    const next = () => {
      if (!left) timer = setTimeout(turn, everyMs);
    };
    turn();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [active, everyMs]);
}
