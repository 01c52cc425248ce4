/**
 * What an entry that starts `mcp-remote` comes to in Conexor: an address that is checked like a pasted one, its client
 * and its one secret header for the vault, and the names of its sign-ins on this computer. What is not taken along is told.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { asFault, type Fault } from '../../../../shared/faults.ts';
import type { FieldName, WayInId } from '../../../../shared/ways-in.ts';
import { serviceFor } from '../../services/catalogue.ts';
import { type Connectable, pastedServer } from '../../services/pasted.ts';
import { isPlainWord, isTellingName } from '../../services/pasted-secrets.ts';
import { Secret } from '../../vault/secret.ts';
import type { Computer } from '../client-program.ts';
import { filledIn, headersOf, placeholdersIn, type RemoteCommand, type RemoteHeader } from './remote-command.ts';
import { remoteNames } from './remote-names.ts';

export interface RemoteServer {
  /** Absent where it cannot be connected; `fault` says why. */
  readonly server?: Connectable;
  readonly fault?: Fault;
  /** Its way in, where it has brought one along. */
  readonly wayIn?: WayInId | undefined;
  /** With this it can sign in at once. */
  readonly given?: Readonly<Partial<Record<FieldName, Secret>>>;
  /** Where a client that was registered by hand expects the browser. */
  readonly redirectUri?: string | undefined;
  readonly hasSecret: boolean;
  readonly secretLeftOut?: 'not-there' | 'no-way';
  readonly unknownWords: readonly string[];
  /** Of the files of its sign-ins. */
  readonly names: readonly string[];
  /** Where they lie, if not at the usual place. */
  readonly configDir?: string;
}

/** No such file is larger, in bytes. */
const largestFile = 64 * 1024;

/** Throws nothing. */
export async function remoteServerOf(
  command: RemoteCommand,
  name: string,
  { env, homedir }: Computer,
): Promise<RemoteServer> {
  // What the program that starts it has in its own surroundings is most likely what we have in ours.
  const variable = (wanted: string) => command.env.get(wanted)?.open() ?? env[wanted];
  const written = command.address?.open() ?? '';
  const address = filledIn(written, variable) ?? written;
  const files = await Promise.all(
    (command.options.get('header-file') ?? []).map((path) => readSmall(path.open(), homedir)),
  );
  const headers = withHeadersOf(command.headers, files);
  const client = await clientOf(command, variable, homedir);
  const common = {
    hasSecret: client.isSecret || headers.some(isSecretHeader) || files.length > 0,
    names: namesOf(command, address, headers),
    ...configDirOf(command),
  };
  try {
    const server = connectable(name, address, client, command);
    const { secretLeftOut, unsaid, ...way } = wayOf(server, command, headers, variable);
    const isLost = client.isMissing || files.includes(undefined);
    const left = secretLeftOut ?? (isLost ? 'not-there' : undefined);
    return {
      ...common,
      ...way,
      server,
      redirectUri: client.clientId === undefined ? undefined : redirectOf(command),
      ...(left === undefined ? {} : { secretLeftOut: left }),
      unknownWords: [...unsaid, ...command.unknownWords],
    };
  } catch (thrown) {
    return { ...common, fault: asFault(thrown), unknownWords: command.unknownWords };
  }
}

interface RemoteClient {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly isSecret: boolean;
  /** It is named, and stands nowhere that can be read. */
  readonly isMissing: boolean;
}

/** The address is checked as one that a person pasted. Throws `address-invalid`, `address-insecure`, `too-large`. */
function connectable(name: string, url: string, client: RemoteClient, command: RemoteCommand): Connectable {
  const { clientId, clientSecret } = client;
  const oauth = { clientId, clientSecret, scope: scopeOf(command) };
  return pastedServer(JSON.stringify({ mcpServers: { [name]: { url, oauth } } }));
}

/** `--static-oauth-client-info`: JSON or `@file`, either with variables. */
async function clientOf(
  { options }: RemoteCommand,
  variable: (name: string) => string | undefined,
  homedir: string,
): Promise<RemoteClient> {
  const given = options.get('static-oauth-client-info')?.at(-1)?.open();
  if (given === undefined) return { isSecret: false, isMissing: false };
  const text = given.startsWith('@') ? (await readSmall(given.slice(1), homedir))?.open() : given;
  const info = jsonObject(text === undefined ? undefined : filledIn(text, variable));
  const { client_id: clientId, client_secret: clientSecret } = info ?? {};
  if (typeof clientId !== 'string') return { isSecret: true, isMissing: true };
  const hasSecret = typeof clientSecret === 'string' && clientSecret !== '';
  return { clientId, ...(hasSecret ? { clientSecret } : {}), isSecret: hasSecret, isMissing: false };
}

function scopeOf({ options }: RemoteCommand): string | undefined {
  const scope = jsonObject(options.get('static-oauth-client-metadata')?.at(-1)?.open())?.['scope'];
  return typeof scope === 'string' ? scope : undefined;
}

