/** Each program's data against literals: where its file is on each system, our entry's bytes, its link and its command. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../../electron/core/clients/client-program.ts';
import { isInstalled, settingsOf } from '../../../../electron/core/clients/find-files.ts';
import { formatOf } from '../../../../electron/core/clients/plan-files.ts';
import { clientProgram, clientPrograms } from '../../../../electron/core/clients/programs/catalogue.ts';
import { clientTitles } from '../../../../shared/client-titles.ts';
import { type ClientId, clientIds } from '../../../../shared/clients.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-programs-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const systems: readonly System[] = ['darwin', 'win32', 'linux'];
const put = async (path: string) => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), '');
};
const found = async (client: ClientId, platform: string, env: Record<string, string> = {}) =>
  (await settingsOf(clientProgram(client), { platform, homedir: home, env })).map(
    ({ path, exists, leftAlone }) =>
      `${path.slice(home.length + 1)}${exists ? '' : ' (new)'}${leftAlone ? ' (alone)' : ''}`,
  );

const support = 'Library/Application Support';
const storage = 'User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json';
const msix = 'AppData/Local/Packages/Claude_pzs8sxrjxfjjc';
const inMsix = 'LocalCache/Roaming/Claude/claude_desktop_config.json';

/** A folder or file that is there, and the file in which our entry would come to stand; the same everywhere by default. */
const places: Record<Exclude<ClientId, 'n8n'>, Record<System, readonly [sign: string, file: string]>> = {
  'claude-desktop': {
    darwin: [`${support}/Claude/x`, `${support}/Claude/claude_desktop_config.json`],
    win32: ['AppData/Roaming/Claude/x', 'AppData/Roaming/Claude/claude_desktop_config.json'],
    linux: ['.config/Claude/x', '.config/Claude/claude_desktop_config.json'],
  },
  'claude-code': everywhere('.claude/x', '.claude.json'),
  cursor: everywhere('.cursor/x', '.cursor/mcp.json'),
  'vs-code': {
    darwin: [`${support}/Code/x`, `${support}/Code/User/mcp.json`],
    win32: ['AppData/Roaming/Code/x', 'AppData/Roaming/Code/User/mcp.json'],
    linux: ['.config/Code/x', '.config/Code/User/mcp.json'],
  },
  'vs-code-insiders': {
    darwin: [`${support}/Code - Insiders/x`, `${support}/Code - Insiders/User/mcp.json`],
    win32: ['AppData/Roaming/Code - Insiders/x', 'AppData/Roaming/Code - Insiders/User/mcp.json'],
    linux: ['.config/Code - Insiders/x', '.config/Code - Insiders/User/mcp.json'],
  },
  windsurf: everywhere('.codeium/windsurf/x', '.codeium/windsurf/mcp_config.json'),
  devin: {
    darwin: ['.config/devin/x', '.config/devin/mcp_config.json'],
    win32: ['AppData/Roaming/devin/x', 'AppData/Roaming/devin/mcp_config.json'],
    linux: ['.config/devin/x', '.config/devin/mcp_config.json'],
  },
  zed: {
    darwin: ['.config/zed/x', '.config/zed/settings.json'],
    win32: ['AppData/Roaming/Zed/x', 'AppData/Roaming/Zed/settings.json'],
    linux: ['.config/zed/x', '.config/zed/settings.json'],
  },
  'lm-studio': everywhere('.lmstudio/x', '.lmstudio/mcp.json'),
  codex: everywhere('.codex/x', '.codex/config.toml'),
  'gemini-cli': everywhere('.gemini/x', '.gemini/settings.json'),
  cline: {
    darwin: [`${support}/Code/${dirname(storage)}/x`, `${support}/Code/${storage}`],
    win32: [`AppData/Roaming/Code/${dirname(storage)}/x`, `AppData/Roaming/Code/${storage}`],
    linux: [`.config/Code/${dirname(storage)}/x`, `.config/Code/${storage}`],
  },
};

function everywhere(sign: string, file: string): Record<System, readonly [string, string]> {
  return { darwin: [sign, file], win32: [sign, file], linux: [sign, file] };
}

