/**
 * Taking servers over from what was written down for another program: from Claude Desktop's file, any file, or a text.
 * What is secret goes to the vault first; only then, and only on the person's wish, it leaves the file it came from.
 */
import { resolve } from 'node:path';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Cleaning, FoundImport, FoundServer, ImportResult, ImportSource } from '../../../shared/imports.ts';
import type { Language } from '../../../shared/settings.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { WayInId } from '../../../shared/ways-in.ts';
import { serviceFor } from '../services/catalogue.ts';
import { type Connectable, pastedServer, readPasted, writtenName } from '../services/pasted.ts';
import { backupsOf, keepNewest, removeBackups } from './backups.ts';
import { claudeDesktop } from './claude-desktop.ts';
import { type ConfigFile, readConfig, replaceConfig } from './config-file.ts';
import { parseConfig } from './config-text.ts';
import { filesOf } from './find-files.ts';
import type { Computer } from './program-file.ts';
import { addressedIn, groupOf, requireNamed, type TakenServer, withoutTaken } from './server-entries.ts';

export interface ImportsNeeds {
  readonly computer: Computer;
  readonly now: () => number;
  /** Makes it a connection, its client kept in the vault. */
  readonly connect: (
    server: Connectable,
    how: ImportHow,
  ) => Promise<{ readonly connection: ConnectionView; readonly added: boolean }>;
  /** Whether what is kept outlives this process. */
  readonly keeps: () => boolean;
}

export interface ImportHow {
  /** Whose rules hold, where an address alone does not tell. */
  readonly service?: string | undefined;
  /** The way in to suggest. */
  readonly wayIn?: WayInId | undefined;
}

export interface ImportWish extends ImportHow {
  readonly source: ImportSource;
  readonly servers: readonly string[];
  readonly clean: Cleaning;
}

/** Words about single files and servers are in `language`; what ends the whole wish is thrown. */
export interface Imports {
  /** Without a source: Claude Desktop's own files. Throws nothing. */
  find(source?: ImportSource, language?: Language): Promise<FoundImport[]>;
  /** Throws `input-invalid`, `too-large` where the source cannot be read; then nothing has happened. */
  take(wish: ImportWish, language?: Language): Promise<ImportResult>;
  /** Beside this file, else beside Claude Desktop's. Throws `file-not-writable`. */
  removeBackups(path?: string): Promise<string[]>;
}

/** A source as it was read: its servers as a text, and the file that they stand in. */
interface Reading {
  readonly block: string;
  readonly file?: ConfigFile;
  /** Why the file must not be changed. */
  readonly notCleanable?: Fault;
}

