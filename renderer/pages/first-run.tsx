/** The first run: fills the window until it is finished or skipped (`firstRunDone` in the settings). */
import { useEffect } from 'react';
import { ask } from '../client/client.ts';
import { takeState } from '../client/state.ts';

export function FirstRunPage() {
  useEffect(() => {
    void ask('changeSettings', { firstRunDone: true }).then(takeState, () => undefined);
  }, []);
  return null;
}
