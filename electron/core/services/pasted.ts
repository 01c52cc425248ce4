/**
 * What a person pasted, read without asking anybody: an address, a short name, a command line, or a block of servers.
 * What is shown of it holds no secret; the secret itself only goes into `pastedServer`, for the vault.
 */
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import { longestPasted, mostServers } from '../../../shared/imports.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Pasted } from '../../../shared/window.ts';
import { parseResourceUrl } from '../oauth/urls.ts';
import type { Secret } from '../vault/secret.ts';
import { serviceFor } from './catalogue.ts';
import { conexor } from './conexor.ts';
import { holdsSecret } from './pasted-secrets.ts';
import { mostKeys, type PastedServer, serverOfCommand, serversOf, trimmed, withoutUnseen } from './pasted-servers.ts';
import { readTolerantJson } from './tolerant-json.ts';
import { withScheme } from './typed-address.ts';

/** One server, ready to be connected. */
export interface Connectable {
  readonly target: string;
  /** A name that a connection may have; absent where what was pasted has none such. */
  readonly name?: string;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly scopes: readonly string[];
}

const longestName = 64;

type Reading =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'servers'; readonly servers: ReadonlyMap<string, PastedServer> };

/** The name of the connection at this address that has another client than this one, if there is one. */
export type ReplacedBy = (server: { readonly target: string; readonly clientId: string }) => string | undefined;

/** Never throws: what cannot be used is told in words. `replacedBy`: looked at for each server that can. */
export function readPasted(text: string, language?: Language, replacedBy?: ReplacedBy): Pasted {
  const inWords = (thrown: unknown) => {
    const fault = asFault(thrown);
    return { fault: fault.code, ...faultWords(fault, language) };
  };
  try {
    const reading = read(text);
    if (reading.kind === 'nothing') return { kind: 'nothing' };
    if (reading.kind === 'address') return { kind: 'address', ...viewOf(resourceOf(reading.text)) };
    const servers = [...reading.servers].map(([name, server]) => {
      const shown = {
        name,
        hasClientId: server.clientId !== undefined,
        hasSecret: server.clientSecret !== undefined,
        unknownKeys: server.unknownKeys.slice(0, mostKeys),
      };
      try {
        const view = viewOf(targetOf(server));
        const { clientId } = server;
        const replaces = clientId === undefined ? undefined : replacedBy?.({ target: view.target, clientId });
        return { ...shown, ...view, ...(replaces === undefined ? {} : { replaces }) };
      } catch (thrown) {
        const local = server.address === undefined ? { local: true } : {};
        return { ...shown, ...local, target: '', host: '', title: '', fault: inWords(thrown) };
      }
    });
    return { kind: 'block', servers };
  } catch (thrown) {
    return { kind: 'unusable', fault: inWords(thrown) };
  }
}

/** How the server that is shown under this name is called where it was copied; undefined where it has no name there. */
export function writtenName(text: string, name: string): string | undefined {
  const reading = read(text);
  return reading.kind === 'servers' ? reading.servers.get(name)?.name : undefined;
}

