/**
 * What Conexor wrote into other programs' settings, so that it can take out exactly that: `client-entries.json` of the
 * data folder (mode 0600). No secret is among it, and it is read without the keychain. Written whole and flushed. What
 * nobody can understand is set aside; what cannot be read just now is left, and nothing is changed meanwhile. A change is
 * written down before it is made, and counts once the file is as it was to become.
 */
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type ClientId, clientIdSchema } from '../../../shared/clients.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { withFileLock } from './file/file-lock.ts';
import { reasonOf, renewOwnFile } from './own-file.ts';

export const entriesFileName = 'client-entries.json';

const writtenEntrySchema = z.object({
  client: clientIdSchema,
  path: z.string(),
  name: z.string(),
  /** The names below which it stands, from the root down; without them, where the program has its servers for all. */
  servers: z.array(z.string()).optional(),
  /** Without it, it serves all. */
  connection: z.string().optional(),
  /** What stands below the name. */
  value: z.record(z.string(), z.unknown()),
  writtenAtMs: z.number(),
  /** The program ran when it was written, as far as that could be told. */
  whileRunning: z.boolean().optional(),
});
export type WrittenEntry = z.infer<typeof writtenEntrySchema>;

/** A file's content by its SHA-256 in hexadecimal; without it: the file was not there. */
const contentSchema = z.object({ sha256: z.string().optional(), backup: z.string().optional() });
export type KnownContent = z.infer<typeof contentSchema>;

const fileRecordSchema = z.object({
  client: clientIdSchema,
  path: z.string(),
  /** What it was before the first of our changes between which nobody else has written. */
  original: contentSchema,
  /** What it was before our last change, with our entries then; absent where that was taken back. */
  before: contentSchema.extend({ entries: z.array(writtenEntrySchema), tookOver: z.boolean().optional() }).optional(),
  /** As our last change left it. */
  after: contentSchema,
  /** Folders that were made for it, the innermost first. */
  folders: z.array(z.string()).default([]),
  changedAtMs: z.number(),
});
export type FileRecord = z.infer<typeof fileRecordSchema>;

const clientRecordSchema = z.object({
  client: clientIdSchema,
  restores: z.boolean().optional(),
  /** Of all our entries, last. */
  removedAtMs: z.number().optional(),
});
export type ClientRecord = z.infer<typeof clientRecordSchema>;

const intendedSchema = z.object({
  client: clientIdSchema,
  path: z.string(),
  entries: z.array(writtenEntrySchema),
  record: fileRecordSchema.optional(),
  after: contentSchema,
  atMs: z.number(),
});
/** A change that is about to be made: what is to be known once the file is so. */
export type IntendedChange = z.infer<typeof intendedSchema>;

export interface Written {
  readonly entries: readonly WrittenEntry[];
  readonly files: readonly FileRecord[];
  readonly clients: readonly ClientRecord[];
}

export interface WrittenEntries {
  /** As it stands on the disk: another process of ours may have changed it. Throws `data-folder-unusable`. */
  get(): Promise<Written>;
  /** The same for who changes nothing: what was read last where it cannot be read now. Never throws. */
  lastKnown(): Promise<Written>;
  /**
   * From what stands on the disk to what is to stand there; no other process of ours writes meanwhile. What a newer version
   * has written otherwise stays. Throws `data-folder-unusable`.
   */
  change(make: (written: Written) => Written, intended?: IntendedChange): Promise<void>;
}

const nothing: Written = { entries: [], files: [], clients: [] };

