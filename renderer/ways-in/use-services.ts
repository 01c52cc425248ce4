/** The services that can be added, as the broker knows them; asked once for as long as the window is open. */
import { useEffect, useState } from 'react';
import type { ServiceView } from '../../shared/ways-in.ts';
import { ask } from '../client/client.ts';

let known: readonly ServiceView[] | undefined;

/** Undefined before the answer, and where there is none: what needs no answer works without it. */
export function useServices(): readonly ServiceView[] | undefined {
  const [services, setServices] = useState(known);
  useEffect(() => {
    if (known) return undefined;
    let gone = false;
    ask('services', {}).then(
      (answer) => {
        known = answer.services;
        if (!gone) setServices(known);
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  return services;
}
