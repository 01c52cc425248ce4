/** The preview of a change: all of it, and no value of anybody else's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownChange } from '../../../electron/core/clients/shown-change.ts';
import { jsonFormat } from '../../../electron/core/clients/text/json-format.ts';
import type { ClientAction } from '../../../shared/clients.ts';
import { type ClientHome, openClientHome } from '../../fakes/client-home.ts';

let home: ClientHome;
beforeEach(async () => {
  home = await openClientHome();
});
afterEach(() => home.end());

const file = '.cursor/mcp.json';
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
const shown = async (action: ClientAction) => {
  const { changes } = await home.clients.plan('cursor', action);
  return (changes[0]?.lines ?? []).map(
    ({ kind, line, text }) => `${kind === 'added' ? '+' : '-'}${line} ${text.trim()}`,
  );
};
const ours = (indent = '') => [
  `${indent}"conexor": {`,
  `${indent}"command": ${JSON.stringify(home.computer.relay?.[0])},`,
];

describe('shows', () => {
  it('a neighbour’s line that only gets a comma, without what it holds', async () => {
    await home.put(file, '{\n  "mcpServers": {\n    "other": { "command": "x", "env": { "K": "a-secret" } }\n  }\n}\n');
    const lines = await shown('add');
    expect(lines.slice(0, 4)).toEqual(['-3 "other": …', '+3 "other": …,', '+4 "conexor": {', `+5 ${ours()[1]}`]);
    expect(lines.join()).not.toContain('a-secret');
    const { changes } = await home.clients.plan('cursor', 'add');
    expect(changes[0]?.lines[0]).toMatchObject({ masked: true });
    expect(changes[0]?.lines[2]).not.toHaveProperty('masked');
  });

  it('what an undo of a take-over brings back, by its names alone', async () => {
    const theirs = { command: 'npx', args: ['mcp-remote', 'https://x.example'], env: { 'X-Key': 'a-secret' } };
    const path = await home.put(file, json({ mcpServers: { sales: theirs, other: { command: 'x' } } }));
    const entries = [{ name: 'sales', connection: 'sales', isMeant: () => true }];
    await home.clients.replace({ client: 'cursor', path, entries });
    const lines = await shown('undo');
    expect(lines).toEqual(expect.arrayContaining(['+4 "command": …,', '+5 "args": [', '+10 "X-Key": …']));
    expect(lines.some((line) => line.startsWith('-') && line.includes(String(home.computer.relay?.[1])))).toBe(true);
    expect(lines.join()).not.toMatch(/a-secret|x\.example|other/);
  });

  it('the lines around our entry that were made for it', async () => {
    await home.put(file, '{\n  "theme": "dark"\n}\n');
    await home.clients.add('cursor');
    const lines = await shown('undo');
    expect(lines).toEqual(expect.arrayContaining(['-2 "theme": …,', '+2 "theme": …', '-3 "mcpServers": {']));
  });

  it('on a single line our piece alone', async () => {
    await home.put(file, '{"mcpServers":{"other":{"env":{"K":"a-secret"}}}}');
    const lines = await shown('add');
    expect(lines.join('\n')).toContain('"conexor"');
    expect(lines.join('\n')).not.toMatch(/a-secret|other/);
  });
});

it('on a single line, that something of somebody else’s comes back with our piece', async () => {
  const path = await home.put(file, '{"mcpServers":{"sales":{"command":"npx","args":["a-secret"]}}}');
  const entries = [{ name: 'sales', connection: 'sales', isMeant: () => true }];
  await home.clients.replace({ client: 'cursor', path, entries });
  const lines = await shown('undo');
  expect(lines).toEqual(expect.arrayContaining(['+1 …']));
  expect(lines.join()).not.toContain('a-secret');
});

it('every line that differs is among them, whatever the file', async () => {
  const names = ['a', 'conexor', 'z'];
  for (const had of [[], ['a'], ['a', 'z'], ['conexor', 'z'], ['conexor'], ['a', 'conexor', 'z']]) {
    for (const name of names) {
      const entry = (one: string) => [one, { command: `value-of-${one}`, args: ['x'] }] as const;
      const before = json({ mcpServers: Object.fromEntries(had.map(entry)), last: 1 });
      const change = jsonFormat.put(before, 'f', ['mcpServers'], name, { command: 'ours', args: ['x'] }, true);
      const lines = shownChange(before, change.text, change.lines);
      const left = before
        .split('\n')
        .filter((_, n) => !lines.some(({ kind, line }) => kind === 'removed' && line === n + 1));
      const right = change.text
        .split('\n')
        .filter((_, n) => !lines.some(({ kind, line }) => kind === 'added' && line === n + 1));
      expect(right).toEqual(left);
    }
  }
});

it.each([
  ['api_key = "a-secret"', 'api_key = …'],
  ['  "token": "a-secret",', '  "token": …,'],
  ['  "args": ["a-secret"]', '  "args": …'],
  ['  "a-secret",', '  …,'],
  ['// a-secret', '…'],
  ['MIIa-secret==', '…'],
  ['[mcp_servers.sales]', '[mcp_servers.sales]'],
  ['["a-secret"]', '…'],
  ['  },', '  },'],
])('somebody else’s line %j is shown as %j', (line, wanted) => {
  expect(shownChange(`{\n${line}\n}`, '{\n}', [])).toMatchObject([{ kind: 'removed', line: 2, text: wanted }]);
});
