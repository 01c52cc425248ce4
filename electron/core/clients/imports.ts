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
import type { Pasted } from '../../../shared/window.ts';
import { serviceFor } from '../services/catalogue.ts';
import { type Connectable, pastedServer, type ReplacedBy, readPasted, writtenName } from '../services/pasted.ts';
import type { Computer } from './client-program.ts';
import { backupsOf, keepNewest, removeBackups } from './file/backups.ts';
import { type ConfigFile, readConfig, replaceConfig } from './file/config-file.ts';
import { changedMeanwhile } from './file/file-faults.ts';
import { filesOf } from './find-files.ts';
import { importSources, isIn, type Reading } from './import-source.ts';
import { claudeDesktop } from './programs/claude-desktop.ts';
import { holds, type TakenServer, withoutTaken } from './server-entries.ts';

export interface ImportsNeeds {
  readonly computer: Computer;
  readonly now: () => number;
  /** Makes it a connection, its client kept in the vault. */
  readonly connect: (
    server: Connectable,
    how: ImportHow,
  ) => Promise<{ readonly connection: ConnectionView; readonly added: boolean }>;
  readonly replacedBy: ReplacedBy;
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

interface Taken extends TakenServer {
  readonly shown: string;
  readonly server: Connectable;
}

export function createImports({ computer, now, connect, replacedBy, keeps }: ImportsNeeds): Imports {
  const { read, readAgain } = importSources(computer);
  let last: Promise<unknown> = Promise.resolve();
  /** Two imports of one file at once would each find the other's change. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function takeOne(reading: Reading, name: string, { service, wayIn }: ImportHow, before: readonly Taken[]) {
    if (reading.file && !isIn(reading.block, name)) throw changedMeanwhile(reading.file);
    const server = pastedServer(reading.block, name);
    requireSameClient(server, before);
    if (wayIn && !serviceFor(new URL(server.target), service).waysIn.some(({ way }) => way === wayIn)) {
      throw new Fault('input-invalid', { subject: wayIn, thing: 'way-in' });
    }
    return { server, ...(await connect(server, { service, wayIn })) };
  }

  async function clean(
    { file, notCleanable }: Reading,
    taken: readonly TakenServer[],
    what: 'secret' | 'entry',
  ): Promise<{ readonly path: string; readonly backup?: string; readonly text: string } | undefined> {
    if (!file || taken.length === 0) return undefined;
    const { path } = file;
    if (notCleanable) throw notCleanable;
    if (!keeps()) {
      throw new Fault('input-invalid', { subject: path, thing: 'config-file', advice: 'keep-in-file' });
    }
    const text = withoutTaken(file.text, path, taken, what);
    if (text === file.text) return { path, text };
    const backup = await replaceConfig(file, text, now());
    await keepNewest(path);
    return { path, backup, text };
  }

  return {
    async find(source, language) {
      const paths = source ? [] : await filesOf(claudeDesktop, computer);
      const sources = source ? [source] : paths.map((path) => ({ kind: 'claude-desktop' as const, path }));
      return Promise.all(
        sources.map((one) =>
          findIn(
            one,
            () => read(one),
            (block) => readPasted(block, language, replacedBy),
            language,
          ),
        ),
      );
    },
    take: (wish, language) =>
      inTurn(async () => {
        const reading = await readAgain(wish.source, wish.servers);
        const taken: Taken[] = [];
        const servers: ImportResult['servers'] = [];
        for (const name of new Set(wish.servers)) {
          try {
            const { server, connection, added } = await takeOne(reading, name, wish, taken);
            const written = writtenName(reading.block, name) ?? name;
            taken.push({ shown: name, server, name: written, secret: server.clientSecret });
            servers.push({ name, connection, added, took: tookOf(server), secretLeft: false });
          } catch (thrown) {
            const secretLeft = reading.file !== undefined && hasSecret(reading.block, name);
            servers.push({ name, added: false, took: [], secretLeft, fault: inWords(thrown, language) });
          }
        }
        /** Told by what the file holds in the end, whatever was done to it. */
        const withLeft = (text: string) =>
          servers.map((server) => {
            const secret = taken.find(({ shown }) => shown === server.name)?.secret;
            return secret ? { ...server, secretLeft: holds(text, secret) } : server;
          });
        if (!reading.file) return { servers };
        if (wish.clean === 'nothing') return { servers: withLeft(reading.file.text) };
        try {
          const { text = reading.file.text, ...cleaned } = (await clean(reading, taken, wish.clean)) ?? {};
          return { servers: withLeft(text), ...('path' in cleaned ? { cleaned } : {}) };
        } catch (thrown) {
          return { servers: withLeft(await textNow(reading.file)), notCleaned: inWords(thrown, language) };
        }
      }),
    removeBackups: (path) =>
      inTurn(async () => {
        const paths = path === undefined ? await filesOf(claudeDesktop, computer) : [resolve(path)];
        return (await Promise.all(paths.map(removeBackups))).flat();
      }),
  };
}

/** A connection has one client: a second one would take the first one's place, and that one's secret would be lost. */
function requireSameClient({ target, clientId, clientSecret }: Connectable, before: readonly Taken[]): void {
  const other = before.find(({ server }) => {
    if (server.target !== target || clientId === undefined || server.clientId === undefined) return false;
    const isOtherSecret = server.clientSecret && clientSecret && server.clientSecret.open() !== clientSecret.open();
    return server.clientId !== clientId || isOtherSecret;
  });
  if (other) throw new Fault('input-invalid', { subject: other.shown, thing: 'second-client' });
}

async function findIn(
  source: ImportSource,
  read: () => Promise<Reading>,
  readBlock: (block: string) => Pasted,
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
    const pasted = readBlock(block);
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

function hasSecret(block: string, name: string): boolean {
  const pasted = readPasted(block);
  return pasted.kind === 'block' && pasted.servers.some((server) => server.name === name && server.hasSecret);
}

/** As it was read where nobody can say now, or another program has just emptied it to write it again. */
async function textNow(file: ConfigFile): Promise<string> {
  const text = await readConfig(file.path).then(
    (now) => now.text,
    () => '',
  );
  return text.trim() === '' ? file.text : text;
}

function serverAt(pasted: { readonly target: string; readonly host: string; readonly title: string }): FoundServer {
  const { target, host, title } = pasted;
  return { name: host, target, host, title, hasClientId: false, hasSecret: false, unknownKeys: [] };
}

function tookOf({ clientId, clientSecret, scopes }: Connectable): ImportResult['servers'][number]['took'] {
  return [
    ...(clientId === undefined ? [] : ['client-id' as const]),
    ...(clientSecret === undefined ? [] : ['client-secret' as const]),
    ...(scopes.length === 0 ? [] : ['scopes' as const]),
  ];
}

function inWords(thrown: unknown, language: Language | undefined) {
  const fault = asFault(thrown);
  return { fault: fault.code, ...faultWords(fault, language) };
}