describe('where a program has its settings', () => {
  const cases = Object.entries(places).flatMap(([client, bySystem]) =>
    systems.map((system) => ({
      client: client as ClientId,
      system,
      sign: bySystem[system][0],
      file: bySystem[system][1],
    })),
  );
  it.each(cases)('$client on $system', async ({ client, system, sign, file }) => {
    expect(await found(client, system)).toEqual([]);
    await put(sign);
    expect(await found(client, system)).toEqual([`${file} (new)`]);
    await put(file);
    expect(await found(client, system)).toEqual([file]);
    expect(await isInstalled(clientProgram(client), { platform: system, homedir: home, env: {} })).toBe(true);
  });

  it('is asked of the variables that name it', async () => {
    const elsewhere = join(home, 'else where');
    await put('else where/.claude.json');
    expect(await found('claude-code', 'linux', { CLAUDE_CONFIG_DIR: elsewhere })).toEqual(['else where/.claude.json']);
    expect(await found('codex', 'win32', { CODEX_HOME: elsewhere })).toEqual(['else where/config.toml (new)']);
    await put('else where/zed/x');
    await put('else where/Code/x');
    const env = { XDG_CONFIG_HOME: elsewhere };
    expect(await found('zed', 'linux', env)).toEqual(['else where/zed/settings.json (new)']);
    expect(await found('vs-code', 'linux', env)).toEqual(['else where/Code/User/mcp.json (new)']);
    expect(await found('codex', 'linux', { CODEX_HOME: 'relative' })).toEqual([]);
  });

  it('with a folder for Claude Code that is named, and no file in it yet', async () => {
    await put('.claude/x');
    expect(await found('claude-code', 'linux', { CLAUDE_CONFIG_DIR: join(home, 'cfg') })).toEqual([
      'cfg/.claude.json (new)',
    ]);
  });

  it("is the packaged Claude's own folder where that is there; the classic file is only told until both are", async () => {
    const classic = 'AppData/Roaming/Claude/claude_desktop_config.json';
    await put(classic);
    expect(await found('claude-desktop', 'win32')).toEqual([classic]);
    await mkdir(join(home, msix), { recursive: true });
    expect(await found('claude-desktop', 'win32')).toEqual([`${msix}/${inMsix} (new)`, `${classic} (alone)`]);
    await put(`${msix}/${inMsix}`);
    expect(await found('claude-desktop', 'win32')).toEqual([`${msix}/${inMsix}`, classic]);
    // Another installation of the packaged one.
    await mkdir(join(home, 'AppData/Local/Packages/Claude_another'), { recursive: true });
    expect(await found('claude-desktop', 'win32')).toEqual([`${msix}/${inMsix}`, classic]);
    await put(`AppData/Local/Packages/Claude_another/${inMsix}`);
    expect(await found('claude-desktop', 'win32')).toContain(`AppData/Local/Packages/Claude_another/${inMsix}`);
  });

  it("is every profile's own in VS Code, and none is made in a profile", async () => {
    await put('.config/Code/User/profiles/-1a2b/settings.json');
    expect(await found('vs-code', 'linux')).toEqual(['.config/Code/User/mcp.json (new)']);
    await put('.config/Code/User/profiles/-1a2b/mcp.json');
    expect(await found('vs-code', 'linux')).toEqual(['.config/Code/User/profiles/-1a2b/mcp.json']);
    await put('.config/Code/User/mcp.json');
    expect(await found('vs-code', 'linux')).toEqual([
      '.config/Code/User/mcp.json',
      '.config/Code/User/profiles/-1a2b/mcp.json',
    ]);
  });

  it("is each editor's for Cline, and its command line's", async () => {
    await put(`.config/Cursor/${storage}`);
    await put('.cline/data/settings/cline_mcp_settings.json');
    expect(await found('cline', 'linux')).toEqual([
      `.config/Cursor/${storage}`,
      '.cline/data/settings/cline_mcp_settings.json',
    ]);
  });

  it("is LM Studio's new folder rather than its old one", async () => {
    await put('.cache/lm-studio/mcp.json');
    expect(await found('lm-studio', 'linux')).toEqual(['.cache/lm-studio/mcp.json']);
    await mkdir(join(home, '.lmstudio'));
    expect(await found('lm-studio', 'linux')).toEqual([
      '.lmstudio/mcp.json (new)',
      '.cache/lm-studio/mcp.json (alone)',
    ]);
  });

  it('is none for n8n, which nobody can tell to be there', async () => {
    await mkdir(join(home, '.n8n'));
    expect(await found('n8n', 'linux')).toEqual([]);
    expect(await isInstalled(clientProgram('n8n'), { platform: 'linux', homedir: home, env: {} })).toBe(true);
  });
});

const relay = ['/opt/node 20/bin/node', '/home/ÿÿÿ/relay.cjs'];
const args = (client: string, connection = '_all') =>
  `["${relay[1]}","--client","${client}","--connection","${connection}"]`;
const command = `"command":"${relay[0]}"`;

