/**
 * The servers in a settings file, found by the names that `services/pasted-servers.ts` reads, and taken out of it again:
 * the client's secret alone, or the whole entry. Whatever is removed is what was taken before, or nothing is.
 */
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue, type Node } from 'jsonc-parser';
import { Fault } from '../../../shared/faults.ts';
import { addressKeys, groupNames, secretKeys, serverKeys, trimmed } from '../services/pasted-servers.ts';
import type { Secret } from '../vault/secret.ts';
import { broken, type ConfigText, type Member, memberOf, membersOf, parseConfig } from './text/config-text.ts';
import { removeMember } from './text/remove-member.ts';

/** What was taken over, by the name it has in the file. */
export interface TakenServer {
  readonly name: string;
  readonly secret: Secret | undefined;
}

/** Deeper nobody keeps servers: `mcp.servers`. */
const mostDeep = 3;

/** The object whose members are servers. Throws `input-invalid` where a name on the way is there twice. */
export function groupOf(config: ConfigText, path: string, names: readonly string[] = groupNames): Node {
  let group = config.root;
  for (let depth = 0; depth < mostDeep; depth++) {
    const inner = names
      .map((name) => memberOf(group, name, path)?.value)
      .find((value) => (value?.type === 'object' && !hasText(value, serverKeys)) || value?.type === 'array');
    if (inner === undefined) break;
    group = inner;
  }
  return group;
}

/** Those that are reached by an address, which are others than programs that are started. */
export function addressedIn(group: Node): readonly Member[] {
  return membersOf(group).filter(({ value }) => hasText(value, addressKeys));
}

function hasText(node: Node, names: readonly string[]): boolean {
  return membersOf(node).some(({ name, value }) => names.includes(name) && value.type === 'string');
}

/**
 * The file's text without the secrets of these servers, or without their entries. The same text where nothing of it is
 * there (any more). Throws `input-invalid` for a file that is read in more than one way.
 */
export function withoutTaken(
  written: string,
  path: string,
  servers: readonly TakenServer[],
  what: 'secret' | 'entry',
): string {
  let text = written;
  for (const server of servers) {
    for (;;) {
      const config = parseConfig(text, path);
      const member = what === 'entry' ? entryOf(config, path, server) : secretIn(config, path, server);
      if (member === undefined) break;
      text = config.mark + checked(config, member, path);
    }
  }
  return text;
}

function entryOf(config: ConfigText, path: string, server: TakenServer): Node | undefined {
  const group = groupOf(config, path);
  // Of a file that is the server itself nothing would be left, and its own members are no entries.
  if (isWhole(config, group)) throw new Fault('input-invalid', { subject: path, thing: 'config-file-one-server' });
  // A list has no names.
  return group.type === 'object' ? memberOf(group, server.name, path)?.node : undefined;
}

function secretIn(config: ConfigText, path: string, { name, secret }: TakenServer): Node | undefined {
  if (secret === undefined) return undefined;
  const group = groupOf(config, path);
  const entry = isWhole(config, group) ? group : memberOf(group, name, path)?.value;
  const oauth = memberOf(entry, 'oauth', path)?.value;
  const secrets = [oauth, entry].flatMap((place) =>
    secretKeys.flatMap((key) => {
      const member = memberOf(place, key, path);
      const text = member?.value.type === 'string' ? trimmed(String(member.value.value)) : '';
      return member && text !== '' ? [{ node: member.node, text }] : [];
    }),
  );
  const own = secrets.find(({ text }) => text === secret.open());
  // Which of two is in use only its reader knows; with one of them gone, nobody would look for the other.
  if (own && secrets.some(({ text }) => text !== own.text)) {
    throw new Fault('input-invalid', { subject: path, thing: 'config-file-two-secrets' });
  }
  return own?.node;
}

/** Whether the file is one server and nothing else. */
function isWhole(config: ConfigText, group: Node): boolean {
  return group === config.root && hasText(group, serverKeys);
}

/** Whether the text holds this, written in whatever way: as it is, or with the escapes of JSON, in a comment too. */
export function holds(text: string, secret: Secret): boolean {
  const wanted = secret.open();
  const read = text.replace(/\\(?:u([\da-f]{4})|([\s\S]))/gi, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (controls[char ?? ''] ?? char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return text.includes(wanted) || read.includes(wanted);
}

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Reads what is left once more: it must be the same as before but for this member. */
function checked(config: ConfigText, member: Node, path: string): string {
  const left = removeMember(config.text, member);
  const wanted = getNodeValue(config.root) as object;
  removeAt(wanted, pathOf(member));
  const got: unknown = getNodeValue(parseConfig(left, path).root);
  if (!isDeepStrictEqual(got, wanted)) throw new Fault('internal', { reason: 'an edit that would change more' });
  return left;
}

/** Names from the root down. */
function pathOf(member: Node): readonly string[] {
  const names: string[] = [];
  for (let node: Node | undefined = member; node; node = node.parent) {
    if (node.type === 'property') names.unshift(String(node.children?.[0]?.value));
  }
  return names;
}

function removeAt(root: object, names: readonly string[]): void {
  let at = root as Record<string, unknown>;
  for (const name of names.slice(0, -1)) at = at[name] as Record<string, unknown>;
  delete at[names.at(-1) ?? ''];
}

/** Throws `input-invalid` where servers stand in a list, which nobody's entry can be found in by its name. */
export function requireNamed(group: Node, path: string): void {
  if (group.type !== 'object') throw broken(path, 'a list of servers');
}
