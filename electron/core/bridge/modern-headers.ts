/**
 * Headers that a client of the 2026-07-28 revision mirrors from the message's body (MCP transports, "Standard
 * headers" and "Schema Extension"). A host on stdio sends none, so the bridge remembers `tools/list` and adds them.
 */
import { type HostRequest, isObject, parseJson } from './message.ts';

export interface MirroredParameter {
  readonly path: readonly string[];
  readonly header: string;
}

/** Tool name to the parameters that travel as headers, for one connection and account. */
export type MirroredTools = Map<string, readonly MirroredParameter[]>;

const nameSource: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'resources/read': 'uri',
  'prompts/get': 'name',
};

/** `Mcp-Method`, `Mcp-Name` and `Mcp-Param-*` for a message; the version header is that of its `_meta`. */
export function modernHeaders(message: HostRequest, tools: MirroredTools | undefined): Record<string, string> {
  const headers: Record<string, string> = {
    'mcp-protocol-version': message.modernVersion ?? '',
    'mcp-method': message.method,
  };
  const field = Object.hasOwn(nameSource, message.method) ? nameSource[message.method] : undefined;
  const name = field === undefined ? undefined : message.params?.[field];
  if (typeof name === 'string') headers['mcp-name'] = fieldValue(name);
  if (message.method === 'tools/call' && typeof name === 'string') {
    for (const { path, header } of tools?.get(name) ?? []) {
      const value = path.reduce<unknown>(
        (node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined),
        message.params?.['arguments'],
      );
      const text = textOf(value);
      if (text !== undefined) headers[`mcp-param-${header}`] = fieldValue(text);
    }
  }
  return headers;
}

/**
 * Remembers what a `tools/list` answer says and gives the answer for the host: the same bytes, or written anew
 * without the tools whose annotations are invalid (a client over HTTP must drop those).
 */
export function rememberTools(answer: Buffer, tools: MirroredTools): Buffer {
  const message = parseJson(answer);
  const result = isObject(message) && isObject(message['result']) ? message['result'] : undefined;
  const listed = result?.['tools'];
  if (!isObject(message) || result === undefined || !Array.isArray(listed)) return answer;
  const kept = listed.filter((tool: unknown) => {
    if (!isObject(tool) || typeof tool['name'] !== 'string') return true;
    const mirrored = mirroredParameters(tool['inputSchema']);
    if (mirrored === undefined) return false;
    if (mirrored.length > 0) tools.set(tool['name'], mirrored);
    else tools.delete(tool['name']);
    return true;
  });
  if (kept.length === listed.length) return answer;
  return Buffer.from(JSON.stringify({ ...message, result: { ...result, tools: kept } }));
}

const annotation = 'x-mcp-header';
const tokenSyntax = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const mirrorableTypes: readonly unknown[] = ['string', 'integer', 'boolean'];

/** The annotated parameters of a tool's `inputSchema`; undefined where an annotation breaks the rules. */
export function mirroredParameters(schema: unknown): readonly MirroredParameter[] | undefined {
  const found: MirroredParameter[] = [];
  const taken = new Set<string>();
  const valid = visit(schema, [], true);
  return valid ? found : undefined;

  function visit(node: unknown, path: readonly string[], reachable: boolean): boolean {
    if (Array.isArray(node)) return node.every((one) => visit(one, path, false));
    if (!isObject(node)) return true;
    if (annotation in node && !accept(node, path, reachable)) return false;
    for (const [key, child] of Object.entries(node)) {
      // Values that are data, not schemas, may hold anything.
      if (key === annotation || key === 'const' || key === 'enum' || key === 'default' || key === 'examples') continue;
      if (key === 'properties' && isObject(child)) {
        for (const [name, sub] of Object.entries(child)) if (!visit(sub, [...path, name], reachable)) return false;
      } else if (namedSchemas.has(key) && isObject(child)) {
        if (!Object.values(child).every((sub) => visit(sub, path, false))) return false;
      } else if (!visit(child, path, false)) return false;
    }
    return true;
  }

  function accept(node: Record<string, unknown>, path: readonly string[], reachable: boolean): boolean {
    const header = node[annotation];
    if (!reachable || path.length === 0 || typeof header !== 'string' || !tokenSyntax.test(header)) return false;
    if (!mirrorableTypes.includes(node['type']) || taken.has(header.toLowerCase())) return false;
    taken.add(header.toLowerCase());
    found.push({ path, header });
    return true;
  }
}

const namedSchemas: ReadonlySet<string> = new Set(['patternProperties', 'dependentSchemas', '$defs', 'definitions']);

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  }
  return undefined;
}

/** Text as a header's value: as it is where it is plain ASCII, else Base64 between the sentinels. */
function fieldValue(text: string): string {
  const plain =
    text.length > 0 && text === text.trim() && /^[\t\x20-\x7e]*$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
