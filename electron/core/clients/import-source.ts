/**
 * Where servers are taken from, read so that it can be said what stands there and whether it may be changed: a text, any
 * file, or Claude Desktop's own.
 */
import { resolve } from 'node:path';
import { asFault, Fault } from '../../../shared/faults.ts';
import { type ImportSource, longestPasted } from '../../../shared/imports.ts';
import { readPasted } from '../services/pasted.ts';
import type { Computer } from './client-program.ts';
import { type ConfigFile, notReplaceable, readConfig } from './file/config-file.ts';
import { changedMeanwhile, tooLarge } from './file/file-faults.ts';
import { filesOf } from './find-files.ts';
import { claudeDesktop } from './programs/claude-desktop.ts';
import { addressedIn, groupOf, requireNamed } from './server-entries.ts';
import { parseConfig } from './text/config-text.ts';

/** A source as it was read: its servers as a text, and the file that they stand in. */
export interface Reading {
  readonly block: string;
  readonly file?: ConfigFile;
  /** Why the file must not be changed. */
  readonly notCleanable?: Fault;
}

export interface ImportSources {
  /** Throws `input-invalid`, `too-large` where it cannot be read. */
  read(source: ImportSource): Promise<Reading>;
  /** For taking these servers; throws besides where another program has changed the file since they were found. */
  readAgain(source: ImportSource, servers: readonly string[]): Promise<Reading>;
}

export function importSources(computer: Computer): ImportSources {
  async function read(source: ImportSource): Promise<Reading> {
    if (source.kind === 'text') return { block: source.text };
    if (source.kind === 'file') return readAny(resolve(source.path));
    const known = await filesOf(claudeDesktop, computer);
    if (!known.includes(source.path)) throw new Fault('input-invalid', { subject: source.path, thing: 'config-file' });
    return readClaude(source.path);
  }

  /** What was found a moment ago, and is no longer there or whole: another program is writing the file. */
  async function readAgain(source: ImportSource, servers: readonly string[]): Promise<Reading> {
    try {
      const again = await read(source);
      if (again.file && !servers.some((name) => isIn(again.block, name))) throw changedMeanwhile(again.file);
      return again;
    } catch (thrown) {
      if (source.kind !== 'text' && asFault(thrown).detail.advice === 'config-broken') throw changedMeanwhile(source);
      throw thrown;
    }
  }

  return { read, readAgain };
}

/** Whether a server of this name stands there. */
export function isIn(block: string, name: string): boolean {
  const pasted = readPasted(block);
  // A bare address is called by its host.
  return (
    pasted.kind === 'address' || (pasted.kind === 'block' && pasted.servers.some((server) => server.name === name))
  );
}

/** Only what Claude skips: what it starts itself works, and is left to it. */
async function readClaude(path: string): Promise<Reading> {
  const file = await readSmall(path);
  const config = parseConfig(file.text, path);
  const group = groupOf(config, path, claudeDesktop.servers);
  const entries = group === config.root ? [] : addressedIn(group);
  const texts = entries.map(({ node }) => config.text.slice(node.offset, node.offset + node.length));
  return reading(file, texts.length === 0 ? '' : `{"mcpServers":{${texts.join(',')}}}`);
}

/** Anything that holds a block; what is no strict JSON can be read, but not changed. */
async function readAny(path: string): Promise<Reading> {
  const file = await readSmall(path);
  let parsed: string;
  try {
    const config = parseConfig(file.text, path);
    const group = groupOf(config, path);
    requireNamed(group, path);
    const block = config.text.slice(group.offset, group.offset + group.length);
    parsed = group === config.root ? block : `{"mcpServers":${block}}`;
  } catch (thrown) {
    return { ...reading(file, file.text), notCleanable: asFault(thrown) };
  }
  return reading(file, parsed);
}

/** In bytes; what holds servers to import is far smaller. */
const largest = 4 * 1024 * 1024;

async function readSmall(path: string): Promise<ConfigFile> {
  const file = await readConfig(path);
  if (file.bytes.length > largest) throw tooLarge(path);
  return file;
}

/** Throws `too-large` for more than is read of a text. */
function reading(file: ConfigFile, block: string): Reading {
  if (block.length > longestPasted) throw tooLarge(file.path);
  const fault = notReplaceable(file);
  return { file, block, ...(fault ? { notCleanable: fault } : {}) };
}
