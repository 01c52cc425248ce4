/** Our block put into TOML and taken out again: written examples, what other programs make of it, and what is refused. */
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { tomlFormat } from '../../../../electron/core/clients/text/toml-format.ts';
import { asFault } from '../../../../shared/faults.ts';

const servers = ['mcp_servers'];
const path = '/home/ana/.codex/config.toml';
const value = { command: 'C:\\Program Files\\node.exe', args: ['a "b"', 'é'] };
const block = [
  '# >>> conexor mcp_servers.conexor',
  '[mcp_servers.conexor]',
  'command = "C:\\\\Program Files\\\\node.exe"',
  'args = ["a \\"b\\"", "é"]',
  '# <<< conexor mcp_servers.conexor',
];
const lf = block.join('\n');

const put = (text: string | undefined, own: object = value) => tomlFormat.put(text, path, servers, 'conexor', own).text;
const remove = (text: string) => tomlFormat.remove(text, path, servers, 'conexor').text;
const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return asFault(thrown);
  }
  throw new Error('it was done');
};

describe('our block stands at the end and is gone again to the last byte', () => {
  it.each<[what: string, before: string, after: string]>([
    ['no text', '', `${lf}\n`],
    ['a mark alone', '\ufeff', `\ufeff${lf}\n`],
    ['a blank line', '\n', `\n\n${lf}\n`],
    ['other settings', 'model = "x" # mine\n', `model = "x" # mine\n\n${lf}\n`],
    ['no line end at the end', 'model = "x"', `model = "x"\n\n${lf}`],
    ['the line ends of Windows', '# c\r\n[a]\r\nb = 1\r\n', `# c\r\n[a]\r\nb = 1\r\n\r\n${block.join('\r\n')}\r\n`],
    ['of Windows and none at the end', '\ufeff[a]\r\nb = 1', `\ufeff[a]\r\nb = 1\r\n\r\n${block.join('\r\n')}`],
    ['blank lines at the end', 'a = 1\n\n\n', `a = 1\n\n\n\n${lf}\n`],
    ['other servers', '[mcp_servers.a]\ncommand = "x"\n', `[mcp_servers.a]\ncommand = "x"\n\n${lf}\n`],
    ['servers in one table', '[mcp_servers]\na.command = "x"\n', `[mcp_servers]\na.command = "x"\n\n${lf}\n`],
    ['an empty table of servers', '[mcp_servers]\n', `[mcp_servers]\n\n${lf}\n`],
    [
      'dates and large numbers',
      'at = 1979-05-27T07:32:00Z\nn = 9223372036854775807\nx = [nan, -0.0]\n',
      `at = 1979-05-27T07:32:00Z\nn = 9223372036854775807\nx = [nan, -0.0]\n\n${lf}\n`,
    ],
  ])('%s', (_, before, after) => {
    expect(put(before)).toBe(after);
    expect(put(after)).toBe(after);
    expect(remove(after)).toBe(before);
    expect(remove(put(put(before), { command: 'y' }))).toBe(before);
    expect(tomlFormat.entries(after, path, servers).get('conexor')).toEqual(value);
  });

  it('no file', () => {
    expect(tomlFormat.put(undefined, path, servers, 'conexor', value).text).toBe(`${lf}\n`);
  });

  it('several of them, in any order', () => {
    const two = tomlFormat.put(put('a = 1\n'), path, servers, 'conexor-sales', { command: 'x', env: { A: 'b' } }).text;
    expect(two).toContain('\n[mcp_servers.conexor-sales]\ncommand = "x"\nenv = { A = "b" }\n');
    expect(tomlFormat.remove(two, path, servers, 'conexor-sales').text).toBe(put('a = 1\n'));
    expect(tomlFormat.remove(remove(two), path, servers, 'conexor-sales').text).toBe('a = 1\n');
  });

  it('with whatever somebody has added to our entry', () => {
    const odd = 'a = [nan, -inf, 9223372036854775807]\nb = 1979-05-27\nc = { d = [{ e = true }] }';
    const text = put('').replace('args', `${odd}\nargs`);
    const there = tomlFormat.entries(text, path, servers).get('conexor');
    const again = tomlFormat.put(text, path, servers, 'conexor', { ...(there as object), command: 'new' }).text;
    expect(again).toBe(text.replace(/^command.*$/m, 'command = "new"'));
  });

  it('under odd names', () => {
    for (const name of ['a b', 'é"', '', '__proto__', '\u007f', '#', ']', 'a.b']) {
      const { text } = tomlFormat.put('a = 1', path, ['mcp servers', name], name, value);
      expect(tomlFormat.entries(text, path, ['mcp servers', name]).get(name)).toEqual(value);
      expect(tomlFormat.put(text, path, ['mcp servers', name], name, value).text).toBe(text);
      expect(tomlFormat.remove(text, path, ['mcp servers', name], name).text).toBe('a = 1');
    }
  });
});