export function createImports({ computer, now, connect, keeps }: ImportsNeeds): Imports {
  let last: Promise<unknown> = Promise.resolve();
  /** Two imports of one file at once would each find the other's change. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function read(source: ImportSource): Promise<Reading> {
    if (source.kind === 'text') return { block: source.text };
    if (source.kind === 'file') return readAny(resolve(source.path));
    const known = await filesOf(claudeDesktop, computer);
    if (!known.includes(source.path)) throw new Fault('input-invalid', { subject: source.path, thing: 'config-file' });
    return readClaude(source.path);
  }

  async function takeOne(reading: Reading, name: string, { service, wayIn }: ImportHow) {
    const server = pastedServer(reading.block, name);
    if (wayIn && !serviceFor(new URL(server.target), service).waysIn.some(({ way }) => way === wayIn)) {
      throw new Fault('input-invalid', { subject: wayIn, thing: 'way-in' });
    }
    return { server, ...(await connect(server, { service, wayIn })) };
  }

  async function clean(
    { file, notCleanable }: Reading,
    taken: readonly TakenServer[],
    what: 'secret' | 'entry',
  ): Promise<NonNullable<ImportResult['cleaned']> | undefined> {
    if (!file || taken.length === 0) return undefined;
    const { path } = file;
    if (notCleanable) throw notCleanable;
    if (!keeps()) {
      throw new Fault('input-invalid', { subject: path, thing: 'config-file', advice: 'keep-in-file' });
    }
    const text = withoutTaken(file.text, path, taken, what);
    const secretElsewhere = taken.some(({ secret }) => secret !== undefined && holds(text, secret.open()));
    if (text === file.text) return { path, secretElsewhere };
    const backup = await replaceConfig(file, text, now());
    await keepNewest(path);
    return { path, backup, secretElsewhere };
  }

  return {
    async find(source, language) {
      const paths = source ? [] : await filesOf(claudeDesktop, computer);
      const sources = source ? [source] : paths.map((path) => ({ kind: 'claude-desktop' as const, path }));
      return Promise.all(sources.map((one) => findIn(one, () => read(one), language)));
    },
    take: (wish, language) =>
      inTurn(async () => {
        const reading = await read(wish.source);
        const taken: TakenServer[] = [];
        const servers: ImportResult['servers'] = [];
        for (const name of new Set(wish.servers)) {
          try {
            const { server, connection, added } = await takeOne(reading, name, wish);
            taken.push({ name: writtenName(reading.block, name) ?? name, secret: server.clientSecret });
            servers.push({ name, connection, added, took: tookOf(server) });
          } catch (thrown) {
            servers.push({ name, added: false, took: [], fault: inWords(thrown, language) });
          }
        }
        if (wish.clean === 'nothing') return { servers };
        try {
          const cleaned = await clean(reading, taken, wish.clean);
          return { servers, ...(cleaned ? { cleaned } : {}) };
        } catch (thrown) {
          return { servers, notCleaned: inWords(thrown, language) };
        }
      }),
    removeBackups: (path) =>
      inTurn(async () => {
        const paths = path === undefined ? await filesOf(claudeDesktop, computer) : [resolve(path)];
        return (await Promise.all(paths.map(removeBackups))).flat();
      }),
  };
}

async function findIn(
  source: ImportSource,
  read: () => Promise<Reading>,
  language: Language | undefined,
): Promise<FoundImport> {
  const path = source.kind === 'text' ? {} : { path: source.path };
  const backups = source.kind === 'text' ? [] : [...(await backupsOf(resolve(source.path)))];
  try {
    const { block, notCleanable } = await read();
    const found: FoundImport = {
      ...path,
      servers: [],
      backups,
      ...(notCleanable ? { notCleanable: inWords(notCleanable, language) } : {}),
    };
    const pasted = readPasted(block, language);
    switch (pasted.kind) {
      case 'nothing':
        return found;
      case 'unusable':
        return { ...found, fault: pasted.fault };
      case 'address':
        return { ...found, servers: [serverAt(pasted)] };
      case 'block':
        return { ...found, servers: pasted.servers };
    }
  } catch (thrown) {
    return { ...path, servers: [], backups, fault: inWords(thrown, language) };
  }
}

function serverAt(pasted: { readonly target: string; readonly host: string; readonly title: string }): FoundServer {
  const { target, host, title } = pasted;
  return { name: host, target, host, title, hasClientId: false, hasSecret: false, unknownKeys: [] };
}

/** Only what Claude skips: what it starts itself works, and is left to it. */
async function readClaude(path: string): Promise<Reading> {
  const file = await readConfig(path);
  const config = parseConfig(file.text, path);
  const group = groupOf(config, path, [claudeDesktop.servers]);
  const entries = group === config.root ? [] : addressedIn(group);
  const texts = entries.map(({ node }) => config.text.slice(node.offset, node.offset + node.length));
  return { file, block: texts.length === 0 ? '' : `{"${claudeDesktop.servers}":{${texts.join(',')}}}` };
}

/** Anything that holds a block; what is no strict JSON can be read, but not changed. */
async function readAny(path: string): Promise<Reading> {
  const file = await readConfig(path);
  try {
    const config = parseConfig(file.text, path);
    const group = groupOf(config, path);
    requireNamed(group, path);
    const block = config.text.slice(group.offset, group.offset + group.length);
    return { file, block: group === config.root ? block : `{"mcpServers":${block}}` };
  } catch (thrown) {
    return { file, block: file.text, notCleanable: asFault(thrown) };
  }
}

function tookOf({ clientId, clientSecret, scopes }: Connectable): ImportResult['servers'][number]['took'] {
  return [
    ...(clientId === undefined ? [] : ['client-id' as const]),
    ...(clientSecret === undefined ? [] : ['client-secret' as const]),
    ...(scopes.length === 0 ? [] : ['scopes' as const]),
  ];
}

function holds(text: string, secret: string): boolean {
  return text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1));
}

function inWords(thrown: unknown, language: Language | undefined) {
  const fault = asFault(thrown);
  return { fault: fault.code, ...faultWords(fault, language) };
}
