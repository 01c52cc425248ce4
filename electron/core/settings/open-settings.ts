/**
 * The settings in `settings.json` of the data folder (mode 0600): replaced whole or not at all, set aside when they
 * cannot be read. What a newer version has written there stays, key by key.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { type Settings, type SettingsChange, settingsChangeSchema, settingsSchema } from '../../../shared/settings.ts';
import type { Log } from '../platform.ts';
import type { SettingsStore } from './settings-store.ts';

export const settingsFileName = 'settings.json';

const brokenEnding = '.broken-';
const temporaryName = /^settings\.json\.[0-9a-f]{16}\.tmp$/;
/** A temporary file this old, in ms, belongs to no write that is still going on. */
const abandonedMs = 60_000;
/** Ours is a few hundred bytes. */
const mostBytes = 1024 * 1024;

type Raw = Readonly<Record<string, unknown>>;

/** What is not understood may have been the person's wish to be asked: nobody is let in because of a broken file. */
const carefully = { newPrograms: 'ask' } as const satisfies SettingsChange;

/** Never rejects: with settings that cannot be read, Conexor starts as it does for the first time, but `carefully`. */
export async function openSettings(dataDir: string, log: Log): Promise<SettingsStore> {
  const path = join(dataDir, settingsFileName);
  await removeAbandoned(dataDir).catch(() => undefined);
  let raw = await readRaw(dataDir, path, log);
  let settings = understood(raw);
  const listeners = new Set<(settings: Settings) => void>();
  let writing: Promise<unknown> = Promise.resolve();

  async function change(wanted: SettingsChange): Promise<Settings> {
    const next: Record<string, unknown> = { ...raw, ...settingsChangeSchema.parse(wanted) };
    // Undefined means: as if nobody had chosen.
    for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
    await replace(dataDir, path, textOf(next)).catch((cause: unknown) => {
      throw new Fault('data-folder-unusable', { subject: dataDir, reason: codeOf(cause), cause });
    });
    raw = next;
    settings = understood(raw);
    for (const listener of listeners) listener(settings);
    return settings;
  }

  return {
    get: () => settings,
    change(wanted) {
      // One after the other, each on top of the one before.
      const done = writing.then(() => change(wanted));
      writing = done.catch(() => undefined);
      return done;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** Key by key: a value that a newer version means differently costs its own default, not all the others. */
function understood(raw: Raw): Settings {
  const known: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(settingsSchema.shape)) {
    const read = schema.safeParse(raw[key]);
    if (read.success && read.data !== undefined) known[key] = read.data;
    else if (key === 'newPrograms' && key in raw) known[key] = carefully.newPrograms;
  }
  return settingsSchema.parse(known);
}

async function readRaw(folder: string, path: string, log: Log): Promise<Raw> {
  try {
    const content: unknown = JSON.parse((await readOwnFile(path)).replace(/^\ufeff/, ''));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('not an object');
    return content as Raw;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return (await wasSetAside(folder)) ? carefully : {};
    const aside = `${path}${brokenEnding}${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
    const moved = await rename(path, aside).then(
      () => true,
      () => false,
    );
    log('warn', 'the settings could not be read', { reason: codeOf(thrown), ...(moved ? { aside } : {}) });
    // So that it holds at the next start too.
    if (moved) await replace(folder, path, textOf(carefully)).catch(() => undefined);
    return carefully;
  }
}

/** A file's text, and of nothing else: a pipe would keep the start waiting for ever, a device may have no end. */
async function readOwnFile(path: string): Promise<string> {
  // Not even opening waits for a pipe's other side.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const there = await file.stat();
    if (!there.isFile()) throw new Error('not a file');
    const content = Buffer.alloc(mostBytes + 1);
    let length = 0;
    // Not by its size, which some systems' own files do not tell, and which may grow meanwhile.
    for (;;) {
      const { bytesRead } = await file.read(content, length, content.length - length, null);
      length += bytesRead;
      if (length > mostBytes) throw new Error('too large');
      if (bytesRead === 0) break;
    }
    if (process.platform !== 'win32' && (there.mode & 0o077) !== 0) await file.chmod(0o600).catch(() => undefined);
    return content.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}

/** Somebody's settings were broken, and nothing has been chosen since. */
async function wasSetAside(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => name.startsWith(`${settingsFileName}${brokenEnding}`));
}

function textOf(raw: Raw): string {
  return `${JSON.stringify(raw, undefined, 2)}\n`;
}

async function replace(folder: string, path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
  // So that the rename itself survives a power cut; not every system lets a folder be synced.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** What a process that was killed while writing has left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!temporaryName.test(name)) continue;
    const left = await lstat(join(folder, name)).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > abandonedMs) await rm(join(folder, name), { force: true });
  }
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed';
  return 'code' in thrown ? String(thrown.code) : thrown.name;
}
