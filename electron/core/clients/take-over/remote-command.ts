/**
 * An entry that starts `mcp-remote`, read as that program reads its own words (mcp-remote 0.0.1 to 0.15.1, `utils.ts`):
 * whatever starts it (npx, bunx, pnpm, yarn, node, cmd, a shell), the words behind its name are its own. All values are
 * secrets here, because any of them may be one.
 */
import { isPlainWord } from '../../services/pasted-secrets.ts';
import { Secret } from '../../vault/secret.ts';

export interface RemoteHeader {
  readonly name: string;
  /** As it is written behind the colon, with its blanks and its `${…}`. */
  readonly value: Secret;
}

export interface RemoteCommand {
  /** As it is written: the files of its sign-ins are called by it. Undefined where no word is an address. */
  readonly address: Secret | undefined;
  /** Where the browser is to come back, if it says so. */
  readonly port: number | undefined;
  readonly headers: readonly RemoteHeader[];
  /** Values of its options, by the option's name without the hyphens. */
  readonly options: ReadonlyMap<string, readonly Secret[]>;
  readonly flags: ReadonlySet<string>;
  readonly env: ReadonlyMap<string, Secret>;
  /** Words and variables that mean nothing to Conexor, plain ones only and without their values. */
  readonly unknownWords: readonly string[];
}

/** More than a person reads. */
const mostWords = 20;

/** What they do is of no importance any more, or is done by Conexor as well. */
const settledOptions = [
  'header',
  'header-file',
  'transport',
  'protocol',
  'host',
  'callback-path',
  'auth-success-url',
  'static-oauth-client-info',
  'static-oauth-client-metadata',
  'auth-timeout',
  'connect-timeout',
  'headers-timeout',
  'body-timeout',
  'ping-interval',
];
/** What they do Conexor does not: a person has to hear of it. */
const lostOptions = ['client-metadata-url', 'token-endpoint', 'resource', 'authorize-param', 'ignore-tool'];
const settledFlags = [
  'allow-http',
  'debug',
  'silent',
  'keep-alive',
  'disable-cookies',
  'device-code',
  'client-credentials',
];

const withValue: ReadonlySet<string> = new Set([...settledOptions, ...lostOptions]);
const settled: ReadonlySet<string> = new Set([...settledOptions, ...settledFlags]);
/** Its own, and what every program gets. */
const settledVariables = /^(?:MCP_REMOTE_.*|PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TEMP|TMP)$/i;

/** Undefined for an entry that starts something else, or nothing. */
export function remoteCommandOf(entry: unknown): RemoteCommand | undefined {
  const words = wordsOf(entry);
  const named = words.map(isRemote);
  const isAddressLater = (at: number) => words.slice(at + 1).some(isAddress);
  // A package may have an address of its own, and the program another name than its package.
  const isName = (at: number) => named[at] === true && (!isAddress(words[at] ?? '') || isAddressLater(at));
  const candidates = words.map((_, at) => at).filter(isName);
  const at = candidates.findLast(isAddressLater) ?? candidates.at(-1);
  if (at === undefined) return undefined;
  return readWords(words.slice(at + 1), envOf(entry));
}

/** Its name as a package with or without a version, as a program, or as the file of its program. */
function isRemote(word: string): boolean {
  if (word.startsWith('@')) return false;
  return (
    /^(?:.*[\\/:])?mcp-remote(?:-client)?(?:@[^\\/\s]*)?(?:\.(?:cmd|exe|ps1|js|mjs))?$/i.test(word) ||
    /[\\/]mcp-remote[\\/]dist[\\/](?:cli[\\/])?(?:proxy|client)\.js$/i.test(word)
  );
}

function isAddress(word: string): boolean {
  return /^https?:\/\//i.test(word);
}

function readWords(words: readonly string[], env: ReadonlyMap<string, Secret>): RemoteCommand {
  const options = new Map<string, Secret[]>();
  const flags = new Set<string>();
  const plain: string[] = [];
  const lost: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const name = /^--([^=]*)/.exec(word)?.[1];
    if (name === undefined) {
      plain.push(word);
      continue;
    }
    // It takes no `--name=value`, and what takes a value takes the next word, whatever that is.
    if (withValue.has(name) && !word.includes('=') && at + 1 < words.length) {
      const value = words[at + 1] ?? '';
      options.set(name, [...(options.get(name) ?? []), new Secret(value)]);
      at += 1;
    } else if (!word.includes('=')) flags.add(name);
    if (!settled.has(name) && isPlainWord(name)) lost.push(`--${name}`);
  }
  const [address, ...rest] = [...plain.filter(isAddress), ...plain.filter((word) => !isAddress(word))];
  const port = rest.map((word) => /^\d{1,5}$/.exec(word)?.[0]).find((word) => word !== undefined);
  const variables = [...env.keys()].filter((name) => !settledVariables.test(name) && isPlainWord(name));
  const known = new Set([...words].flatMap((word) => placeholdersIn(word)));
  return {
    address: address === undefined || /^-/.test(address) ? undefined : new Secret(address),
    port: port === undefined ? undefined : Number(port),
    headers: headersOf(options.get('header') ?? []),
    options,
    flags,
    env,
    unknownWords: [...new Set([...lost, ...variables.filter((name) => !known.has(name))])].slice(0, mostWords),
  };
}

/** `Name: value`, the last of a name. Others it ignores, and so do we. */
export function headersOf(lines: readonly Secret[]): readonly RemoteHeader[] {
  const headers = new Map<string, RemoteHeader>();
  for (const line of lines) {
    const [, name, value] = /^([A-Za-z0-9_-]+):(.*)$/.exec(line.open()) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name, { name, value: new Secret(value) });
  }
  return [...headers.values()];
}

/** The names in `${…}`, and in VS Code's and Cursor's `${env:…}`. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(?:env:)?([^}]+)\}/g)].map(([, name]) => name ?? '');
}

/** The text with its variables; undefined where one of them is not there. */
export function filledIn(text: string, variable: (name: string) => string | undefined): string | undefined {
  if (placeholdersIn(text).some((name) => variable(name) === undefined)) return undefined;
  return text.replaceAll(/\$\{(?:env:)?([^}]+)\}/g, (_, name: string) => variable(name) ?? '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** `command` and `args`; an older Zed has both below `command`. A line for a shell is taken apart. */
function wordsOf(entry: unknown): readonly string[] {
  if (!isObject(entry)) return [];
  const { command, args } = entry;
  const own = isObject(command) ? [...texts(command['path']), ...texts(command['args'])] : texts(command);
  return [...own, ...texts(args)].flatMap((word) => {
    const isLine = /\s/.test(word) && /(?:^|[\s\\/])mcp-remote/i.test(word) && /https?:\/\//i.test(word);
    return isLine ? wordsOfLine(word) : [word.trim()];
  });
}

/** Words as a shell would part them, up to the end of the command that starts it. */
function wordsOfLine(line: string): readonly string[] {
  const words = (line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
  const from = words.findIndex(isRemote);
  const end = words.findIndex((word, at) => at > from && /^(?:&&?|\|\|?|;|\d?>.*)$/.test(word));
  return words.slice(0, end < 0 ? undefined : end);
}

function envOf(entry: unknown): ReadonlyMap<string, Secret> {
  if (!isObject(entry)) return new Map();
  const inCommand = isObject(entry['command']) ? entry['command']['env'] : undefined;
  const env = isObject(entry['env']) ? entry['env'] : isObject(inCommand) ? inCommand : {};
  return new Map(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, new Secret(value)]] : [])),
  );
}
