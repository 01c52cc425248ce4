/** The present time for words such as "5 minutes ago"; stands still while nobody looks. */
import { useEffect, useState } from 'react';

/** `everyMs` at least; 0 for a time that does not move. */
export function useNow(everyMs = 60_000): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (everyMs === 0) return undefined;
    const update = () => {
      if (document.visibilityState === 'visible') setNowMs(Date.now());
    };
    const timer = setInterval(update, everyMs);
    document.addEventListener('visibilitychange', update);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', update);
    };
  }, [everyMs]);
  return nowMs;
}
