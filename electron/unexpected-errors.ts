/** What a host does about errors that nobody caught: the log keeps where; what they were about may be a secret. */
import type { Log } from './core/platform.ts';

export function watchUnexpectedErrors(log: Log): void {
  // One forgotten promise must not end the service of every program on this computer.
  process.on('unhandledRejection', (thrown) => log('error', 'unhandled rejection', { at: framesOf(thrown) }));
  // An error thrown past everybody leaves nobody knows what behind: the next start is clean.
  process.on('uncaughtException', (thrown) => {
    log('error', 'uncaught error', { at: framesOf(thrown) });
    process.exit(1);
  });
}

/** Where it was thrown; not the message, which may quote what it was about. */
function framesOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error)) return [typeof thrown];
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [thrown.name, ...frames.slice(0, 8).map((line) => line.trim())];
}
