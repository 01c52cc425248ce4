/**
 * What `mcp-remote` keeps of its sign-ins, in plain files: `<root>/mcp-remote-<version>/<name>_tokens.json` and the like,
 * below one folder for all versions since 0.5 (`mcp-remote-v1`), and in the root itself before 0.0.14. Only files that are
 * called so are read or deleted, never through a link.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, rmdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../../../shared/faults.ts';
import { Secret } from '../../vault/secret.ts';

export interface StoredTokens {
  readonly accessToken?: Secret;
  readonly refreshToken?: Secret;
  readonly accessUntilMs?: number;
}

export interface StoredClient {
  readonly clientId: string;
  readonly clientSecret?: Secret;
  readonly authMethod?: string;
  readonly registrationAccessToken?: Secret;
  readonly registrationClientUri?: string;
}

/** All files of one sign-in in one folder. */
export interface TokenFiles {
  /** Says nothing about what they are. */
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly tokens?: StoredTokens;
  readonly client?: StoredClient;
  /** Who has issued them, where it was written down with them. */
  readonly issuer?: string;
  /** A process that has said that it is at work on them. */
  readonly heldBy?: number;
  /** One of the two is there and cannot be understood, or not be read: nobody knows what is in it. */
  readonly unread?: { readonly tokens?: string; readonly client?: string };
  /** Of their texts: whether somebody has written them again since. */
  readonly seen: string;
}

const fileName =
  /^([\da-f]{32})_(tokens\.json|client_info\.json|lock\.json|refresh_in_progress\.json|debug\.log|code_verifier(?:_[\w-]{1,64})?\.txt|discovery_state_[\w-]{1,64}\.json)(?:\.\d+\.\d+\.tmp)?$/;
const versionFolder = /^mcp-remote-v?\d[\w.+-]*$/;
const largest = 256 * 1024;

/** Below these folders, each once. Never throws: what cannot be looked at is not there. */
export async function tokenFilesBelow(roots: readonly string[]): Promise<readonly TokenFiles[]> {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  const found: TokenFiles[] = [];
  for (const root of new Set(real)) {
    if (root === undefined) continue;
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    // Of a link nobody knows whose files are behind it.
    const versions = entries.filter((entry) => entry.isDirectory() && versionFolder.test(entry.name));
    for (const folder of [root, ...versions.map(({ name }) => join(root, name)).sort()]) {
      found.push(...(await tokenFilesIn(folder)));
    }
  }
  return found;
}

