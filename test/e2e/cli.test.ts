/**
 * Every command of `conexor help`, as a person and as a program (`--json`) meets it: the built command line, a broker
 * that it starts itself, and the practice service. One story, told in order.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { version } from '../../electron/version.ts';
import { controlTable } from '../../shared/control.ts';
import { snapshotSchema } from '../../shared/snapshot.ts';
import { ask, initialize, openTerminal, type Terminal, until } from './terminal.ts';

describe('the command line', () => {
  let terminal: Terminal;
  let practice: PracticeService;
  beforeAll(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
  });
  afterAll(async () => {
    await terminal.stop();
    await practice.stop();
  });

  const snapshot = async () => snapshotSchema.parse((await terminal.json('list')).value);
  const connection = async () => (await snapshot()).connections.find((one) => one.name === 'sales');

  describe('helps', () => {
    it('with all commands, the exit codes, and the same as JSON', async () => {
      const [bare, help, json] = await Promise.all([terminal.run(), terminal.run('help'), terminal.json('help')]);
      expect(help.code).toBe(0);
      expect(bare.stdout).toBe(help.stdout);
      expect(help.stdout).toContain('130 cancelled');
      const { commands } = json.value as { commands: Record<string, { summary: string }> };
      expect(Object.keys(commands)).toHaveLength(29);
      for (const [name, { summary }] of Object.entries(commands)) {
        expect(help.stdout).toMatch(new RegExp(`^ {2}${name} +${summary.replace(/[.()]/g, '\\$&')}$`, 'm'));
      }
      expect((await terminal.run('--version')).stdout).toBe(`${version}\n`);
      expect((await terminal.json('--version')).value).toEqual({ version });
    });

    it('with each command, in both ways of asking', async () => {
      const { commands } = (await terminal.json('help')).value as { commands: Record<string, { usage: string }> };
      const asked = Object.entries(commands).map(async ([name, { usage }]) => {
        const said = await terminal.run(name, '--help');
        expect(said).toMatchObject({ code: 0, stderr: '' });
        expect(said.stdout).toContain(usage);
        expect(usage.startsWith(`conexor ${name}`)).toBe(true);
      });
      await Promise.all(asked);
      expect((await terminal.run('help', 'connect')).stdout).toBe((await terminal.run('connect', '-h')).stdout);
      expect((await terminal.json('connect', '--help')).value).toMatchObject({ summary: expect.any(String) });
      expect(terminal.brokers(), 'no broker is needed to help').toEqual([]);
    }, 60_000);
  });

  it('ends quietly where its reader has heard enough', async () => {
    const command = terminal.begin(['help']);
    command.child.stdout?.destroy();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  describe('starts Conexor', () => {
    it('that was not running: stop and nothing else finds that out without starting it', async () => {
      expect(await terminal.run('stop')).toMatchObject({ code: 0, stdout: 'Conexor was not running.\n' });
      expect((await terminal.json('stop')).value).toEqual({ stopped: false });
      expect(terminal.brokers()).toEqual([]);
    });

    it('in the background, once', async () => {
      const first = await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
      expect(first.code).toBe(0);
      expect(first.stdout).toMatch(/runs in the background \(process \d+\)\.\nPrograms reach it at http:\/\/127/);
      const { code, value } = await terminal.json('start');
      const status = controlTable.status.result.parse(value);
      expect(code).toBe(0);
      expect(value).toMatchObject({ alreadyRunning: true });
      expect(terminal.brokers()).toEqual([status.pid]);
      expect((await fetch(`${status.httpUrl}/mcp/none`)).status).toBe(401);
    });

    it('and says what to do while nothing is connected', async () => {
      const next = /conexor connect practice/;
      expect(await terminal.run('list')).toMatchObject({ code: 0, stdout: expect.stringMatching(next) });
      expect(await terminal.run('accounts')).toMatchObject({ code: 0, stdout: expect.stringMatching(next) });
      expect((await terminal.json('accounts')).value).toEqual([]);
      expect((await snapshot()).vault).toEqual({ kind: 'key-file' });
      const without = await Promise.all(['tools', 'url', 'revoke'].map((command) => terminal.run(command)));
      for (const said of without) expect(said).toMatchObject({ code: 1, stdout: '' });
    });
  });

  describe('connects', () => {
    it('a service, saying beforehand what will be asked and afterwards who it is', async () => {
      const said = await terminal.connect(
        { allow: true, account: 'acme' },
        practice.resource,
        '--service',
        'practice',
        '--name',
        'sales',
      );
      expect(said.code).toBe(0);
      expect(said.stdout).toMatch(/^Sign in at 127\.0\.0\.1:\d+ in your browser/);
      expect(said.stdout).toContain('It will ask you to allow: ');
      expect(said.stdout).toContain('Signed in as ana.torres@acme.example (acme). A first call has worked.');
      expect(said.browser.page).toContain('Signed in as');
    });

    it('a second account as JSON, the address to open on standard error', async () => {
      const said = await terminal.connect({ allow: true, account: 'globex' }, practice.resource, '--another', '--json');
      expect(said.code).toBe(0);
      expect(said.stderr).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\S+prompt=login\n$/);
      const outcome = controlTable.signInOutcome.result.parse(JSON.parse(said.stdout));
      expect(outcome).toMatchObject({ kind: 'done', known: false, current: false });
      expect(outcome.kind === 'done' && outcome.connection.accounts).toHaveLength(2);
    });

    it('and lists it', async () => {
      const [, row] = (await terminal.run('list')).stdout.split('\n');
      expect(row).toMatch(/^sales +Conexor practice service +ana\.torres@acme\.example \(acme\) +Connected +-$/);
      expect(await connection()).toMatchObject({ state: 'connected', resource: practice.resource });
    });

    it('and tells the accounts, and which one is in use', async () => {
      const { stdout } = await terminal.run('accounts', 'sales');
      expect(stdout).toMatch(/\* ana\.torres@acme\.example \(acme\) {2}Stays signed in/);
      expect(stdout).toMatch(/ {4}ana\.torres@globex\.example \(globex\) {2}Stays signed in/);
      const { value } = await terminal.json('accounts', '-c', 'sales');
      expect(value).toMatchObject([{ connection: 'sales', accounts: [{ current: true }, { current: false }] }]);
    });
  });

  describe('uses', () => {
    const organisation = async (...words: string[]) => {
      const said = await terminal.run('call', 'whoami', ...words);
      expect(said).toMatchObject({ code: 0, stderr: '' });
      return (JSON.parse(said.stdout) as { organisation: string }).organisation;
    };

    it('the tools of a service', async () => {
      const [plain, json] = await Promise.all([terminal.run('tools'), terminal.json('tools', '-c', 'sales')]);
      expect(plain.code).toBe(0);
      expect(plain.stdout).toMatch(/^list_orders\(customer\?, region\?, limit\?\) {2}Orders/m);
      expect(json.value).toContainEqual(
        expect.objectContaining({ name: 'list_orders', inputSchema: expect.anything() }),
      );
    });

    it('one tool, with its input and its answer', async () => {
      const said = await terminal.run('call', 'list_orders', '{"region":"North"}', '-c', 'sales');
      expect(said.code).toBe(0);
      expect(said.stdout).toContain('North');
      const { value } = await terminal.json('call', 'list_orders', '{"region":"North"}');
      expect(value).toMatchObject({ content: [{ type: 'text' }] });
      const refused = await terminal.run('call', 'list_orders', '{"limit":"many"}');
      expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('The limit is a whole number') });
    });

    it('one account for everyone and another for one program', async () => {
      expect(await organisation()).toBe('acme');
      expect((await terminal.run('use', 'globex', '--for', 'n8n')).stdout).toBe(
        'n8n now uses globex at sales, whatever the others use.\n',
      );
      expect(await organisation('--as', 'n8n')).toBe('globex');
      expect(await organisation()).toBe('acme');
      const used = await terminal.json('use', 'ana.torres@globex.example');
      expect(used.value).toMatchObject({ accounts: [{ current: false }, { current: true }] });
      expect(await organisation()).toBe('globex');
      const { stdout } = await terminal.run('use', 'acme');
      expect(stdout).toContain('ana.torres@acme.example (acme) is now in use at sales.\n');
      expect(stdout).toContain('n8n keeps its own: ana.torres@globex.example (globex).');
      expect(await organisation()).toBe('acme');
      expect(await organisation('--as', 'n8n')).toBe('globex');
      expect((await terminal.run('use', 'current', '--for', 'n8n')).code).toBe(0);
      expect(await organisation('--as', 'n8n')).toBe('acme');
      expect((await terminal.run('list', 'extra')).code).toBe(2);
      expect((await terminal.run('use', 'globex', '--for', 'cursr')).stdout).toBe(
        'cursr now uses globex at sales, whatever the others use.\n' +
          'No program called cursr has come yet; it may use sales when it does.\n' +
          'Did you mean cursor? To take it back: npx conexor deny cursr sales\n',
      );
      expect((await terminal.run('deny', 'cursr', 'sales')).code).toBe(0);
    });

    it('a local address and a key, the same one for the same program', async () => {
      const said = await terminal.run('url', 'sales', '--client', 'n8n');
      const [, key] = /^Header: {3}Authorization: Bearer (cxl_\S+)$/m.exec(said.stdout) ?? [];
      const { value } = await terminal.json('url', '--client', 'n8n');
      expect(value).toEqual({ name: 'n8n', url: expect.stringMatching(/\/mcp\/sales$/), key });
      const { url } = value as { url: string };
      const post = (authorization: string) =>
        fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: '{' });
      expect((await post(`Bearer ${key}x`)).status).toBe(401);
      expect((await post(`Bearer ${key}`)).status, 'the key is good, the body is not').toBe(400);
    });

    it('the bridge, in place of mcp-remote', async () => {
      const bridge = terminal.begin(['bridge', practice.resource, '--client', 'assistant']);
      expect(await ask(bridge, 1, 'initialize', initialize)).toMatchObject({
        result: { serverInfo: { name: expect.stringMatching(/sales|practice/i) } },
      });
      expect(await ask(bridge, 2, 'tools/call', { name: 'whoami', arguments: {} })).toMatchObject({
        result: { content: [{ text: expect.stringContaining('"organisation":"acme"') }] },
      });
      bridge.child.stdin?.end();
      expect(await bridge.ended).toMatchObject({ code: 0, stderr: '' });
      await until(async () => (await connection())?.clients.some((one) => one.name === 'assistant') ?? false);
      const [, row] = (await terminal.run('list')).stdout.split('\n');
      expect(row).toMatch(/assistant/);
    });
  });

  describe('looks after itself', () => {
    it('doctor finds nothing wrong, in words and as JSON', async () => {
      const { code, stdout } = await terminal.run('doctor');
      expect(code).toBe(0);
      expect(stdout).toContain(`ok    ${new URL(practice.baseUrl).host}: answers, and the clocks agree.`);
      expect(stdout).toMatch(/(Everything is working|Nothing is broken; the notes above are worth a look)\.\n$/);
      const { value } = await terminal.json('doctor');
      const findings = value as { about: string; verdict: string }[];
      expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['Node.js', 'Broker', 'Keychain']));
      expect(findings.some(({ verdict }) => verdict === 'bad')).toBe(false);
    });

    it('stop and start: everything is there again', async () => {
      const before = await connection();
      expect(await terminal.run('stop')).toMatchObject({ code: 0, stdout: 'Conexor stopped.\n' });
      await until(() => terminal.brokers().length === 0);
      const again = await terminal.json('start', '--port', '0', '--vault-key-file', terminal.keyFile);
      expect(again).toMatchObject({ code: 0, value: { alreadyRunning: false } });
      expect((await connection())?.accounts).toEqual(before?.accounts);
      expect((await terminal.run('call', 'whoami')).code).toBe(0);
    });
  });

  describe('takes access back', () => {
    it('of the account that is in use, and says what is proven', async () => {
      const said = await terminal.run('revoke');
      const host = new URL(practice.baseUrl).host;
      expect(said.code).toBe(0);
      expect(said.stdout.split('\n')).toEqual([
        'Signed out of ana.torres@acme.example (acme) here. Nothing on this computer can use it any more.',
        `${host} confirmed that the access is cancelled.`,
        'Checked: a call with the old access is refused.',
        '',
      ]);
      const call = await terminal.run('call', 'whoami');
      expect(call).toMatchObject({ code: 3, stdout: '' });
      expect((await terminal.run('tools')).code).toBe(3);
    });

    it('of another account, as JSON', async () => {
      const { code, value } = await terminal.json('revoke', 'globex', '-c', 'sales');
      expect(code).toBe(0);
      expect(value).toEqual({
        account: 'ana.torres@globex.example (globex)',
        wayIn: 'authorization-code',
        service: 'cancelled',
        proof: 'refused',
      });
      expect((await connection())?.accounts).toEqual([]);
      expect((await terminal.run('accounts')).stdout).toContain('nobody is signed in');
    });

    it('of an account that has come back, with the service it belongs to', async () => {
      expect((await terminal.connect({ allow: true, account: 'private' }, practice.resource)).code).toBe(0);
      const { value } = await terminal.json('remove', 'sales');
      expect(value).toMatchObject({ name: 'sales', signedOut: [{ service: 'cancelled', proof: 'refused' }] });
      expect((await snapshot()).connections).toEqual([]);
    });
  });
});
