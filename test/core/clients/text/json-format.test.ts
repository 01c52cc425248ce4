/** Our entry put into settings and taken out of them: written examples of each style, and everything that is refused. */
import { describe, expect, it } from 'vitest';
import { jsonFormat } from '../../../../electron/core/clients/text/json-format.ts';
import { asFault } from '../../../../shared/faults.ts';

const servers = ['mcpServers'];
const value = { command: '/n', args: ['a', 'b'] };
const path = '/home/ana/file.json';

const put = (text: string | undefined, own: object = value) => jsonFormat.put(text, path, servers, 'conexor', own).text;
const remove = (text: string) => jsonFormat.remove(text, path, servers, 'conexor').text;
const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return asFault(thrown);
  }
  throw new Error('it was done');
};

/** The entry as it is written on lines of its own. */
const lines = (indent: string, step: string, end: string) =>
  [
    `${indent}"conexor": {`,
    `${indent}${step}"command": "/n",`,
    `${indent}${step}"args": [`,
    `${indent}${step}${step}"a",`,
    `${indent}${step}${step}"b"`,
    `${indent}${step}]`,
    `${indent}}`,
  ].join(end);
const line = '"conexor": {"command": "/n", "args": ["a", "b"]}';
const tight = '"conexor":{"command":"/n","args":["a","b"]}';

describe('where servers stand already, ours is put beside them and is gone again to the last byte', () => {
  const two = lines('    ', '  ', '\n');
  it.each<[what: string, before: string, after: string]>([
    [
      'with two blanks',
      '{\n  "mcpServers": {\n    "a": 1\n  }\n}\n',
      `{\n  "mcpServers": {\n    "a": 1,\n${two}\n  }\n}\n`,
    ],
    [
      'with four',
      '{\n    "mcpServers": {\n        "a": 1\n    }\n}',
      `{\n    "mcpServers": {\n        "a": 1,\n${lines('        ', '    ', '\n')}\n    }\n}`,
    ],
    [
      'with tabs and the line ends of Windows',
      '\ufeff{\r\n\t"mcpServers": {\r\n\t\t"a": 1\r\n\t}\r\n}',
      `\ufeff{\r\n\t"mcpServers": {\r\n\t\t"a": 1,\r\n${lines('\t\t', '\t', '\r\n')}\r\n\t}\r\n}`,
    ],
    ['at the margin', '{\n"mcpServers": {\n"a": 1\n}\n}', `{\n"mcpServers": {\n"a": 1,\n${lines('', '', '\n')}\n}\n}`],
    ['on one line', '{"mcpServers":{"a":1}}', `{"mcpServers":{"a":1,${tight}}}`],
    ['on one line with blanks', '{ "mcpServers": { "a": 1 } }\n', `{ "mcpServers": { "a": 1, ${line} } }\n`],
    ['on one line of several', '{\n  "mcpServers": { "a": 1 }\n}', `{\n  "mcpServers": { "a": 1, ${line} }\n}`],
    ['none yet', '{\n  "mcpServers": {}\n}\n', `{\n  "mcpServers": {\n${two}\n  }\n}\n`],
    [
      'none yet, beside others',
      '{\r\n  "z": 1, "mcpServers": {}\r\n}',
      `{\r\n  "z": 1, "mcpServers": {\r\n${lines('    ', '  ', '\r\n')}\r\n  }\r\n}`,
    ],
    ['none yet, on one line', '{"mcpServers":{}}', `{"mcpServers":{${tight}}}`],
    ['none yet, a blank', '{"mcpServers": { }}', `{"mcpServers": { ${line} }}`],
    ['none yet, a line end', '{\n  "mcpServers": {\n  }\n}', `{\n  "mcpServers": { ${line}\n  }\n}`],
    [
      'none yet, a comment',
      '{\n  "mcpServers": {\n    // none yet\n  }\n}',
      `{\n  "mcpServers": {\n    // none yet\n${two}\n  }\n}`,
    ],
    [
      'none yet, a comment on the line',
      '{"mcpServers": { /* none, } */ }}',
      `{"mcpServers": { /* none, } */ ${line} }}`,
    ],
    [
      'with comments',
      '{\n  "mcpServers": {\n    "a": 1 // why\n    /* end */\n  } // }\n}',
      `{\n  "mcpServers": {\n    "a": 1, // why\n    /* end */\n${two}\n  } // }\n}`,
    ],
    [
      'with a comment before the brace',
      '{"mcpServers": {"a": 1 /* c */ }}',
      `{"mcpServers": {"a": 1, /* c */ ${line} }}`,
    ],
    [
      'with commas that trail',
      '{\n  "mcpServers": {\n    "a": 1,\n  },\n}',
      `{\n  "mcpServers": {\n    "a": 1,\n${two},\n  },\n}`,
    ],
    ['with commas that trail on one line', '{"mcpServers": {"a": 1, },}', `{"mcpServers": {"a": 1, ${line}, },}`],
    [
      'with a comma that trails behind a comment',
      '{"mcpServers": {"a": 1 /* , */ ,}}',
      `{"mcpServers": {"a": 1 /* , */ ,${line},}}`,
    ],
    [
      'with members on the line of the brace',
      '{"mcpServers": {"a": 1\n}}',
      `{"mcpServers": {"a": 1,\n${lines('  ', '  ', '\n')}\n}}`,
    ],
    ['with names written otherwise', '{"mcpS\\u0065rvers":{"a":1}}', `{"mcpS\\u0065rvers":{"a":1,${tight}}}`],
    [
      'with old line ends',
      '{\r  "mcpServers": {\r    "a": 1\r  }\r}',
      `{\r  "mcpServers": {\r    "a": 1,\r${lines('    ', '  ', '\r')}\r  }\r}`,
    ],
  ])('%s', (_, before, after) => {
    expect(put(before)).toBe(after);
    expect(put(after)).toBe(after);
    expect(remove(after)).toBe(before);
    expect(jsonFormat.entries(after, path, servers).get('conexor')).toEqual(value);
  });
});