async function tokenFilesIn(folder: string): Promise<readonly TokenFiles[]> {
  const byName = new Map<string, string[]>();
  for (const file of await ownFiles(folder)) {
    const name = fileName.exec(basename(file))?.[1] ?? '';
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return Promise.all([...byName].map(([name, files]) => readOne(folder, name, files)));
}

/** Ordinary files with names of its own, in the order of their names. */
async function ownFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && fileName.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

async function readOne(folder: string, name: string, files: readonly string[]): Promise<TokenFiles> {
  const at = (what: string) => join(folder, `${name}_${what}`);
  const [tokensRead, clientRead, lock, lease] = await Promise.all(
    (['tokens.json', 'client_info.json', 'lock.json', 'refresh_in_progress.json'] as const).map((what) =>
      readJson(at(what)),
    ),
  );
  const tokens = hasTexts(tokensRead, ['access_token', 'refresh_token']);
  const client = hasTexts(clientRead, ['client_id']);
  const unread = {
    ...(isUnread(tokens) ? { tokens: at('tokens.json') } : {}),
    ...(isUnread(client) ? { client: at('client_info.json') } : {}),
  };
  const issuer = text(tokens?.value?.['issuer']) ?? text(client?.value?.['issuer']);
  const heldBy = [lock, lease].map((one) => one?.value?.['pid']).find(isAlive);
  return {
    id: createHash('sha256').update(`${folder}\0${name}`).digest('hex').slice(0, 32),
    folder,
    name,
    files,
    ...(tokens?.value ? { tokens: tokensOf(tokens.value, tokens.writtenAtMs) } : {}),
    ...(client?.value ? clientOf(client.value) : {}),
    ...(Object.keys(unread).length === 0 ? {} : { unread }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(heldBy === undefined ? {} : { heldBy }),
    seen: createHash('sha256')
      .update(JSON.stringify([tokens, client].map((one) => one?.value ?? one)))
      .digest('hex'),
  };
}

function tokensOf(value: JsonObject, writtenAtMs: number): StoredTokens {
  const accessToken = text(value['access_token']);
  const refreshToken = text(value['refresh_token']);
  const { expires_at: atMs, expires_in: seconds } = value;
  const untilMs =
    typeof atMs === 'number' ? atMs : typeof seconds === 'number' ? writtenAtMs + seconds * 1000 : undefined;
  return {
    ...(accessToken === undefined ? {} : { accessToken: new Secret(accessToken) }),
    ...(refreshToken === undefined ? {} : { refreshToken: new Secret(refreshToken) }),
    ...(untilMs === undefined ? {} : { accessUntilMs: Math.round(untilMs) }),
  };
}

function clientOf(value: JsonObject): { readonly client?: StoredClient } {
  const clientId = text(value['client_id']);
  if (clientId === undefined) return {};
  const secret = text(value['client_secret']);
  const authMethod = text(value['token_endpoint_auth_method']);
  const token = text(value['registration_access_token']);
  const registrationClientUri = text(value['registration_client_uri']);
  return {
    client: {
      clientId,
      ...(secret === undefined ? {} : { clientSecret: new Secret(secret) }),
      ...(authMethod === undefined ? {} : { authMethod }),
      ...(token === undefined ? {} : { registrationAccessToken: new Secret(token) }),
      ...(registrationClientUri === undefined ? {} : { registrationClientUri }),
    },
  };
}

/**
 * Deletes what is there of this sign-in, and its folder where nothing is left in it. Throws `input-invalid` where
 * somebody has written its tokens since, and `file-not-writable`.
 */
export async function deleteTokenFiles({ folder, name, seen }: TokenFiles): Promise<void> {
  const files = (await ownFiles(folder)).filter((file) => basename(file).startsWith(`${name}_`));
  if (files.length > 0 && (await readOne(folder, name, files)).seen !== seen) {
    throw new Fault('input-invalid', { reason: 'written again', subject: folder, thing: 'remote-running' });
  }
  for (const file of files) {
    await unlink(file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw new Fault('file-not-writable', { subject: file, cause });
    });
  }
  // Fails where anything else is in it, and that is meant.
  if (versionFolder.test(basename(folder))) await rmdir(folder).catch(() => undefined);
}

type JsonObject = Readonly<Record<string, unknown>>;

interface JsonRead {
  /** Undefined: it is there, and nobody knows what is in it. */
  readonly value?: JsonObject;
  readonly writtenAtMs: number;
}

/** Undefined where nothing is there. */
async function readJson(path: string): Promise<JsonRead | undefined> {
  const isThere = await lstat(path).catch((cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT');
  if (isThere === false) return undefined;
  const unread = { writtenAtMs: typeof isThere === 'object' ? isThere.mtimeMs : 0 };
  if (typeof isThere !== 'object' || !isThere.isFile()) return unread;
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch(() => undefined);
  try {
    const stats = await handle?.stat();
    if (!handle || !stats?.isFile() || stats.size > largest) return unread;
    const value: unknown = JSON.parse(await handle.readFile('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { value: { ...value }, writtenAtMs: stats.mtimeMs } : unread;
  } catch {
    return unread;
  } finally {
    await handle?.close();
  }
}

/** What has something else there than a text is not understood. */
function hasTexts(read: JsonRead | undefined, names: readonly string[]): JsonRead | undefined {
  const isOther = (value: unknown) => value !== undefined && value !== null && typeof value !== 'string';
  if (!read?.value || !names.some((name) => isOther(read.value?.[name]))) return read;
  return { writtenAtMs: read.writtenAtMs };
}

function isUnread(read: JsonRead | undefined): boolean {
  return read !== undefined && read.value === undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a process of this number is there; one that may not be asked is there too. */
function isAlive(pid: unknown): pid is number {
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
