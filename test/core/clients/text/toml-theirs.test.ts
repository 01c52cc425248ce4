/** Somebody else's entry in TOML, and ours in its place: its own lines go, everything else stays byte for byte. */
import { describe, expect, it } from 'vitest';
import { tomlFormat } from '../../../../electron/core/clients/text/toml-format.ts';
import { asFault } from '../../../../shared/faults.ts';

const servers = ['mcp_servers'];
const path = '/home/ana/.codex/config.toml';
const value = { command: '/node', args: ['/relay.cjs'] };
const block = [
  '# >>> conexor mcp_servers.sales',
  '[mcp_servers.sales]',
  'command = "/node"',
  'args = ["/relay.cjs"]',
  '# <<< conexor mcp_servers.sales',
];
const lf = block.join('\n');
const theirs = '[mcp_servers.sales]\ncommand = "npx"\nargs = ["-y", "mcp-remote", "https://x.example/mcp"]\n';
const other = '[mcp_servers.other]\ncommand = "x"\n';

const replace = (text: string) => tomlFormat.replace(text, path, servers, 'sales', value);
const thingOf = (text: string) => {
  try {
    replace(text);
  } catch (thrown) {
    return asFault(thrown).detail.thing;
  }
  throw new Error('it was done');
};

describe('ours in the place of their table', () => {
  it.each<[what: string, before: string, after: string]>([
    ['alone', theirs, `${lf}\n`],
    ['at the end', `a = 1\n\n${theirs}`, `a = 1\n\n${lf}\n`],
    ['at the end without a line end', `a = 1\n\n${theirs.trimEnd()}`, `a = 1\n\n${lf}`],
    ['before another', `${theirs}\n${other}`, `${other}\n${lf}\n`],
    ['between two', `a = 1\n\n${theirs}\n${other}`, `a = 1\n\n${other}\n${lf}\n`],
    ['close to its neighbours', `[a]\nb = 1\n${theirs}${other}`, `[a]\nb = 1\n${other}\n${lf}\n`],
    [
      'with comments around it',
      `# above\n${theirs}# below\n\n# of the other\n${other}`,
      `# above\n# below\n\n# of the other\n${other}\n${lf}\n`,
    ],
    [
      'with a table in it',
      `a = 1\n\n${theirs}\n[mcp_servers.sales.env]\nKEY = "a-secret"\n\n${other}`,
      `a = 1\n\n${other}\n${lf}\n`,
    ],
    [
      'with other tables between',
      `${theirs}\n${other}\n# keys\n[mcp_servers.sales.env]\nKEY = "a-secret"\n\n[b]\nc = 1 # one\n`,
      `${other}\n# keys\n\n[b]\nc = 1 # one\n\n${lf}\n`,
    ],
    [
      'with the table in it first',
      `[mcp_servers.sales.env]\nKEY = "a-secret"\n\n${theirs}\n${other}`,
      `${other}\n${lf}\n`,
    ],
    [
      'with its name in quotes and values over many lines',
      `[ mcp_servers . "sales" ]\ncommand = "npx"\nargs = [\n  "mcp-remote",\n  "https://x.example/#part",\n]\n\nnote = """\n[mcp_servers.other]\n# no comment\n"""\n\n${other}`,
      `${other}\n${lf}\n`,
    ],
    [
      'with values in a table on one line, and dotted ones',
      `${theirs}env = { KEY = "a-secret" }\ntools.x.mode = "y"\n\n${other}`,
      `${other}\n${lf}\n`,
    ],
    [
      'with the line ends of Windows and a mark',
      `\ufeff${`# c\n${theirs}\n${other}`.replaceAll('\n', '\r\n')}`,
      `\ufeff${`# c\n${other}\n${lf}\n`.replaceAll('\n', '\r\n').replace('# c\r\n', '# c\r\n\r\n')}`,
    ],
    [
      'beside one with a longer name',
      `${theirs}\n[mcp_servers.sales2]\na = 1\n`,
      `[mcp_servers.sales2]\na = 1\n\n${lf}\n`,
    ],
  ])('%s', (_, before, after) => {
    const change = replace(before);
    expect(change.text).toBe(after);
    expect(tomlFormat.entries(after, path, servers).get('sales')).toEqual(value);
    // Nothing of theirs is shown, which may be secret.
    const first =
      after
        .replace('\ufeff', '')
        .split(/\r?\n/)
        .indexOf(block[0] ?? '') + 1;
    expect(change.lines).toEqual(block.map((text, n) => ({ kind: 'added', line: first + n, text })));
    const removed = tomlFormat.remove(after, path, servers, 'sales').text;
    expect(tomlFormat.entries(removed, path, servers).has('sales')).toBe(false);
    expect(removed).not.toContain('conexor');
  });

  it('in our own block, whose command somebody has changed, or where nothing stands', () => {
    const text = tomlFormat.put('a = 1\n', path, servers, 'sales', { command: 'npx', args: ['mcp-remote'] }).text;
    expect(replace(text).text).toBe(`a = 1\n\n${lf}\n`);
    expect(replace('a = 1\n').text).toBe(`a = 1\n\n${lf}\n`);
  });
});

describe('what is refused, and stays as it is', () => {
  it.each([
    ['above a value', '[mcp_servers.sales]\n# why\ncommand = "npx"\n'],
    ['behind a value', '[mcp_servers.sales]\ncommand = "npx" # why\n'],
    ['behind the header', '[mcp_servers.sales] # why\ncommand = "npx"\n'],
    ['in a list', '[mcp_servers.sales]\nargs = [\n  "a", # why\n  "b",\n]\n'],
    ['above a table in it', `${theirs}\n# why\n[mcp_servers.sales.env]\nKEY = "x"\n`],
    ['in a table in it', `${theirs}\n${other}\n[mcp_servers.sales.env]\nKEY = "x" # why\n`],
  ])('comments %s', (_, text) => {
    expect(thingOf(text)).toBe('config-comment-inside');
  });

  it.each([
    '[mcp_servers]\nsales = { command = "npx" }\n',
    '[mcp_servers]\nsales.command = "npx"\n',
    'mcp_servers.sales.command = "npx"\n',
    'mcp_servers = { sales = { command = "npx" } }\n',
    '[mcp_servers]\nsales.command = "npx"\n[mcp_servers.sales.env]\nKEY = "x"\n',
    '[[mcp_servers.sales]]\ncommand = "npx"\n',
  ])('an entry that is no table of its own: %j', (text) => {
    expect(['config-entry-theirs', 'config-inline', 'config-file']).toContain(thingOf(text));
  });

  it('put, which may not touch what is somebody else’s', () => {
    expect(() => tomlFormat.put(theirs, path, servers, 'sales', value)).toThrow();
  });
});
