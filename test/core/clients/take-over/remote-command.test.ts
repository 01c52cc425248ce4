import { describe, expect, it } from 'vitest';
import { headersOf, remoteCommandOf } from '../../../../electron/core/clients/take-over/remote-command.ts';
import { remoteNames } from '../../../../electron/core/clients/take-over/remote-names.ts';
import { Secret } from '../../../../electron/core/vault/secret.ts';

const address = 'https://mcp.example.com/v1/sse';
/** `${NAME}`, as it stands in an entry. */
const variable = (name: string) => ['$', '{', name, '}'].join('');
const started = (command: unknown, ...args: string[]) => remoteCommandOf({ command, args });

describe('what starts mcp-remote', () => {
  it.each<[string, unknown]>([
    ['npx', { command: 'npx', args: ['mcp-remote', address] }],
    ['npx -y with a version', { command: 'npx', args: ['-y', 'mcp-remote@latest', address] }],
    ['a range of versions', { command: 'npx', args: ['--yes', 'mcp-remote@^0.1', address, '9696'] }],
    ['npx by its path', { command: '/opt/homebrew/bin/npx', args: ['-y', 'mcp-remote', address] }],
    ['bunx', { command: 'bunx', args: ['mcp-remote', address] }],
    ['bun x', { command: 'bun', args: ['x', 'mcp-remote', address] }],
    ['pnpm dlx', { command: 'pnpm', args: ['dlx', 'mcp-remote', address] }],
    ['yarn dlx', { command: 'yarn', args: ['dlx', '-q', 'mcp-remote', address] }],
    ['deno', { command: 'deno', args: ['run', '-A', 'npm:mcp-remote@0.1', address] }],
    ['its program', { command: 'mcp-remote', args: [address] }],
    ['its program by its path', { command: '/Users/ada love/bin/mcp-remote', args: [address] }],
    ['its program on Windows', { command: 'C:\\npm\\mcp-remote.cmd', args: [address] }],
    ['its file', { command: 'node', args: ['/x/node_modules/mcp-remote/dist/proxy.js', address] }],
    ['its file on Windows', { command: 'node.exe', args: ['C:\\x\\mcp-remote\\dist\\proxy.js', address] }],
    ['its file in 0.0', { command: 'node', args: ['/x/mcp-remote/dist/cli/proxy.js', address] }],
    ['cmd', { command: 'cmd', args: ['/c', 'npx', '-y', 'mcp-remote', address] }],
    ['cmd with one line', { command: 'cmd.exe', args: ['/c', `npx -y mcp-remote ${address}`] }],
    ['a shell', { command: 'bash', args: ['-lc', `. ~/.nvm/nvm.sh && npx -y mcp-remote "${address}" 2> /tmp/log`] }],
    ['one line', { command: `npx -y mcp-remote ${address} --debug` }],
    ['its other program', { command: 'npx', args: ['-p', 'mcp-remote@latest', 'mcp-remote-client', address] }],
    ['a package by an address', { command: 'npx', args: ['https://pkg.pr.new/mcp-remote@12', address] }],
    ['an older Zed', { command: { path: 'npx', args: ['mcp-remote', address], env: {} } }],
    ['headers before the address', { command: 'npx', args: ['mcp-remote', '--header', 'A: b', address] }],
    ['options before the address', { command: 'npx', args: ['mcp-remote', '--transport', 'http-only', address] }],
  ])('%s', (_, entry) => {
    expect(remoteCommandOf(entry)?.address?.open()).toBe(address);
  });

  it.each<[string, unknown]>([
    ['another program', { command: 'npx', args: ['server-filesystem', '/home/mcp-remote-notes'] }],
    ['a package of somebody', { command: 'npx', args: ['@acme/mcp-remote', address] }],
    ['a name that only begins like it', { command: 'npx', args: ['mcp-remote-server', address] }],
    ['an address that ends like it', { command: 'npx', args: ['other', 'https://example.com/mcp-remote'] }],
    ['an address', { url: address }],
    ['our own', { command: 'node', args: ['/x/relay.cjs', '--connection', 'sales'] }],
    ['nothing', {}],
    ['null', null],
    ['a text', 'mcp-remote'],
  ])('is not %s', (_, entry) => {
    expect(remoteCommandOf(entry)).toBeUndefined();
  });

  it('takes the address itself for what it is, also where it ends like the program', () => {
    const remote = 'https://example.com/mcp-remote';
    expect(started('npx', 'mcp-remote', remote)?.address?.open()).toBe(remote);
  });

  it('has no address where none is given', () => {
    expect(started('npx', 'mcp-remote')).toMatchObject({ address: undefined });
  });
});