describe('where there are none', () => {
  it.each<[what: string, before: string | undefined, after: string, left: string]>([
    [
      'no file',
      undefined,
      `{\n  "mcpServers": {\n${lines('    ', '  ', '\n')}\n  }\n}\n`,
      '{\n  "mcpServers": {}\n}\n',
    ],
    [
      'a blank text',
      '\ufeff \r\n',
      `\ufeff{\r\n  "mcpServers": {\r\n${lines('    ', '  ', '\r\n')}\r\n  }\r\n}\r\n`,
      '\ufeff{\r\n  "mcpServers": {}\r\n}\r\n',
    ],
    ['an empty object', '{}\n', `{"mcpServers": {${line}}}\n`, '{"mcpServers": {}}\n'],
    [
      'other settings',
      '{\n  "theme": "dark"\n}',
      `{\n  "theme": "dark",\n  "mcpServers": {\n${lines('    ', '  ', '\n')}\n  }\n}`,
      '{\n  "theme": "dark",\n  "mcpServers": {}\n}',
    ],
    [
      'comments only',
      '// mine\n{\n\t// nothing\n}\n',
      `// mine\n{\n\t// nothing\n  "mcpServers": {\n${lines('    ', '  ', '\n')}\n  }\n}\n`,
      '// mine\n{\n\t// nothing\n  "mcpServers": {}\n}\n',
    ],
  ])('%s: they are made, and stay, empty', (_, before, after, left) => {
    expect(put(before)).toBe(after);
    expect(remove(after)).toBe(left);
    expect(put(left)).toBe(put(after));
  });

  it('the whole way to them is made', () => {
    const nested = ['mcp', 'servers'];
    const one = jsonFormat.put('{"a":1}', path, nested, 'x', {}).text;
    expect(one).toBe('{"a":1,"mcp":{"servers":{"x":{}}}}');
    expect(jsonFormat.put('{"mcp":{"z":1}}', path, nested, 'x', {}).text).toBe('{"mcp":{"z":1,"servers":{"x":{}}}}');
    expect(jsonFormat.remove(one, path, nested, 'x').text).toBe('{"a":1,"mcp":{"servers":{}}}');
    expect([...jsonFormat.entries('', path, nested)]).toEqual([]);
    expect([...jsonFormat.entries('{"mcp":{}}', path, nested)]).toEqual([]);
    for (const text of ['', ' \n', '{}', '{"mcp":{}}'])
      expect(jsonFormat.remove(text, path, nested, 'x').text).toBe(text);
  });
});