/** The server of this name, or the only one. Throws what `readPasted` tells in words. */
export function pastedServer(text: string, name?: string): Connectable {
  const reading = read(text);
  if (reading.kind === 'nothing') throw unusable('nothing');
  if (reading.kind === 'address') return { target: resourceOf(reading.text).href, scopes: [] };
  const [only] = reading.servers.size === 1 ? reading.servers.keys() : [];
  const server = reading.servers.get(name ?? only ?? '');
  if (!server) throw unusable('no server of this name');
  const { clientId, clientSecret, scopes } = server;
  const slug = slugOf(server.name ?? '');
  return {
    target: targetOf(server).href,
    ...(slug === '' ? {} : { name: slug }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    scopes,
  };
}

function read(pasted: string): Reading {
  if (pasted.length > longestPasted) throw new Fault('too-large', { advice: 'paste-less' });
  const text = trimmed(withoutFences(pasted));
  if (text === '') return { kind: 'nothing' };
  const quotedAsTheyAre = wordsOf(text).map((word) => (/^['"]/.test(word) ? word : withoutUnseen(word)));
  if (isCommand(quotedAsTheyAre)) {
    const server = serverOfCommand(quotedAsTheyAre.map(unquoted));
    const hasMore = server.clientId !== undefined || server.unknownKeys.length > 0;
    if (server.address !== undefined && !hasMore) return { kind: 'address', text: server.address };
    return { kind: 'servers', servers: named([server]) };
  }
  const servers = serversIn(text);
  if (servers.length > 0) return { kind: 'servers', servers: named(servers) };
  if (looksLikeBlock(text))
    throw new Fault('input-invalid', { reason: 'no server in it', advice: 'paste-whole-block' });
  const plain = withoutUnseen(text);
  const words = wordsOf(plain);
  const addresses = [...new Set(words.map(bare).filter((word) => /^https?:\/\//i.test(word)))];
  if (addresses.length > 1) {
    return { kind: 'servers', servers: named(addresses.map((address) => serverOfCommand([address]))) };
  }
  const [address = plain] = addresses;
  return { kind: 'address', text: bare(address) };
}

/** From its first brace on where there is text before it. */
function serversIn(text: string): readonly PastedServer[] {
  const brace = text.indexOf('{');
  for (const from of new Set([0, brace])) {
    const value = from < 0 ? undefined : readTolerantJson(text.slice(from));
    const servers = value === undefined ? [] : serversOf(value);
    if (servers.length > 0) return servers;
  }
  return [];
}

function looksLikeBlock(text: string): boolean {
  return /^[[{]/.test(text) || /["“”'\w]\s*:\s*[[{"“”]/.test(text);
}

/** What stands between the first two lines of three backticks, where there are any. */
function withoutFences(text: string): string {
  const lines = text.split('\n');
  const isFence = (line: string) => trimmed(line).startsWith('```');
  const from = lines.findIndex(isFence);
  if (from < 0) return text;
  const to = lines.findIndex((line, at) => at > from && isFence(line));
  return lines.slice(from + 1, to < 0 ? undefined : to).join('\n');
}

/** Words as a shell would part them; what is quoted stays together with its quotes. */
function wordsOf(text: string): readonly string[] {
  return text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
}

function unquoted(word: string): string {
  return word.replaceAll(/^(['"])(.*)\1$/gs, '$2');
}

const opening = '[<("\'`“”‘’„';
const closing = ']>)"\'`“”‘’,;.!?';

/** Without the signs that stand around an address in a text. Step by step: a pattern would take minutes for some texts. */
function bare(word: string): string {
  let from = 0;
  let to = word.length;
  while (from < to && opening.includes(word.charAt(from))) from += 1;
  while (to > from && closing.includes(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}

function isCommand(words: readonly string[]): boolean {
  return (
    words.length > 1 && (words.includes('mcp-remote') || /^(?:npx|bunx|pnpx|uvx|node|claude)$/.test(words[0] ?? ''))
  );
}

/** Each under a name of its own. Throws `too-large` for more than are taken over at once: none is left out in silence. */
function named(servers: readonly PastedServer[]): ReadonlyMap<string, PastedServer> {
  if (servers.length > mostServers) {
    throw new Fault('too-large', { subject: String(servers.length), thing: 'many-servers' });
  }
  const byName = new Map<string, PastedServer>();
  for (const server of servers) {
    const wanted = shortened(oneLine(server.name ?? '') || lastPart(server.address));
    let name = wanted;
    for (let n = 2; byName.has(name); n++) name = `${wanted} ${n}`;
    byName.set(name, server);
  }
  return byName;
}

function lastPart(address: string | undefined): string {
  if (address === undefined || !URL.canParse(address)) return '1';
  const url = new URL(address);
  const last = url.pathname.split('/').filter(Boolean).at(-1) ?? '';
  // What follows may be a secret, and is no part of a name.
  const [name] = last.split(/[;=]|%3b|%3d/i);
  return name || url.host;
}

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}

function targetOf({ address, clientId, clientSecret }: PastedServer): URL {
  if (address === undefined) throw new Fault('input-invalid', { reason: 'a local program', advice: 'local-program' });
  if ((clientId?.length ?? 0) > 2048 || (clientSecret?.open().length ?? 0) > 8192) throw new Fault('too-large');
  return resourceOf(address);
}

/** Throws `address-invalid`, `address-insecure`. */
function resourceOf(text: string): URL {
  const [written = ''] = text.trim().split('#');
  const url = parseResourceUrl(addressOf(written));
  if (holdsSecret(url)) {
    throw new Fault('address-invalid', {
      subject: url.host,
      reason: 'a secret in it',
      advice: 'address-without-secret',
    });
  }
  return url;
}

function addressOf(text: string): string {
  const address = withScheme(text);
  if (address !== undefined) return address;
  if (/^[\w.-]+\/[\w.-]+$/.test(text) && conexor.resourceFor) return conexor.resourceFor(text);
  throw new Fault('address-invalid', { reason: 'neither address nor short name', advice: 'address-forms' });
}

function viewOf(url: URL): { readonly target: string; readonly host: string; readonly title: string } {
  const service = serviceFor(url);
  // A service that nobody has a name for is called by its address.
  return { target: url.href, host: url.host, title: service.id === 'mcp' ? url.host : service.title };
}

/** A connection's name: letters, digits and hyphens. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
}

function unusable(reason: string): Fault {
  return new Fault('input-invalid', { reason, advice: 'address-forms' });
}
