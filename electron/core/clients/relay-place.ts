/**
 * The relay at a place of its own, `bin/` in the data folder: what is written into other programs' settings must still be
 * there after an update of ours, in another mount of an AppImage, and when the program's folder has moved. Beside it a
 * file says where the program is now, so that the relay can start it (electron/relay/program.ts reads it).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { prepareOwnFolder } from '../vault/own-folder.ts';
import { isOwnFile, reasonOf, renewOwnFile } from './own-file.ts';

/** How the relay starts a broker: by a program for the Node that runs the relay itself, or by the desktop app. */
export type ProgramPlace = { readonly headless: string } | { readonly app: readonly string[] };

export interface RelaySource {
  /** The relay that was built with this program. */
  readonly built: string;
  readonly program: ProgramPlace;
  readonly dataDir: string;
}

const relayName = 'relay.cjs';
const programName = 'program.json';

/** Where it is, whether it stands there or not. */
export function relayPlace(dataDir: string): string {
  return join(dataDir, 'bin', relayName);
}

/**
 * Puts both files there, unless they are the same already. Gives the relay's path. Throws `data-folder-unusable`; what
 * was there is whole then, the old one or the new one.
 */
export async function placeRelay({ built, program, dataDir }: RelaySource): Promise<string> {
  const folder = join(dataDir, 'bin');
  await prepareOwnFolder(folder);
  const path = join(folder, relayName);
  try {
    // The program's place first: a new relay may know more of it than an old one, never less.
    await renewOwnFile(join(folder, programName), Buffer.from(`${JSON.stringify({ conexor: 1, ...program })}\n`));
    await renewOwnFile(path, await readFile(built));
  } catch (cause) {
    const reason = reasonOf(cause);
    // On Windows a file that a relay is being started from cannot be replaced in that moment; our next start does it.
    if (process.platform === 'win32' && ['EPERM', 'EBUSY'].includes(reason) && (await isOwnFile(path))) return path;
    throw new Fault('data-folder-unusable', { subject: folder, reason, cause });
  }
  return path;
}