describe('an entry of ours that is there already', () => {
  it('gets another value and nothing else', () => {
    const before = `{ // c\n  "mcpServers": {\n${lines('    ', '  ', '\n')}, // ours\n    "a": 1,\n  }\n}`;
    expect(put(before, { command: 'x', args: ['é', '"'] })).toBe(
      '{ // c\n  "mcpServers": {\n    "conexor": {\n      "command": "x",\n      "args": [\n        "é",\n        "\\""\n      ]\n    }, // ours\n    "a": 1,\n  }\n}',
    );
    expect(put(`{"mcpServers":{${tight},"a":1}}`, { url: 'x' })).toBe('{"mcpServers":{"conexor":{"url":"x"},"a":1}}');
    expect(put('{\n  "mcpServers": {\n    "conexor": null\n  }\n}', { a: 1 })).toBe(
      '{\n  "mcpServers": {\n    "conexor": {"a": 1}\n  }\n}',
    );
  });

  it('stays as it is written where it means the same', () => {
    const text = '{"mcpServers": {"conexor": {"args": ["a", /* why */ "b"], "command": "\\u002fn"}}}';
    expect(jsonFormat.put(text, path, servers, 'conexor', value)).toEqual({ text, lines: [] });
  });
});

describe('what is shown', () => {
  it('are our own lines, where they stand', () => {
    const before = '{\n  "mcpServers": {\n    "a": {"env": {"KEY": "secret"}}\n  }\n}';
    const added = jsonFormat.put(before, path, servers, 'conexor', { command: 'x' });
    expect(added.lines).toEqual([
      { kind: 'added', line: 4, text: '    "conexor": {' },
      { kind: 'added', line: 5, text: '      "command": "x"' },
      { kind: 'added', line: 6, text: '    }' },
    ]);
    expect(added.text.split('\n')[3]).toBe(added.lines[0]?.text);
    expect(jsonFormat.remove(added.text, path, servers, 'conexor').lines).toEqual(
      added.lines.map((own) => ({ ...own, kind: 'removed' })),
    );
  });

  it('are our own words where everything is on one line', () => {
    const before = '{"token":"secret","mcpServers":{"a":{"env":{"KEY":"secret"}}},"z":"secret"}';
    const change = jsonFormat.put(before, path, servers, 'conexor', { command: 'x' });
    expect(change.lines).toEqual([{ kind: 'added', line: 1, text: '"conexor":{"command":"x"}' }]);
    expect(jsonFormat.remove(change.text, path, servers, 'conexor').lines).toEqual([
      { kind: 'removed', line: 1, text: '"conexor":{"command":"x"}' },
    ]);
  });

  it('are our own words, without the blank before them', () => {
    const { text, lines: added } = jsonFormat.put('{"mcpServers": {"a": 1}}', path, servers, 'conexor', { a: 1 });
    expect(added).toEqual([{ kind: 'added', line: 1, text: '"conexor": {"a": 1}' }]);
    expect(jsonFormat.remove(text, path, servers, 'conexor').lines).toEqual([{ ...added[0], kind: 'removed' }]);
  });

  it('is what a replaced entry was only where it is known as ours', () => {
    const before = '{\r\n  "mcpServers": { "conexor": { "env": { "KEY": "secret" } } }\r\n}';
    const hidden = jsonFormat.put(before, path, servers, 'conexor', { command: 'x' });
    expect(hidden.lines).toEqual([{ kind: 'added', line: 2, text: '"conexor": {"command": "x"}' }]);
    const shown = jsonFormat.put(before, path, servers, 'conexor', { command: 'x' }, true);
    expect(shown.lines).toEqual([
      { kind: 'removed', line: 2, text: '"conexor": { "env": { "KEY": "secret" } }' },
      ...hidden.lines,
    ]);
  });
});

