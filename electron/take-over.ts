/**
 * The desktop app's start where a broker without a window runs already, as relays and the command line start one: it is
 * asked to stop, and its place is taken. Programs that were using it find the new one by themselves.
 */
import { openDoor } from './broker-process.ts';
import { createControlClient } from './core/control/client.ts';
import type { Log } from './core/platform.ts';
import type { Started } from './core/start.ts';

/** A relay may be faster once and start another one; more often is bad luck that a person should hear of. */
const mostTries = 4;
/** A broker that stops frees its socket within this time, or does not answer at all. */
const stopWaitMs = 5_000;

export interface TakeOverOptions {
  readonly socketPath: string;
  readonly log: Log;
  readonly stopWaitMs?: number;
}

/** What `start` gives; `already-running` only where the other one stays after all. Throws what `start` throws. */
export async function startTakingOver(start: () => Promise<Started>, options: TakeOverOptions): Promise<Started> {
  for (let tries = 1; ; tries += 1) {
    const started = await start();
    if (started.kind === 'running' || tries === mostTries) return started;
    options.log('info', 'another broker runs and is asked to stop', { tries });
    const stopped = await stopRunning(options.socketPath, options.stopWaitMs ?? stopWaitMs);
    if (!stopped) return started;
  }
}

/** Whether nobody listens there any more, or will not in a moment. */
async function stopRunning(socketPath: string, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  try {
    const stream = await openDoor(socketPath, { conexor: 1, door: 'control' });
    const control = createControlClient(stream);
    // A broker that goes down may close the line before it has answered.
    const asked = control.ask('stop', {}).catch(() => undefined);
    const gone = await Promise.race([asked.then(() => control.closed).then(() => true as const), tooLate]);
    stream.destroy();
    return gone;
  } catch {
    // It went by itself in the meantime.
    return true;
  } finally {
    clearTimeout(timer);
  }
}
