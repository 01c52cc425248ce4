/**
 * No token or secret outside the sealed file: the whole job is played at the most talkative log level, then everything
 * the product wrote, printed, answered or was started with is searched for every secret there was. The secrets are
 * known because the vault is opened with its key file, as only its owner can.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { answerConsent } from '../fakes/consent.ts';
import { filesIn, leaks, type Places, processesOf, type Secrets } from './secret-search.ts';
import { ask, authorizationAddress, initialize, openTerminal, type Terminal, until } from './terminal.ts';

describe.skipIf(process.platform !== 'linux')('secrets', () => {
  let terminal: Terminal;
  let practice: PracticeService;
  const secrets: Secrets = new Map();
  const places: Places = new Map();
  let localKeyShown = '';

  beforeAll(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
    secrets.set('the key of the vault', readFileSync(terminal.keyFile, 'utf8'));
    secrets.set('the client secret', practice.confidential.clientSecret);
    await playEverything();
  }, 60_000);
  afterAll(async () => {
    await terminal.stop();
    await practice.stop();
  });

  async function playEverything(): Promise<void> {
    await signIn('acme', '--name', 'sales', '--service', 'practice');
    await signIn('globex', '--another');
    lookAtProcesses('broker', terminal.brokers());

    const relay = terminal.program('relay.cjs', ['--client', 'assistant', '--connection', 'sales']);
    await ask(relay, 1, 'initialize', initialize);
    await ask(relay, 2, 'tools/call', whoami);
    lookAtProcesses('relay', [relay.child.pid ?? 0]);
    await silently(async () => {
      localKeyShown = (await terminal.run('url', 'sales', '--client', 'n8n')).stdout;
    });
    const [, key = ''] = /Bearer (\S+)/.exec(localKeyShown) ?? [];
    const [, address = ''] = /Address: +(\S+)/.exec(localKeyShown) ?? [];
    secrets.set('the key of a local program', key);

    // A refresh that works, then every refusal, each with a token in flight.
    practice.control.rejectAccessTokens();
    await ask(relay, 3, 'tools/call', whoami);
    await learnSecrets('after the refresh');
    for (const [n, status] of [400, 402, 403, 404, 429, 500].entries()) {
      practice.control.failNext('mcp', { status, body: { error: 'no' } });
      await ask(relay, 10 + n, 'tools/call', whoami);
      practice.control.failNext('mcp', { status, body: 'no' });
      await terminal.run('call', 'whoami');
      practice.control.failNext('mcp', { status, body: 'no', times: 5 });
      await overHttp(address, key, `HTTP answer to ${status}`);
      while (practice.control.faultsLeft('mcp') > 0) await fetch(practice.resource, { method: 'POST' });
    }
    practice.control.dropNext('mcp', { times: 2 });
    await ask(relay, 20, 'tools/call', whoami);
    await overHttp(address, `${key}x`, 'HTTP answer to a wrong key');
    practice.control.rejectAccessTokens();
    practice.control.failNext('token', { status: 503 });
    await ask(relay, 21, 'tools/call', whoami);
    await forgedCallback();

    for (const command of ['list', 'accounts', 'doctor', 'tools']) {
      await terminal.run(command);
      await terminal.json(command);
    }
    practice.control.revokeEverything();
    await learnSecrets('before the end');
    practice.control.failNext('revoke', { status: 503, times: 20 });
    await terminal.json('revoke', 'acme');
    await terminal.json('list');
    await ask(relay, 30, 'tools/call', whoami);
    await terminal.run('remove', 'sales');
    relay.child.stdin?.end();
    await relay.ended;
    await terminal.run('stop');
    await until(() => terminal.brokers().length === 0);
    places.set('what was printed', terminal.printed.join(''));
  }

  /** The first one starts the broker as well, with the client's secret in the environment of the command. */
  async function signIn(account: string, ...words: string[]): Promise<void> {
    const broker = ['--port', '0', '--vault-key-file', terminal.keyFile, '--log-level', 'debug'];
    const { clientId, clientSecret } = practice.confidential;
    const command = terminal.begin(
      ['connect', practice.resource, '--client-id', clientId, '--no-browser', ...words, ...broker],
      { CONEXOR_CLIENT_SECRET: clientSecret },
    );
    const [authorizationUrl] = await command.says(authorizationAddress);
    const browser = await answerConsent(authorizationUrl, { allow: true, account });
    expect((await command.ended).code).toBe(0);
    secrets.set(`the code for ${account}`, browser.redirectedTo?.searchParams.get('code') ?? '');
    places.set(`the last page for ${account}`, browser.page);
    await learnSecrets(`of ${account}`);
  }

  async function learnSecrets(when: string): Promise<void> {
    const vault = await openVault({
      dataDir: terminal.dataDir,
      keySource: { kind: 'key-file', path: terminal.keyFile },
      now: Date.now,
      log: () => {},
    });
    for (const [n, grant] of vault.list('grant').entries()) {
      secrets.set(`access token ${n} ${when}`, grant.accessToken.open());
      if (grant.refreshToken) secrets.set(`refresh token ${n} ${when}`, grant.refreshToken.open());
    }
    expect(vault.list('registration').map(({ clientSecret }) => clientSecret?.open())).toEqual([
      practice.confidential.clientSecret,
    ]);
    await vault.close();
  }

  function lookAtProcesses(name: string, pids: readonly number[]): void {
    expect(pids.length).toBeGreaterThan(0);
    for (const [where, text] of processesOf(name, pids)) places.set(where, text);
  }

  async function overHttp(address: string, key: string, name: string): Promise<void> {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize });
    const answer = await fetch(address, { method: 'POST', headers, body });
    places.set(name, JSON.stringify([...answer.headers]) + (await answer.text()));
  }

  async function forgedCallback(): Promise<void> {
    const command = terminal.begin(['connect', practice.resource, '--another', '--no-browser']);
    const [address] = await command.says(authorizationAddress);
    const redirect = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
    redirect.search = '?code=canary-forged-code&state=canary-forged-state';
    places.set('the page for a forged callback', await (await fetch(redirect)).text());
    secrets.set('a forged code', 'canary-forged-code');
    command.child.kill('SIGINT');
    await command.ended;
  }

  /** What is printed meanwhile is not kept. */
  async function silently(work: () => Promise<void>): Promise<void> {
    const kept = terminal.printed.length;
    await work();
    terminal.printed.splice(kept);
  }

  it('there were: tokens of both accounts, old and new, two codes, a client secret, a key', () => {
    expect([...secrets.values()].filter((secret) => secret.length < 16)).toEqual([]);
    const kinds = [...secrets.keys()].join('\n');
    const accessTokens = [...secrets].filter(([what]) => what.startsWith('access token')).map(([, secret]) => secret);
    // Two sign-ins and at least one refresh.
    expect(new Set(accessTokens).size).toBeGreaterThanOrEqual(3);
    expect(kinds).toMatch(/refresh token/);
    expect(practice.seen.tokenRequests.authorizationCode).toBe(2);
  });

  it('P-64 in no file of the data folder, nor in the sealed one as it lies there', () => {
    const files = filesIn(terminal.dataDir);
    expect([...files.keys()].sort()).toEqual(['conexor.log', 'program.json', 'relay.cjs', 'vault.jwe']);
    expect(files.get('conexor.log'), 'the log did say something').toMatch(/access renewed/);
    expect(leaks(secrets, files)).toEqual([]);
  });

  it('in nothing that was printed or answered, and no page', () => {
    expect(places.get('what was printed')).toMatch(/"jsonrpc":"2\.0"/);
    expect(places.get('HTTP answer to 402')).toMatch(/plan/);
    expect(leaks(secrets, places)).toEqual([]);
  });

  it('in no command line and no environment of a process that stays', () => {
    const processes = new Map([...places].filter(([name]) => /^(cmdline|environ) of/.test(name)));
    expect([...processes.keys()]).toHaveLength(4);
    expect(processes.get('environ of the broker')).toContain('PATH=');
    expect(leaks(secrets, processes)).toEqual([]);
  });

  it('but the key of a local program, where a person asks for it: that one, and nothing else', () => {
    expect(leaks(secrets, new Map([['conexor url', localKeyShown]]))).toEqual([
      'the key of a local program in conexor url',
    ]);
  });

  it('would have been found: each of them, planted in a file of the same folder, plain or wrapped', async () => {
    for (const [what, secret] of secrets) {
      const wrapped = ['', 'x', 'xx'].map((before) => Buffer.from(`${before}${secret}yy`).toString('base64'));
      for (const text of [secret, `{"a":"Bearer ${secret}"}`, `?code=${encodeURIComponent(secret)}&`, ...wrapped]) {
        await writeFile(join(terminal.dataDir, 'planted'), text);
        expect(leaks(new Map([[what, secret]]), filesIn(terminal.dataDir))).toContain(`${what} in planted`);
      }
    }
  });
});

const whoami = { name: 'whoami', arguments: {} };
