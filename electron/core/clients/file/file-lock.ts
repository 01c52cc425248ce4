/**
 * One change of a file at a time, also between two Conexors: a file beside it that says who is at work. That of a
 * process that is gone, or older than any change lasts, is taken over. It keeps out nobody but us.
 */
import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../../shared/faults.ts';
import { codeOf, notWritable } from './file-faults.ts';

const longestChangeMs = 60_000;
const longestStartMs = 3_000;
const longestWaitMs = 10_000;
const pauseMs = 25;

/**
 * `path` may be a link, or not be there yet; the work must not ask for the same lock. Throws what the work throws, and
 * `file-not-writable`: where somebody else has held it for all of `waitMs`, or where nothing can be put beside the file.
 * The lock is gone afterwards in any case.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, waitMs = longestWaitMs): Promise<T> {
  const place = await placeOf(path);
  const lock = `${place}.conexor.lock`;
  const own = `${process.pid} ${process.platform} ${hostname()} ${randomBytes(8).toString('hex')}`;
  await acquire(lock, own, path, waitMs);
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

async function acquire(lock: string, own: string, path: string, waitMs: number): Promise<void> {
  const untilMs = performance.now() + waitMs;
  while (!(await isMade(lock, own, path))) {
    const there = await contentOf(lock);
    const isLeft = there !== undefined && (await isLeftBehind(lock, there));
    if (isLeft && (await isTakenAway(lock, there, path))) continue;
    if (performance.now() >= untilMs) throw busy(path);
    await delay(pauseMs);
  }
}

/** A link whose words lead nowhere is there with them or not at all; where there are no links, a file. */
async function isMade(lock: string, own: string, path: string): Promise<boolean> {
  try {
    await symlink(own, lock);
    return true;
  } catch (cause) {
    if (isTaken(cause)) return false;
    if (['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ENOENT', 'ENOTDIR'].includes(codeOf(cause)))
      throw notWritable(path, cause);
  }
  let isOurs = false;
  try {
    const handle = await open(lock, 'wx', 0o600);
    isOurs = true;
    await handle.writeFile(own).finally(() => handle.close());
    return true;
  } catch (cause) {
    if (isOurs) await rm(lock, { force: true }).catch(() => undefined);
    if (isTaken(cause)) return false;
    throw notWritable(path, cause);
  }
}

function isTaken(cause: unknown): boolean {
  return codeOf(cause) === 'EEXIST';
}

async function isLeftBehind(lock: string, content: string): Promise<boolean> {
  // A file without words is one whose maker was killed, unless it has just been made.
  if (await isOlder(lock, content === '' ? longestStartMs : longestChangeMs)) return true;
  const [pid, platform, host] = content.split(' ');
  return platform === process.platform && host === hostname() && isGone(Number(pid));
}

/** A clock that was set back must not keep it for ever. */
async function isOlder(path: string, ageMs: number): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Math.abs(Date.now() - stats.mtimeMs) > ageMs;
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

/** One at a time: the second of two would take away what the first has made in its place. */
async function isTakenAway(lock: string, stale: string, path: string): Promise<boolean> {
  const guard = `${lock}.taken`;
  try {
    await (await open(guard, 'wx', 0o600)).close();
  } catch (cause) {
    if (!isTaken(cause)) throw notWritable(path, cause);
    if (await isOlder(guard, longestChangeMs)) await rm(guard, { force: true }).catch(() => undefined);
    return false;
  }
  try {
    if ((await contentOf(lock)) !== stale) return false;
    await rm(lock, { force: true });
    return true;
  } catch (cause) {
    throw notWritable(path, cause);
  } finally {
    await rm(guard, { force: true }).catch(() => undefined);
  }
}

async function contentOf(lock: string): Promise<string | undefined> {
  return readlink(lock).catch(() => readFile(lock, 'utf8').catch(() => undefined));
}

function busy(path: string): Fault {
  return new Fault('file-not-writable', { reason: 'locked', subject: path, thing: 'config-file-busy' });
}
