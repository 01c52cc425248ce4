/**
 * The servers in what a person pasted: in a block as dashboards and other programs have it, in a command line, or as
 * addresses in a text. Nothing here is judged or sent anywhere yet.
 */
import { Secret } from '../vault/secret.ts';
import { isPlainWord, isTellingName } from './pasted-secrets.ts';
import type { Value } from './tolerant-json.ts';

export interface PastedServer {
  /** As it is called where it was copied. */
  readonly name: string | undefined;
  /** As it was written; undefined for a program that is started on this computer. */
  readonly address: string | undefined;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly scopes: readonly string[];
  /** Left out: names only, their values may be secrets; and only plain ones, what stands for a name may be one too. */
  readonly unknownKeys: readonly string[];
}

/** More names than a person reads. */
export const mostKeys = 20;

type Members = ReadonlyMap<string, Value>;

/** Below which servers stand, in one program's file or another's. */
export const groupNames = ['mcpServers', 'servers', 'mcp_servers', 'context_servers', 'mcp'];
export const addressKeys = ['url', 'serverUrl', 'httpUrl', 'server_url', 'uri'];
const idKeys = ['clientId', 'client_id'];
export const secretKeys = ['clientSecret', 'client_secret'];
const scopeKeys = ['scopes', 'scope'];
/** Say how the server is spoken to, which it tells itself. */
const harmlessKeys = ['name', 'type', 'transport', 'oauth', 'command', 'args'];

/** Empty where nothing in this value looks like a server. */
export function serversOf(value: Value, depth = 0): readonly PastedServer[] {
  if (Array.isArray(value))
    return value.flatMap((one) => (isMembers(one) && isServer(one) ? [server(undefined, one)] : []));
  if (!isMembers(value) || depth > 3) return [];
  for (const key of groupNames) {
    const inner = value.get(key);
    // A server may be called `mcp` or `servers` itself.
    if (isMembers(inner) && isServer(inner)) continue;
    if (inner !== undefined && typeof inner === 'object' && inner !== null) return serversOf(inner, depth + 1);
  }
  if (isServer(value)) return [server(undefined, value)];
  return [...value].flatMap(([name, one]) => (isMembers(one) && isServer(one) ? [server(name, one)] : []));
}

/** `npx mcp-remote https://… --header …` and the like: the first address, and what else was given with it. */
export function serverOfCommand(words: readonly string[], name?: string): PastedServer {
  const at = words.findIndex((word) => /^https?:\/\//i.test(trimmed(word)));
  const info = clientInfo(words);
  const options = optionsIn(words.slice(at + 1));
  return {
    name,
    address: addressIn(words[at]),
    ...clientOf(info ?? new Map()),
    scopes: [],
    unknownKeys: options.filter((option) => info === undefined || option !== clientInfoOption),
  };
}

function optionsIn(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const [at, word] of words.entries()) {
    if (found.length === mostKeys) break;
    const [, option = ''] = /^(--[a-z][a-z\d-]*)(?:=|$)/s.exec(word) ?? [];
    if (option !== '' && isPlainWord(option.slice(2)) && !takesNext(words[at - 1] ?? '')) found.push(option);
  }
  return found;
}

/** Whether the word after this option is its value, even where it looks like another option. */
function takesNext(option: string): boolean {
  if (/^-[a-z]$/i.test(option)) return true;
  return /^--[^=]*$/.test(option) && (isTellingName(option) || /header|env/i.test(option));
}

const clientInfoOption = '--static-oauth-client-info';

