/**
 * Files as their programs write them, recorded by hand: our entry in, and out again in every way that there is, to the
 * last byte; and what somebody else has written meanwhile stays.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsOf } from '../../../electron/core/clients/find-files.ts';
import { formatOf } from '../../../electron/core/clients/plan-files.ts';
import { clientProgram } from '../../../electron/core/clients/programs/catalogue.ts';
import { type ClientId, clientIds } from '../../../shared/clients.ts';
import { type ClientHome, openClientHome } from '../../fakes/client-home.ts';

const folder = fileURLToPath(new URL('../../fakes/fixtures/client-files/', import.meta.url));

interface Recorded {
  readonly client: ClientId;
  readonly name: string;
  readonly bytes: Buffer;
}

const recorded: readonly Recorded[] = clientIds
  .filter((client) => clientProgram(client).format !== undefined)
  .flatMap((client) =>
    readdirSync(join(folder, client)).map((name) => ({
      client,
      name,
      bytes: readFileSync(join(folder, client, name)),
    })),
  );

/** Where each has its file in a home folder on Linux, relative to it. */
const places: Record<Exclude<ClientId, 'n8n'>, string> = {
  'claude-desktop': '.config/Claude/claude_desktop_config.json',
  'claude-code': '.claude.json',
  cursor: '.cursor/mcp.json',
  'vs-code': '.config/Code/User/mcp.json',
  'vs-code-insiders': '.config/Code - Insiders/User/mcp.json',
  windsurf: '.codeium/windsurf/mcp_config.json',
  devin: '.config/devin/mcp_config.json',
  zed: '.config/zed/settings.json',
  'lm-studio': '.lmstudio/mcp.json',
  codex: '.codex/config.toml',
  'gemini-cli': '.gemini/settings.json',
  cline: '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
};

let home: ClientHome;
beforeEach(async () => {
  home = await openClientHome();
});
afterEach(() => home.end());

const placed = async ({ client, bytes }: Recorded) => home.put(places[client as keyof typeof places], bytes);
const now = (path: string) => readFileSync(path);

describe.each(recorded)('$client: $name', (one) => {
  it('takes our entry beside all others, and gives it back to the last byte', async () => {
    const path = await placed(one);
    const program = clientProgram(one.client);
    expect(
      (await settingsOf(program, { platform: 'linux', homedir: home.home, env: {} })).map((file) => file.path),
    ).toEqual([path]);
    const read = (bytes: Buffer) => formatOf(program).entries(bytes.toString('utf8'), path, program.servers);
    const before = read(one.bytes);

    const added = await home.clients.add(one.client);
    expect(added).toMatchObject({ failed: [], client: { state: 'added', verdict: 'start' } });
    const entries = read(now(path));
    expect(entries.get('conexor')).toEqual(program.entry(home.computer.relay ?? []));
    expect(new Map([...entries].filter(([name]) => name !== 'conexor'))).toEqual(before);

    // Once more changes nothing.
    expect((await home.clients.add(one.client)).changed).toEqual([]);

    expect(await home.clients.remove(one.client)).toMatchObject({ failed: [], client: { state: 'not-added' } });
    expect(now(path).equals(one.bytes)).toBe(true);
    // Taken out can be taken back as well.
    await home.clients.undo(one.client);
    expect(read(now(path)).get('conexor')).toBeDefined();
    await home.clients.remove(one.client);
    expect(now(path).equals(one.bytes)).toBe(true);
  });

  it('is as it was after an undo, to the last byte', async () => {
    const path = await placed(one);
    const { changes } = await home.clients.plan(one.client, 'add');
    const seen = changes.map((change) => change.seen);
    await home.clients.add(one.client, { seen });
    expect(now(path).equals(one.bytes)).toBe(false);
    expect((await home.clients.undo(one.client)).failed).toEqual([]);
    expect(now(path).equals(one.bytes)).toBe(true);
    expect(await home.clients.view(one.client)).toMatchObject({
      state: 'not-added',
      files: [{ entries: [], missing: [] }],
    });
  });

  it('keeps what somebody else has written since', async () => {
    const path = await placed(one);
    await home.clients.add(one.client);
    const changed = now(path).toString('utf8');
    // A value that is in nearly each of them, written anew by its program.
    const other = changed.replace('npx', 'bunx').replace('https://', 'http://');
    if (other === changed) return;
    await home.put(places[one.client as keyof typeof places], other);
    const view = await home.clients.view(one.client);
    expect(view.files[0]?.undo).toBe('entry');
    await home.clients.undo(one.client);
    const wanted = one.bytes.toString('utf8').replace('npx', 'bunx').replace('https://', 'http://');
    expect(now(path).toString('utf8')).toBe(wanted);
  });

  it('shows what it would change without a word of its neighbours', async () => {
    const path = await placed(one);
    for (const action of ['add', 'remove', 'undo'] as const) {
      const shown = JSON.stringify(await home.clients.plan(one.client, action));
      expect(shown).not.toContain('secret');
      expect(shown).not.toContain('npx');
      if (action !== 'add')
        expect(JSON.parse(shown)).toMatchObject({ changes: action === 'undo' ? [] : [{ what: 'nothing' }] });
      if (action === 'add') expect(now(path).equals(one.bytes)).toBe(true);
    }
    expect(Object.keys(await home.all())).toHaveLength(1);
  });
});