describe('what is refused, in one sentence, without a word of the file', () => {
  it('two entries of one name, of which programs do not agree which counts', () => {
    const text = '{"mcpServers":{"x":{"command":"a"},"\\u0078":{"command":"b"}}}';
    expect(faultOf(() => jsonFormat.entries(text, path, ['mcpServers'])).detail).toMatchObject({
      thing: 'config-name-twice',
    });
  });

  it.each<[what: string, text: string, detail: object]>([
    ['half a file', '{"a":1,"mcpServers":{"x":{"command":"y"', { advice: 'config-broken' }],
    ['a list', '[]', { advice: 'config-broken' }],
    ['a text', '"x"', { advice: 'config-broken' }],
    ['nothing', 'null', { advice: 'config-broken' }],
    ['a comment alone', '// later', { advice: 'config-broken' }],
    ['two files in one', '{}\n{}', { advice: 'config-broken' }],
    ['a conflict of versions', '<<<<<<< mine\n{}\n=======', { advice: 'config-broken' }],
    ['a byte that is nothing', '{"mcpServers":{}}\u0000', { advice: 'config-broken' }],
    [
      'very deep nesting',
      `{"mcpServers":{},"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      { advice: 'config-broken' },
    ],
    ['servers that are nothing', '{"mcpServers":null}', { thing: 'config-other-shape' }],
    ['servers in a list', '{"mcpServers":[]}', { thing: 'config-other-shape' }],
    ['servers in a text', '{"mcpServers":"x"}', { thing: 'config-other-shape' }],
    ['servers twice', '{"mcpServers":{},"mcpServers":{}}', { thing: 'config-name-twice' }],
    ['servers twice, written otherwise', '{"mcpServers":{},"mcp\\u0053ervers":{}}', { thing: 'config-name-twice' }],
  ])('%s', (_, text, detail) => {
    for (const work of [() => put(text), () => remove(text), () => jsonFormat.entries(text, path, servers)]) {
      expect(faultOf(work)).toMatchObject({ code: 'input-invalid', detail: { subject: path, ...detail } });
    }
  });

  it('our own entry twice; somebody else’s is their own affair', () => {
    const twice = '{"mcpServers":{"conexor":{},"conexor":{}}}';
    for (const work of [() => put(twice), () => remove(twice)]) {
      expect(faultOf(work)).toMatchObject({ detail: { thing: 'config-name-twice' } });
    }
    const theirs = '{"x":1,"x":2,"mcpServers":{"a":1,"a":2}}';
    expect(remove(put(theirs))).toBe(theirs);
  });
});

describe('odd names', () => {
  it.each(['__proto__', 'constructor', '', 'a"b\\', 'é😀', '0', '\u2028', '\ud800'])('%j', (name) => {
    const text = '{\n  "mcpServers": {\n    "__proto__x": {"a": 1}\n  }\n}\n';
    const after = jsonFormat.put(text, path, ['mcpServers'], name, value).text;
    expect(jsonFormat.entries(after, path, ['mcpServers']).get(name)).toEqual(value);
    expect(jsonFormat.remove(after, path, ['mcpServers'], name).text).toBe(text);
    const deep = jsonFormat.put('{"a":1}', path, [name, 'x'], name, value).text;
    expect(jsonFormat.entries(deep, path, [name, 'x']).get(name)).toEqual(value);
  });
});

it('five megabytes are no trouble, on lines or on one line', () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`name ${n}`, { text: 'y'.repeat(240) }]));
  for (const text of [JSON.stringify({ mcpServers: many }), JSON.stringify({ mcpServers: many }, null, 2)]) {
    expect(text.length).toBeGreaterThan(5_000_000);
    expect(remove(put(text))).toBe(text);
  }
});