/** A client that was registered by hand names one address; without a port of its own nobody knows which. */
function redirectOf({ options, port }: RemoteCommand): string | undefined {
  const host = options.get('host')?.at(-1)?.open() ?? 'localhost';
  const path = options.get('callback-path')?.at(-1)?.open() ?? '/oauth/callback';
  if (port === undefined || (host !== 'localhost' && host !== '127.0.0.1') || !path.startsWith('/')) return undefined;
  return `http://${host}:${port}${path}`;
}

interface Way {
  readonly wayIn?: WayInId;
  readonly given?: Readonly<Partial<Record<FieldName, Secret>>>;
  readonly secretLeftOut?: 'not-there' | 'no-way';
  /** Headers that are not sent any more. */
  readonly unsaid: readonly string[];
}

/** A service takes one secret: the header's where there is one, for it is what let the entry in. */
function wayOf(
  { target, clientId, clientSecret }: Connectable,
  { flags }: RemoteCommand,
  headers: readonly RemoteHeader[],
  variable: (name: string) => string | undefined,
): Way {
  const { waysIn } = serviceFor(new URL(target));
  const offers = (id: WayInId) => waysIn.some(({ way }) => way === id);
  const [secret, ...more] = headers.filter(isSecretHeader);
  const others = [...headers.filter((header) => !isSecretHeader(header)), ...more];
  const unsaid = others.map(({ name }) => name).filter(isPlainWord);
  if (secret === undefined) {
    if (flags.has('client-credentials') && clientId !== undefined && clientSecret && offers('client-credentials')) {
      const given = { 'client-id': new Secret(clientId), 'client-secret': clientSecret };
      return { wayIn: 'client-credentials', given, unsaid };
    }
    return flags.has('device-code') && offers('device-code') ? { wayIn: 'device-code', unsaid } : { unsaid };
  }
  // A key that is two headers is none that could be carried.
  if (more.length > 0) return { secretLeftOut: 'no-way', unsaid: [secret.name, ...unsaid].filter(isPlainWord) };
  const value = filledIn(secret.value.open(), variable)?.trim();
  if (!value) return { secretLeftOut: 'not-there', unsaid };
  const isAuthorization = secret.name.toLowerCase() === 'authorization';
  const bearer = isAuthorization ? /^bearer\s+(\S+)$/i.exec(value)?.[1] : undefined;
  if (bearer !== undefined && offers('access-token')) {
    return { wayIn: 'access-token', given: { 'access-token': new Secret(bearer) }, unsaid };
  }
  const keyed = waysIn.find((offer) => offer.way === 'api-key');
  const fits =
    keyed?.way === 'api-key' &&
    (keyed.header === undefined || keyed.header.toLowerCase() === secret.name.toLowerCase()) &&
    /^[\x21-\x7e]+$/.test(value) &&
    !/^cookie$/i.test(secret.name);
  if (!fits) return { secretLeftOut: 'no-way', unsaid };
  const given = { 'api-key': new Secret(value), 'header-name': new Secret(secret.name) };
  return { wayIn: 'api-key', given, unsaid };
}

/** By its name, by a value that was worth keeping out of the words, or by one that looks like nothing else. */
function isSecretHeader({ name, value }: RemoteHeader): boolean {
  const text = value.open().trim();
  const looksSecret = /^[^\s/]{16,}$/.test(text) && !isPlainWord(text);
  return isTellingName(name) || placeholdersIn(text).length > 0 || looksSecret;
}

function withHeadersOf(own: readonly RemoteHeader[], files: readonly (Secret | undefined)[]): readonly RemoteHeader[] {
  const lines = files.flatMap((file) => file?.open().split(/\r?\n/) ?? []).map((line) => line.trim());
  const inFiles = headersOf(lines.filter((line) => !line.startsWith('#')).map((line) => new Secret(line)));
  return [...new Map([...own, ...inFiles].map((header) => [header.name, header])).values()];
}

function namesOf({ options }: RemoteCommand, address: string, headers: readonly RemoteHeader[]): readonly string[] {
  if (address === '') return [];
  const last = (name: string) => options.get(name)?.at(-1)?.open().trim();
  return remoteNames({
    address,
    resource: last('resource'),
    authorizeParams: options.get('authorize-param'),
    headers,
    metadataUrl: last('client-metadata-url'),
    tokenEndpoint: last('token-endpoint'),
  });
}

function configDirOf({ env }: RemoteCommand): Pick<RemoteServer, 'configDir'> {
  const configDir = env.get('MCP_REMOTE_CONFIG_DIR')?.open();
  return configDir !== undefined && isAbsolute(configDir) ? { configDir } : {};
}

function jsonObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is not there, no ordinary file or too large. A relative path means another file to everybody. */
async function readSmall(path: string, homedir: string): Promise<Secret | undefined> {
  const whole = path.startsWith('~/') ? join(homedir, path.slice(2)) : path;
  if (!isAbsolute(whole)) return undefined;
  const handle = await open(whole, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => undefined);
  try {
    const stats = await handle?.stat();
    if (!handle || !stats?.isFile() || stats.size > largestFile) return undefined;
    return new Secret(await handle.readFile('utf8'));
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
