/**
 * One change of a file at a time, also between two Conexors: a file beside it that says who is at work. That of a
 * process that is gone, or older than any change lasts, is taken over. It keeps out nobody but us.
 */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../../shared/faults.ts';
import { unfinishedName } from './backups.ts';
import { codeOf, notWritable } from './file-faults.ts';

const longestChangeMs = 60_000;
const longestWaitMs = 10_000;
const pauseMs = 25;

/**
 * `path` may be a link, or not be there yet; the work must not ask for the same lock. Throws what the work throws, and `file-not-writable`: after ten seconds of
 * waiting, or where nothing can be put beside the file. The lock is gone afterwards in any case.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const place = await placeOf(path);
  const lock = `${place}.conexor.lock`;
  const own = `${process.pid} ${process.platform} ${hostname()} ${randomBytes(8).toString('hex')}`;
  await acquire(lock, own, path);
  try {
    return await work();
  } finally {
    // Whoever has taken it over in the meantime keeps it.
    if ((await contentOf(lock)) === own) await rm(lock, { force: true }).catch(() => undefined);
  }
}

/** Where its links lead; a file that is not there is where it would be. */
async function placeOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

async function acquire(lock: string, own: string, path: string): Promise<void> {
  const untilMs = performance.now() + longestWaitMs;
  while (!(await isMade(lock, own, path))) {
    const there = await contentOf(lock);
    if (there !== undefined && (await isLeftBehind(lock, there))) await takeAway(lock, there);
    else if (performance.now() >= untilMs) throw busy(path);
    else await delay(pauseMs);
  }
}

async function isMade(lock: string, own: string, path: string): Promise<boolean> {
  let isOurs = false;
  try {
    const handle = await open(lock, 'wx', 0o600);
    isOurs = true;
    await handle.writeFile(own).finally(() => handle.close());
    return true;
  } catch (cause) {
    if (isOurs) await rm(lock, { force: true }).catch(() => undefined);
    // Windows refuses the name of a file that is being deleted.
    const isTaken = codeOf(cause) === 'EEXIST' || (process.platform === 'win32' && codeOf(cause) === 'EPERM');
    if (isTaken) return false;
    throw notWritable(path, cause);
  }
}

async function isLeftBehind(lock: string, content: string): Promise<boolean> {
  const { mtimeMs } = (await stat(lock).catch(() => undefined)) ?? {};
  if (mtimeMs === undefined) return false;
  // A clock that was set back must not keep it for ever.
  if (Math.abs(Date.now() - mtimeMs) > longestChangeMs) return true;
  const [pid, platform, host] = content.split(' ');
  return platform === process.platform && host === hostname() && isGone(Number(pid));
}

function isGone(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return codeOf(cause) === 'ESRCH';
  }
}

/** Of two who take the same one away, the second would take that of the first: it is looked at once more, and put back. */
async function takeAway(lock: string, stale: string): Promise<void> {
  const aside = unfinishedName(lock.slice(0, -'.conexor.lock'.length));
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await contentOf(aside)) !== stale) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true }).catch(() => undefined);
}

async function contentOf(lock: string): Promise<string | undefined> {
  return readFile(lock, 'utf8').catch(() => undefined);
}

function busy(path: string): Fault {
  return new Fault('file-not-writable', { reason: 'locked', subject: path, thing: 'config-file-busy' });
}