/** As JSON without blanks; the order of the members is what is written. */
const entries: Record<ClientId, string> = {
  'claude-desktop': `{${command},"args":${args('claude-desktop')}}`,
  'claude-code': `{"type":"stdio",${command},"args":${args('claude-code')},"env":{}}`,
  cursor: `{${command},"args":${args('cursor')},"env":{}}`,
  'vs-code': `{"type":"stdio",${command},"args":${args('vs-code')}}`,
  'vs-code-insiders': `{"type":"stdio",${command},"args":${args('vs-code-insiders')}}`,
  windsurf: `{${command},"args":${args('windsurf')}}`,
  devin: `{${command},"args":${args('devin')}}`,
  zed: `{"source":"custom",${command},"args":${args('zed')},"env":{}}`,
  'lm-studio': `{${command},"args":${args('lm-studio')}}`,
  codex: `{${command},"args":${args('codex')}}`,
  'gemini-cli': `{${command},"args":${args('gemini-cli')},"timeout":600000,"trust":false}`,
  cline: `{${command},"args":${args('cline')},"disabled":false}`,
  n8n: `{${command},"args":${args('n8n')}}`,
};
const keys: Partial<Record<ClientId, string>> = {
  'vs-code': 'servers',
  'vs-code-insiders': 'servers',
  zed: 'context_servers',
  codex: 'mcp_servers',
};

describe('our entry', () => {
  it.each(clientPrograms)('in $title', (program) => {
    expect(JSON.stringify(program.entry(relay))).toBe(entries[program.id]);
    expect(JSON.stringify(program.entry(relay, 'sales'))).toBe(entries[program.id].replace('_all', 'sales'));
    expect(program.title).toBe(clientTitles[program.id]);
    if (program.format !== undefined) expect(program.servers).toEqual([keys[program.id] ?? 'mcpServers']);
  });

  it('as a file of its own, to the byte', () => {
    const alone = (client: ClientId) => {
      const program = clientProgram(client);
      return formatOf(program).put(undefined, 'x', program.servers, 'conexor', program.entry(relay)).text;
    };
    expect(alone('codex')).toBe(
      [
        '# >>> conexor mcp_servers.conexor',
        '[mcp_servers.conexor]',
        'command = "/opt/node 20/bin/node"',
        'args = ["/home/ÿÿÿ/relay.cjs", "--client", "codex", "--connection", "_all"]',
        '# <<< conexor mcp_servers.conexor',
        '',
      ].join('\n'),
    );
    expect(alone('zed')).toBe(
      `${JSON.stringify({ context_servers: { conexor: JSON.parse(entries.zed) } }, undefined, 2)}\n`,
    );
  });
});

describe('the other ways in', () => {
  const entry = (client: ClientId) => clientProgram(client).entry(relay);
  const link = (client: ClientId) => clientProgram(client).link?.('conexor', entry(client)) ?? '';

  it('is a link with base64 that is safe in an address for Cursor and LM Studio', () => {
    const config = (client: ClientId) => Buffer.from(entries[client]).toString('base64');
    expect(config('cursor')).toMatch(/[+/=]/);
    expect(link('cursor')).toBe(
      `cursor://anysphere.cursor-deeplink/mcp/install?name=conexor&config=${encodeURIComponent(config('cursor'))}`,
    );
    expect(link('lm-studio')).toBe(`lmstudio://add_mcp?name=conexor&config=${encodeURIComponent(config('lm-studio'))}`);
    const read = new URL(link('cursor')).searchParams.get('config') ?? '';
    expect(Buffer.from(read, 'base64').toString()).toBe(entries.cursor);
  });

  it('is a link with JSON for VS Code, each edition by its own scheme', () => {
    for (const [client, scheme] of [
      ['vs-code', 'vscode:'],
      ['vs-code-insiders', 'vscode-insiders:'],
    ] as const) {
      const [before, json] = link(client).split('?');
      expect(before).toBe(`${scheme}mcp/install`);
      expect(decodeURIComponent(json ?? '')).toBe(`{"name":"conexor",${entries[client].slice(1)}`);
    }
  });

  it('is a command of the program, every word by itself', () => {
    const words = [...relay, '--client', 'x', '--connection', '_all'];
    const add = (client: ClientId) => [
      clientProgram(client).command?.program,
      ...(clientProgram(client).command?.add('conexor', words) ?? []),
    ];
    expect(add('claude-code')).toEqual(['claude', 'mcp', 'add', '--scope', 'user', 'conexor', '--', ...words]);
    expect(add('codex')).toEqual(['codex', 'mcp', 'add', 'conexor', '--', ...words]);
    expect(add('gemini-cli')).toEqual([
      ...['gemini', 'mcp', 'add', '--scope', 'user', '--timeout', '600000', 'conexor'],
      ...words.slice(0, 2),
      ...['--', ...words.slice(2)],
    ]);
    expect(add('vs-code')).toEqual([
      ...['code', '--add-mcp'],
      JSON.stringify({ name: 'conexor', type: 'stdio', command: words[0], args: words.slice(1) }),
    ]);
  });

  it('names only what there is', () => {
    for (const { id, ways, link: hasLink, command: hasCommand, format } of clientPrograms) {
      expect([id, ways.includes('link'), ways.includes('command'), ways.includes('file')]).toEqual([
        id,
        hasLink !== undefined,
        hasCommand !== undefined,
        format !== undefined,
      ]);
    }
    expect(clientPrograms.map(({ id }) => id)).toEqual(clientIds);
  });
});