describe('what others do to it', () => {
  const theirs = '[mcp_servers.other]\ncommand = "x"';

  it('a table before our second mark, which is a comment to its writer, stays', () => {
    const text = `a = 1\n\n${block.slice(0, 4).join('\n')}\n\n${theirs}\n${block[4]}\n`;
    expect(remove(text)).toBe(`a = 1\n\n${theirs}\n`);
    const again = put(text, { command: 'new' });
    expect(again).toContain(theirs);
    expect(remove(again)).toBe(`a = 1\n\n${theirs}\n`);
  });

  it('tables of our entry elsewhere go with it', () => {
    const text = `${put('a = 1\n')}\n[mcp_servers.conexor.tools.x] # so\nmode = "y"\n# mine\n\n[b]\nc = 1\n`;
    expect(remove(text)).toBe('a = 1\n\n# mine\n\n[b]\nc = 1\n');
  });

  it('comments of somebody in it stay, and it is not replaced', () => {
    const text = put('a = 1\n').replace('command =', '# why\ncommand =');
    expect(remove(text)).toBe('a = 1\n# why\n');
    expect(put(text)).toBe(text);
    expect(faultOf(() => put(text, { command: 'y' }))).toMatchObject({ detail: { thing: 'config-block-edited' } });
  });

  it('values of somebody in it go with it', () => {
    const text = put('a = 1\n').replace('# <<<', 'startup_timeout_sec=30\n# <<<');
    expect(remove(text)).toBe('a = 1\n');
    expect(faultOf(() => put(text))).toMatchObject({ detail: { thing: 'config-block-edited' } });
  });

  it('without its second mark it ends with our table', () => {
    const text = `${put('a = 1\n').replace(`${block[4]}\n`, '')}\n# mine\n\n${theirs}\n`;
    expect(remove(text)).toBe(`a = 1\n\n# mine\n\n${theirs}\n`);
    expect(remove(put(text, { command: 'y' }))).toBe(`a = 1\n\n# mine\n\n${theirs}\n`);
  });

  it('marks without a table are comments', () => {
    for (const stale of [`${block[0]}\n`, `${block[4]}\n`, `${block[0]}\n${block[4]}\n`]) {
      expect(remove(stale)).toBe(stale);
      expect(remove(put(stale))).toBe(stale);
      expect(remove(put(stale) + stale)).toBe(stale + stale);
    }
  });

  it('lines that look like it in a text of somebody are no block', () => {
    const text = `a = '''\n${lf}\n'''\n`;
    expect(remove(text)).toBe(text);
    expect(parse(put(text))).toMatchObject({ a: `${lf}\n` });
    expect(remove(put(text))).toBe(text);
    expect(remove(put(put(text), { command: 'y' }))).toBe(text);
  });
});

describe('what is refused, in one sentence, without a word of the file', () => {
  it.each<[what: string, text: string, detail: object]>([
    ['half a file', 'a = "', { advice: 'config-broken' }],
    ['a name twice', 'a = 1\na = 2', { advice: 'config-broken' }],
    ['our table twice', `${lf}\n${lf}\n`, { advice: 'config-broken' }],
    ['JSON', '{"mcp_servers": {}}', { advice: 'config-broken' }],
    ['a line end that is none', 'a = 1\rb = 2', { advice: 'config-broken' }],
    ['very deep nesting', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`, { advice: 'config-broken' }],
    ['servers in a text', 'mcp_servers = "x"', { thing: 'config-other-shape' }],
    ['servers in a list', '[[mcp_servers]]\na = 1', { thing: 'config-other-shape' }],
    ['servers that are a day', 'mcp_servers = 1979-05-27', { thing: 'config-other-shape' }],
  ])('%s', (_, text, detail) => {
    for (const work of [() => put(text), () => remove(text), () => tomlFormat.entries(text, path, servers)]) {
      expect(faultOf(work)).toMatchObject({ code: 'input-invalid', detail: { subject: path, ...detail } });
    }
  });

  it.each([
    'mcp_servers = {}',
    'mcp_servers = { a = { command = "x" } }',
    'mcp_servers.a = {}\nmcp_servers.conexor.a = 1',
  ])('to add to %s', (text) => {
    const fault = faultOf(() => put(text));
    expect(['config-inline', 'config-entry-theirs']).toContain(fault.detail.thing);
    expect(faultOf(() => put('mcp_servers = {}')).detail.thing).toBe('config-inline');
  });

  it.each([
    '[mcp_servers.conexor]\ncommand = "x"\n',
    '[mcp_servers]\nconexor = { command = "x" }\n',
    '[mcp_servers]\nconexor.command = "x"\n',
    `[mcp_servers]\n${block[0]}\nconexor.command = "x"\n${block[4]}\n`,
  ])('an entry of our name that is not in our block: %j', (text) => {
    for (const work of [() => put(text), () => remove(text)]) {
      expect(faultOf(work)).toMatchObject({ code: 'input-invalid', detail: { thing: 'config-entry-theirs' } });
    }
    expect(tomlFormat.entries(text, path, servers).get('conexor')).toEqual({ command: 'x' });
  });

  it('values behind our block are in our table, and go with it', () => {
    const text = `[a]\nb = 1\n\n${lf}\n\n  # mine\n"""x""" = 1\n`.replace('"""x"""', '"x\\u0020y"');
    expect(remove(text)).toBe('[a]\nb = 1\n\n  # mine\n');
    const lost = `[a]\nb = 1\n\n${lf}\nc = """\n[x]\n"""\n`;
    expect(remove(lost)).toBe('[a]\nb = 1\n');
  });
});

describe('what is shown', () => {
  it('are our own lines, where they stand', () => {
    const before = '[a]\nkey = "secret"\n';
    const added = tomlFormat.put(before, path, servers, 'conexor', value);
    expect(added.lines).toEqual(block.map((text, n) => ({ kind: 'added', line: 4 + n, text })));
    const replaced = tomlFormat.put(added.text, path, servers, 'conexor', { command: 'y' }, true);
    expect(replaced.lines.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
      ...[4, 5, 6, 7, 8].map((line) => `removed ${line}`),
      ...[4, 5, 6, 7].map((line) => `added ${line}`),
    ]);
    expect(tomlFormat.remove(added.text, path, servers, 'conexor').lines).toEqual(
      added.lines.map((line) => ({ ...line, kind: 'removed' })),
    );
    expect(tomlFormat.put(added.text, path, servers, 'conexor', value).lines).toEqual([]);
  });
});
