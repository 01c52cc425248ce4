/**
 * What a person can do wrong, and what can go wrong around them: each time plain sentences, the documented exit code,
 * and everything that was stored is still there. The built command line; every run is held against the words that no
 * person should read (terminal.ts).
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { controlFaultSchema } from '../../shared/control-fault.ts';
import { snapshotSchema } from '../../shared/snapshot.ts';
import { answerConsent } from '../fakes/consent.ts';
import { selfSigned } from '../fakes/self-signed.ts';
import { authorizationAddress, connects, openTerminal, type Said, type Terminal, until } from './terminal.ts';

const errorSchema = (value: unknown) => controlFaultSchema.parse((value as { error: unknown }).error);

/** Two plain sentences on standard error, nothing on standard output. */
function expectRefused(said: Said, code: number, words: RegExp): void {
  expect(said.words).toMatch(words);
  expect(said).toMatchObject({ code, stdout: '' });
  const [what = '', next = '', ...rest] = said.stderr.split('\n');
  expect(what).toMatch(/[.?!]$/);
  expect(next).toMatch(/[.?!)\]]$|conexor |[>\]]$/);
  expect(rest).toEqual(['']);
}

describe('bad input', () => {
  let terminal: Terminal;
  let practice: PracticeService;
  const servers: Server[] = [];

  async function listening(server: Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const serving = (listener: RequestListener) => listening(createServer(listener));

  beforeAll(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
    await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
    const words = ['--service', 'practice', '--name', 'sales'];
    const said = await terminal.connect({ allow: true, account: 'acme' }, practice.resource, ...words);
    expect(said.code).toBe(0);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  afterAll(async () => {
    await terminal.stop();
    await practice.stop();
  });

  describe('at the keyboard', () => {
    it.concurrent.each([
      [['frobnicate'], 2, /no command "frobnicate"/],
      [['list', '--nope'], 2, /^Conexor has no option --nope\.\n/],
      [['list', '--json=yes'], 2, /^The option --json has no value\./],
      [['connect', '--way'], 2, /^The option --way needs a value\./],
      [['list', 'extra'], 2, /^Conexor does not know what "extra" after "conexor list" means\.\n.*npx conexor list$/m],
      [['clients', 'change'], 2, /^Conexor does not know what "change" after "conexor clients" means\./],
      [['clients', 'add'], 2, /^Something is missing after "conexor clients add"\.\n.*npx conexor clients /],
      [['clients', 'verify', 'notepad'], 2, /^The program "notepad" is not/],
      [['rename', 'acme'], 2, /^Something is missing after "conexor rename acme"\./],
      [['answer', 'q', 'maybe'], 2, /^Conexor does not know what "maybe" after "conexor answer q" means\./],
      [['start', '--port', '70000'], 2, /--port/],
      [['start', '--port', 'http'], 2, /--port/],
      [['start', '--log-level', 'loud'], 2, /--log-level/],
      [['url', '--client', 'a b'], 2, /--client/],
      [['connect'], 2, /conexor connect </],
      [['call'], 2, /conexor call </],
      [['use'], 2, /conexor use </],
      [['remove'], 2, /conexor remove </],
      [['bridge'], 2, /conexor bridge </],
      [['call', 'whoami', '{"region":'], 2, /as JSON/],
      [['call', 'whoami', '[1]'], 2, /as a JSON object/],
      [['call', 'no_such_tool'], 2, /no_such_tool.*\n.*conexor tools/],
      [['tools', '-c', 'nowhere'], 1, /no service named nowhere/],
      [['call', 'whoami', '-c', 'nowhere'], 1, /no service named nowhere/],
      [['remove', 'nowhere'], 1, /no service named nowhere/],
      [['url', 'nowhere'], 1, /no service named nowhere/],
      [['bridge', 'nowhere'], 1, /no service named nowhere/],
      [['use', 'nobody'], 1, /no account nobody/],
      [['revoke', 'nobody'], 1, /no account nobody/],
    ] as const)('%j', async (words, code, said) => {
      expectRefused(await terminal.run(...words), code, said);
    });

    it('with --json it is one JSON value on standard output as well', async () => {
      for (const [words, code] of [
        [['frobnicate'], 2],
        [['list', '--nope'], 2],
        [['use', 'nobody'], 1],
        [['call', 'no_such_tool'], 2],
      ] as const) {
        const said = await terminal.json(...words);
        expect(said.code).toBe(code);
        const { what, next } = errorSchema(said.value);
        expect(said.stderr).toBe(`${what}\n${next}\n`);
      }
    });
  });

  describe('an address', () => {
    it.concurrent.each([
      ['nonsense', 1, /^"nonsense" is not an address/],
      ['https://', 1, /not an address/],
      ['ftp://example.com/mcp', 1, /ftp:|not an address|not protected/],
      ['http://example.com/mcp', 1, /^example\.com is not protected.*\n.*https/],
      ['https://user:pass@example.com/mcp', 1, /address/],
      ['acme/sales-api/more', 1, /not an address/],
    ] as const)('%s', async (address, code, words) => {
      expectRefused(await terminal.run('connect', address), code, words);
    });

    it('where nothing listens', async () => {
      const address = await serving(() => undefined);
      await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
      expectRefused(await terminal.run('connect', `http://${address}/mcp`), 1, new RegExp(`not reach ${address}`));
    });

    it('where a web page is', async () => {
      const address = await serving((_request, response) => {
        response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>');
      });
      expectRefused(await terminal.run('connect', `http://${address}/`), 1, new RegExp(`how to sign in at ${address}`));
    });

    it('where nothing is', async () => {
      const address = await serving((_request, response) => response.writeHead(404).end());
      expectRefused(await terminal.run('connect', `http://${address}/mcp`), 1, new RegExp(address));
    });

    it('whose certificate nobody vouches for', async () => {
      const address = await listening(createTlsServer(selfSigned(), (_request, response) => response.end()));
      expectRefused(await terminal.run('connect', `https://${address}/mcp`), 1, /secure connection.*trusted/);
    });

    it('and none of them is in the list afterwards', async () => {
      const { connections } = snapshotSchema.parse((await terminal.json('list')).value);
      expect(connections.map(({ name, state }) => [name, state])).toEqual([['sales', 'connected']]);
    });
  });

  describe('at the consent page', () => {
    it('denied: nothing changed', async () => {
      const denied = await terminal.connect({ allow: false }, practice.resource, '--another');
      expect(denied).toMatchObject({ code: 1, stderr: '' });
      expect(denied.stdout).toContain("You didn't allow access. Nothing changed.");
      expect(denied.browser.page).toContain('You didn&#39;t allow access');
      const json = await terminal.connect({ allow: false }, practice.resource, '--another', '--json');
      expect(JSON.parse(json.stdout)).toEqual({ kind: 'denied' });
      expect(await terminal.accounts()).toEqual(['ana.torres@acme.example (acme)']);
    });

    it('Ctrl+C stops the waiting, frees the port and ends with 130', async () => {
      const waiting = terminal.begin(['connect', practice.resource, '--another', '--no-browser']);
      const [address] = await waiting.says(authorizationAddress);
      await waiting.says(/Waiting for you/);
      const redirect = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
      expect(await connects(redirect.port)).toBe(true);
      waiting.child.kill('SIGINT');
      const said = await waiting.ended;
      expect(said).toMatchObject({ code: 130, stderr: '' });
      expect(said.stdout).toMatch(/Stopped\. Nothing has been saved\.\n$/);
      await until(async () => !(await connects(redirect.port)));
      expect(await terminal.accounts()).toEqual(['ana.torres@acme.example (acme)']);
    });

    it('a first sign-in that is stopped leaves no service behind', async () => {
      const other = practice.resource.replace('acme/', 'globex/');
      const waiting = terminal.begin(['connect', other, '--service', 'practice', '--no-browser']);
      await waiting.says(/Waiting for you/);
      waiting.child.kill('SIGINT');
      expect((await waiting.ended).code).toBe(130);
      const { connections } = snapshotSchema.parse((await terminal.json('list')).value);
      expect(connections.map(({ name }) => name)).toEqual(['sales']);
    });

    it('an answer that the service no longer accepts', async () => {
      const words = ['connect', practice.resource, '--another', '--no-browser'];
      const waiting = terminal.begin(words);
      const [address] = await waiting.says(authorizationAddress);
      practice.control.failNext('token', { status: 400, body: { error: 'invalid_grant' } });
      const browser = await answerConsent(address, { allow: true, account: 'globex' });
      const said = await waiting.ended;
      expect(said.code).toBe(1);
      for (const text of [said.stderr, browser.page]) {
        expect(text).toMatch(/did not complete the sign-in/);
        expect(text).not.toContain('invalid_grant');
      }
      expect(await terminal.accounts()).toEqual(['ana.torres@acme.example (acme)']);
    });
  });

  describe('the service', () => {
    let own: PracticeService;
    beforeEach(async () => {
      own = await startPractice();
      await terminal.connect(
        { allow: true, account: 'globex' },
        own.resource,
        '--service',
        'practice',
        '--name',
        'own',
      );
    });
    afterEach(async () => {
      await own.stop();
      await terminal.run('remove', 'own');
    });

    it('refuses: the words say which refusal it is, and only a missing sign-in asks for one', async () => {
      const call = () => terminal.run('call', 'whoami', '-c', 'own');
      for (const [status, code, words] of [
        [402, 1, /plan's limit/],
        [403, 1, /does not allow your account/],
        [429, 1, /too many requests/],
        [500, 1, /has trouble/],
      ] as const) {
        own.control.failNext('mcp', { status, times: 3 });
        expectRefused(await call(), code, words);
        while (own.control.faultsLeft('mcp') > 0) await fetch(own.resource, { method: 'POST' });
      }
      expect((await call()).code).toBe(0);
      own.control.revokeEverything();
      expectRefused(await call(), 3, /not signed in/);
    });

    it('is killed in the middle of a call, and stays away', async () => {
      const call = terminal.begin(['call', 'slow_report', '{"steps":100,"delayMs":100}', '-c', 'own']);
      await until(() => own.seen.mcpCount('tools/call') === 1, 'the call');
      await own.stop();
      expectRefused(await call.ended, 1, /lost before the answer arrived.*\n.*Check before you try again/);
      expectRefused(await terminal.run('call', 'whoami', '-c', 'own'), 1, /could not reach/);
      const tools = await terminal.run('tools', '-c', 'own');
      expect(tools).toMatchObject({ code: 1, stdout: expect.stringMatching(/^sign_in {2}Conexor could not reach/) });
      const { stdout } = await terminal.run('list');
      expect(stdout).toMatch(/own .*globex.*Can't reach \(trying again in \d+ s\)/);
      expect(await terminal.accounts()).toHaveLength(2);
      expect(await terminal.run('doctor')).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/BAD .*cannot be reached\.\n.*Something is wrong; see above\.\n$/s),
      });
      const revoked = await terminal.run('revoke', '-c', 'own');
      expect(revoked.stdout).toMatch(/has not confirmed it yet\. Conexor keeps trying/);
    });
  });
});