/** mcp-remote takes a client as JSON in one word; as `@file` it stays where it is. */
function clientInfo(words: readonly string[]): Members | undefined {
  const at = words.findIndex((word) => word === clientInfoOption || word.startsWith(`${clientInfoOption}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  const json = word === clientInfoOption ? (words[at + 1] ?? '') : word.slice(clientInfoOption.length + 1);
  try {
    const info: unknown = JSON.parse(json);
    if (typeof info !== 'object' || info === null) return undefined;
    return new Map(Object.entries(info).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return undefined;
  }
}

function isMembers(value: Value | undefined): value is Members {
  return value instanceof Map;
}

/** What an entry has one of, if it is a server. */
export const serverKeys = [...addressKeys, 'command'];

function isServer(value: Members): boolean {
  return serverKeys.some((key) => typeof value.get(key) === 'string');
}

function server(key: string | undefined, value: Members): PastedServer {
  const given = value.get('name');
  const name = key ?? (typeof given === 'string' ? given : undefined);
  const address = addressIn(first(value, addressKeys));
  const values = wordsIn(value);
  if (address === undefined) {
    const started = serverOfCommand(wordsOf(value), name);
    return { ...started, unknownKeys: [...unknownIn(value, [], values), ...started.unknownKeys] };
  }
  const oauth = value.get('oauth');
  // Some programs' files have the client beside the address instead of below `oauth`.
  const client = isMembers(oauth) ? oauth : value;
  return {
    name,
    address,
    ...clientOf(client),
    scopes: scopesOf(client),
    unknownKeys: isMembers(oauth)
      ? [...unknownIn(value, [], values), ...unknownIn(oauth, clientKeysIn(oauth), values).map((one) => `oauth.${one}`)]
      : unknownIn(value, clientKeysIn(value), values),
  };
}

function wordsOf(value: Members): readonly string[] {
  const command = value.get('command');
  const words = value.get('args');
  const rest = Array.isArray(words) ? words.filter((word): word is string => typeof word === 'string') : [];
  return [...(typeof command === 'string' ? [command] : []), ...rest];
}

/** A secret without the id that it belongs to is of no use. */
function clientOf(value: Members): Pick<PastedServer, 'clientId' | 'clientSecret'> {
  const clientId = first(value, idKeys);
  const clientSecret = first(value, secretKeys);
  if (clientId === undefined) return {};
  return { clientId, ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }) };
}

function clientKeysIn(value: Members): readonly string[] {
  return [...idKeys, ...scopeKeys, ...(first(value, idKeys) === undefined ? [] : secretKeys)];
}

function scopesOf(value: Members): readonly string[] {
  const given = scopeKeys.map((key) => value.get(key)).find((one) => one !== undefined);
  const words = typeof given === 'string' ? given.split(/[\s,]+/) : Array.isArray(given) ? given : [];
  // The characters of a scope: RFC 6749 section 3.3.
  return words.filter((word): word is string => typeof word === 'string' && /^[!#-[\]-~]{1,512}$/.test(word));
}

/** Whoever swapped a key and its value must not find the value named. */
function unknownIn(value: Members, known: readonly string[], values: ReadonlySet<string>): readonly string[] {
  const expected = new Set([...addressKeys, ...harmlessKeys, ...known]);
  const found: string[] = [];
  for (const key of value.keys()) {
    if (found.length === mostKeys) break;
    if (!expected.has(key) && !values.has(key) && isPlainWord(key)) found.push(key);
  }
  return found;
}

/** All words of the texts in a value, at whatever depth. */
function wordsIn(value: Value, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'string') for (const word of value.split(/[^\w-]+/)) found.add(word);
  else if (isMembers(value)) for (const one of value.values()) wordsIn(one, found);
  else if (Array.isArray(value)) for (const one of value) wordsIn(one, found);
  return found;
}

function first(value: Members, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = value.get(key);
    const text = typeof found === 'string' ? trimmed(found) : '';
    if (text !== '') return text;
  }
  return undefined;
}

/** Chats and word processors leave these around what is copied from them. */
const unseen = '\u200b-\u200d\u2060\ufeff';
const atEnds = new RegExp(`^[\\s${unseen}]+|[\\s${unseen}]+$`, 'g');
const anywhere = new RegExp(`[${unseen}]`, 'g');

/** A value as it was meant: what no one sees goes at its ends only, since inside it may be part of a secret. */
export function trimmed(text: string): string {
  return text.replace(atEnds, '');
}

/** For what is no secret: nothing that no one sees. */
export function withoutUnseen(text: string): string {
  return text.replace(anywhere, '');
}

function addressIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : withoutUnseen(text).trim();
}
