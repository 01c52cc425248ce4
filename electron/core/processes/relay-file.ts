/**
 * Whether the file that a process runs is a relay of ours: the one in the data folder, the one as it was built, or the one
 * of the bundle where Claude Desktop has unpacked it. A file that is only called so proves nothing.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

const calledRelay = /(^|[\\/])relay\.c?js$/;
/** A folder of Claude's own, in which each extension has one; the rest is from our bundle (clients/bundle.ts). */
const inBundle = /[\\/]Claude Extensions[\\/][^\\/]+[\\/]server[\\/]relay\.cjs$/i;

export function isRelayFile(word: string): boolean {
  return calledRelay.test(word);
}

/** `words`: of the process, with its file among them. `folder`: where it runs, if the system tells. Never throws. */
export async function isOwnRelayFile(
  words: readonly string[],
  places: readonly string[],
  folder?: string,
): Promise<boolean> {
  const word = words.find(isRelayFile);
  // An app that runs node inside of itself does not say which file.
  if (word === undefined) return true;
  if (folder === undefined && !isAbsolute(word)) return false;
  const file = await realOf(folder === undefined ? word : resolve(folder, word));
  if (inBundle.test(file)) return true;
  const own = await Promise.all(places.map(realOf));
  return own.includes(file);
}

async function realOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => path);
  return process.platform === 'win32' ? real.toLowerCase() : real;
}