describe('its words', () => {
  const command = started(
    'npx',
    ...[
      '-y',
      'mcp-remote',
      address,
      '3334',
      '--header',
      `Authorization: Bearer ${variable('TOKEN')}`,
      '--transport',
      'http-only',
    ],
    ...['--resource', 'https://tenant.example/', '--ignore-tool', 'delete*', '--ignore-tool', 'drop*', '--debug'],
    ...[
      '--static-oauth-client-info',
      '{"client_id":"c"}',
      '--frobnicate',
      '--sk-live_9f8a7b6c5d4e3f2a1b',
      'secret_word',
    ],
  );

  it('are told apart as it does', () => {
    expect(command?.port).toBe(3334);
    expect(command?.headers.map(({ name, value }) => [name, value.open()])).toEqual([
      ['Authorization', ` Bearer ${variable('TOKEN')}`],
    ]);
    expect(command?.options.get('resource')?.[0]?.open()).toBe('https://tenant.example/');
    expect(command?.options.get('ignore-tool')).toHaveLength(2);
    expect([...(command?.flags ?? [])]).toContain('debug');
  });

  it('that mean nothing to us are named without their values, and what may be a secret is not', () => {
    expect(command?.unknownWords).toEqual(['--resource', '--ignore-tool', '--frobnicate']);
  });

  it('are secrets wherever they are printed', () => {
    expect(JSON.stringify({ ...command, options: [...(command?.options ?? [])] })).not.toMatch(/tenant|delete|Bearer/);
  });

  it('of its surroundings are named where nothing of them is taken along', () => {
    const entry = {
      command: 'npx',
      args: ['mcp-remote', address, '--header', `X-Key:${variable('KEY')}`],
      env: { KEY: 'sec_1', HTTPS_PROXY: 'http://u:sec_2@proxy', MCP_REMOTE_CONFIG_DIR: '/x', PATH: '/bin', N: 1 },
    };
    const read = remoteCommandOf(entry);
    expect(read?.unknownWords).toEqual(['HTTPS_PROXY']);
    expect(read?.env.get('KEY')?.open()).toBe('sec_1');
  });

  it('of a header keep the last of a name and leave out what is none', () => {
    const lines = ['A: 1', 'A: 2', 'no header', 'b c: 3', 'D:'].map((line) => new Secret(line));
    expect(headersOf(lines).map(({ name, value }) => `${name}|${value.open()}`)).toEqual(['A| 2', 'D|']);
  });
});

describe('the names of its files', () => {
  const headers = (...lines: string[]) => headersOf(lines.map((line) => new Secret(line)));

  it('are those that the program itself has given', () => {
    // Recorded from mcp-remote 0.0.22 and 0.15.1, then 0.1.38, at a server on this computer.
    expect(remoteNames({ address: 'http://127.0.0.1:36139/mcp' })).toEqual(['3eebda462bf7d2c9788b1c4919d30ca3']);
    const named = headers('X-Org: acme', `A-Key:${variable('TOK')}`);
    expect(remoteNames({ address: 'http://127.0.0.1:36139/mcp', headers: named })).toContain(
      'c37959dea91d062458ebd7c87a51f637',
    );
  });

  it('cover what counted in one version and not in another', () => {
    const by = { address, resource: 'https://tenant.example/', headers: headers('A: 1', 'B:2') };
    const names = remoteNames(by);
    expect(names).toHaveLength(6);
    expect(names).toEqual(expect.arrayContaining([...remoteNames({ address })]));
    expect(new Set(names.map((name) => name.length))).toEqual(new Set([32]));
  });
});
