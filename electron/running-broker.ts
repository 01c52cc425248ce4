/** One question to the broker that runs already, over its control socket. */
import type { ControlArgument, ControlMethod, ControlResult } from '../shared/control.ts';
import { openDoor } from './broker-process.ts';
import { createControlClient } from './core/control/client.ts';

/** Rejects with `broker-absent` where none listens, and with the broker's own refusal. */
export async function askRunning<M extends ControlMethod>(
  socketPath: string,
  method: M,
  argument: ControlArgument<M>,
): Promise<ControlResult<M>> {
  const control = createControlClient(await openDoor(socketPath, { conexor: 1, door: 'control' }));
  try {
    return await control.ask(method, argument);
  } finally {
    control.close();
  }
}