export function writtenEntries(dataDir: string, log: Log): WrittenEntries {
  const path = join(dataDir, entriesFileName);
  let last = nothing;
  const unusable = (cause: unknown) =>
    new Fault('data-folder-unusable', { subject: dataDir, reason: reasonOf(cause), cause });

  /** Nothing where it is not there, or cannot be understood by anybody. */
  async function content(): Promise<Content> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (thrown) {
      if (reasonOf(thrown) === 'ENOENT') return contentSchemaOfFile.parse({});
      log('warn', 'the list of entries in other programs could not be read', { reason: reasonOf(thrown) });
      throw unusable(thrown);
    }
    try {
      return contentSchemaOfFile.parse(JSON.parse(text));
    } catch {
      const aside = `${path}.broken-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
      await rename(path, aside).catch(() => undefined);
      log('warn', 'the list of entries in other programs was broken, and is set aside');
      return contentSchemaOfFile.parse({});
    }
  }

  async function factsOf(found: Content): Promise<Written> {
    let written = understood(found);
    for (const one of known(found.intended, intendedSchema)) {
      if (await isMade(one)) written = withChange(written, one);
    }
    last = written;
    return written;
  }

  async function write(make: (written: Written) => Written, intended?: IntendedChange): Promise<void> {
    const found = await content();
    const before = await factsOf(found);
    const written = make(before);
    // An intention that is settled has to go all the same.
    if (!intended && found.intended.length === 0 && isDeepStrictEqual(written, before)) return;
    const { version, entries, files, clients, ...others } = found;
    const all = {
      ...others,
      version: typeof version === 'number' ? version : 1,
      entries: [...written.entries, ...unknown(entries, writtenEntrySchema)],
      files: [...written.files, ...unknown(files, fileRecordSchema)],
      clients: [...written.clients, ...unknown(clients, clientRecordSchema)],
      intended: intended ? [intended] : undefined,
    };
    await renewOwnFile(path, Buffer.from(`${JSON.stringify(all, undefined, 2)}\n`)).catch((cause: unknown) => {
      throw unusable(cause);
    });
    last = written;
  }

  const get = async () => factsOf(await content());
  return {
    get,
    lastKnown: () => get().catch(() => last),
    change: (make, intended) =>
      withFileLock(path, () => write(make, intended)).catch((cause: unknown) => {
        throw asFault(cause).code === 'data-folder-unusable' ? cause : unusable(cause);
      }),
  };
}

const contentSchemaOfFile = z.looseObject({
  entries: z.array(z.unknown()).default([]),
  files: z.array(z.unknown()).default([]),
  clients: z.array(z.unknown()).default([]),
  intended: z.array(z.unknown()).default([]),
});
type Content = z.infer<typeof contentSchemaOfFile>;

/** Whoever was about to make it may have been killed before or after. */
async function isMade({ path, after }: IntendedChange): Promise<boolean> {
  const bytes = await readFile(path).catch((cause: unknown) => (reasonOf(cause) === 'ENOENT' ? undefined : cause));
  if (bytes === undefined) return after.sha256 === undefined;
  return bytes instanceof Uint8Array && createHash('sha256').update(bytes).digest('hex') === after.sha256;
}

/** Each by itself: what a newer version means differently costs only that. */
function understood({ entries, files, clients }: Content): Written {
  return {
    entries: known(entries, writtenEntrySchema),
    files: known(files, fileRecordSchema),
    clients: known(clients, clientRecordSchema),
  };
}

function unknown(all: readonly unknown[], schema: z.ZodType): readonly unknown[] {
  return all.filter((one) => !schema.safeParse(one).success);
}

function known<T>(all: readonly unknown[], schema: z.ZodType<T>): readonly T[] {
  return all.flatMap((one) => {
    const read = schema.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

/** The files of a program that were not there before our entries were. */
export function madeFiles({ files }: Written, client: ClientId): ReadonlySet<string> {
  const made = files.filter((one) => one.client === client && one.original.sha256 === undefined);
  return new Set(made.map(({ path }) => path));
}

/** The same, with one file's record and its entries in place of those before. */
export function withFile(
  written: Written,
  { client, path }: { readonly client: ClientId; readonly path: string },
  entries: readonly WrittenEntry[],
  record: FileRecord | undefined,
): Written {
  const isOther = (one: { readonly client: ClientId; readonly path: string }) =>
    one.client !== client || one.path !== path;
  return {
    ...written,
    entries: [...written.entries.filter(isOther), ...entries],
    files: [...written.files.filter(isOther), ...(record ? [record] : [])],
  };
}

/** The same, with a change of one file. */
export function withChange(written: Written, change: Omit<IntendedChange, 'after'>): Written {
  const { client, path, entries, record, atMs } = change;
  const after = withFile(written, { client, path }, entries, record);
  const had = written.entries.some((one) => one.client === client && one.path === path);
  const isLast = had && !after.entries.some((one) => one.client === client);
  return isLast ? withClient(after, client, { removedAtMs: atMs }) : after;
}

/** The same, with something else known of one client. */
export function withClient(written: Written, client: ClientId, change: Omit<ClientRecord, 'client'>): Written {
  const before = written.clients.find((one) => one.client === client);
  const others = written.clients.filter((one) => one !== before);
  return { ...written, clients: [...others, { ...before, client, ...change }] };
}
