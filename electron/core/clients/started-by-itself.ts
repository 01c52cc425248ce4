/** Whether a relay that says whom it is for was started by that program's own process. Pure. */
import { clientIdSchema } from '../../../shared/clients.ts';
import type { ProcessSeen } from '../processes/client-start.ts';
import { marksFor } from './client-evidence.ts';
import { isOwnProcess } from './own-process.ts';
import { clientProgram } from './programs/catalogue.ts';

/** `client`: what the relay was told to call it. Undefined where nobody knows how its processes look, or who started it. */
export function isStartedByItself(
  client: string,
  ancestors: readonly ProcessSeen[],
  platform: string,
): boolean | undefined {
  const id = clientIdSchema.safeParse(client).data;
  const marks = id === undefined ? [] : marksFor(clientProgram(id).processes, platform);
  if (marks.length === 0 || ancestors.length === 0) return undefined;
  const own = ancestors.map((one) => isOwnProcess(marks, one));
  return own.includes(true) ? true : own.includes(undefined) ? undefined : false;
}
