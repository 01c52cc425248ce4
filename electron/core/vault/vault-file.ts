/**
 * The vault's file on disk (P-64): mode 0600 in a folder of mode 0700, replaced whole or not at all, and set aside
 * rather than overwritten when it cannot be read.
 *
 * Not write-file-atomic: it ignores how much the system has written, so on a disk that fills up in the middle it puts
 * a cut file in place of the whole one. It also does not sync the folder, without which a rename can be lost.
 */
import { randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { chmod, lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../shared/faults.ts';
import { prepareOwnFolder } from './own-folder.ts';

const fileName = 'vault.jwe';
const temporaryName = /^vault\.jwe\.[0-9a-f]{16}\.tmp$/;
const groupAndOthers = 0o077;
/** On Windows the folder inherits the access list of the person's profile; modes mean nothing there. */
const hasModes = process.platform !== 'win32';
/** A temporary file this old, in ms, belongs to no write that is still going on. */
const abandonedMs = 60_000;

/** The disk is full, or does not let us write. */
const refusedWrites: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'EACCES', 'EPERM']);

export interface VaultFile {
  readonly path: string;
  /** The content, or undefined where there is no file. Rejects with `data-folder-unusable`. */
  read(): Promise<string | undefined>;
  /**
   * Puts this content in the file's place; durable when it resolves. Rejects with `file-not-writable` where the disk is
   * full or refuses, and with `data-folder-unusable` where the folder is gone or the file is not the one that was last
   * read or written here; the file is then as before.
   */
  replace(content: string): Promise<void>;
  /** Moves the file to a free name that says why and when, and gives that path. Rejects with `data-folder-unusable`. */
  setAside(why: 'unreadable' | 'damaged', nowMs: number): Promise<string>;
}

/** The file in this folder; the folder is made, or closed to others, first. Rejects with `data-folder-unusable`. */
export async function openVaultFile(folder: string, nowMs: number): Promise<VaultFile> {
  const path = join(folder, fileName);
  const unusable = (cause: unknown): Fault => {
    if (cause instanceof Fault) return cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
    return new Fault(refusedWrites.has(reason) ? 'file-not-writable' : 'data-folder-unusable', {
      subject: folder,
      reason,
      cause,
    });
  };
  const orUnusable = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw unusable(cause);
    });

  await prepareOwnFolder(folder);
  await orUnusable(removeAbandoned(folder, nowMs));
  /** Which file we know: undefined before the first read, and where there is none. */
  let known: string | undefined;

  async function read(): Promise<string | undefined> {
    const there = await identityOf(path);
    if (there === undefined) return undefined;
    const content = await readFile(path, 'utf8');
    if (hasModes && ((await stat(path)).mode & groupAndOthers) !== 0) await chmod(path, 0o600);
    known = there;
    return content;
  }

  async function replace(content: string): Promise<void> {
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      let written: string;
      try {
        await file.writeFile(content);
        await file.sync();
        written = identity(await file.stat({ bigint: true }));
      } finally {
        await file.close();
      }
      const there = await identityOf(path);
      // Where the file is gone, nothing can be lost by writing it anew.
      if (there !== undefined && there !== known) {
        throw new Fault('data-folder-unusable', { subject: path, reason: 'another process has changed the vault' });
      }
      await renamePatiently(temporary, path);
      known = written;
    } catch (thrown) {
      await rm(temporary, { force: true }).catch(() => {});
      throw thrown;
    }
    await syncFolder(folder);
  }

  async function setAside(why: 'unreadable' | 'damaged', nowMs: number): Promise<string> {
    const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    for (let attempt = 1; ; attempt += 1) {
      const aside = join(folder, `vault.${why}-${stamp}${attempt === 1 ? '' : `-${attempt}`}.jwe`);
      if ((await identityOf(aside)) !== undefined) continue;
      await rename(path, aside);
      await syncFolder(folder);
      known = undefined;
      return aside;
    }
  }

  return {
    path,
    read: () => orUnusable(read()),
    replace: (content) => orUnusable(replace(content)),
    setAside: (why, nowMs) => orUnusable(setAside(why, nowMs)),
  };
}

/** What a process that was killed while writing has left. It holds nothing that is not sealed. */
async function removeAbandoned(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!temporaryName.test(name)) continue;
    const left = await lstat(join(folder, name)).catch(() => undefined);
    if (left !== undefined && nowMs - left.mtimeMs > abandonedMs) await rm(join(folder, name), { force: true });
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    return identity(await lstat(path, { bigint: true }));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Tells one state of a file from another; a rename keeps it. */
function identity(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

/** On Windows a virus scanner or an indexer may hold the file for a moment. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      const held = process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!held || attempt === 10) throw thrown;
      await delay(attempt * 20);
    }
  }
}

/** So that the rename itself survives a power cut; not every system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
