/**
 * No secret that a person types, and none that a service answers to it, outside the sealed file: every way in that is
 * typed is played at the most talkative log level, rightly, wrongly and against a service in trouble, and used through
 * the local address. Then everything that was written, printed, answered or started is searched.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import { startClientCredentialsApi } from '../../electron/practice/client-credentials-api.ts';
import { startConnexease } from '../../electron/practice/connexease/service.ts';
import { startPractice } from '../../electron/practice/service.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { filesIn, leaks, type Places, processesOf, type Secrets } from './secret-search.ts';
import { ask, initialize, openTerminal, type Said, type Terminal, until } from './terminal.ts';

const { conexor, connexease: user, api: client } = practiceCredentials;

interface Way {
  readonly name: string;
  readonly way: WayInId;
  readonly target: () => readonly string[];
  readonly right: GivenFields;
  readonly wrong: GivenFields;
}

describe.skipIf(process.platform !== 'linux')('what is typed', () => {
  let terminal: Terminal;
  let practice: Awaited<ReturnType<typeof startPractice>>;
  let connexease: Awaited<ReturnType<typeof startConnexease>>;
  let api: Awaited<ReturnType<typeof startClientCredentialsApi>>;
  const secrets: Secrets = new Map();
  const places: Places = new Map();
  let addresses = '';

  const ways: readonly Way[] = [
    {
      name: 'by-client',
      way: 'client-credentials',
      target: () => [practice.resource, '--service', 'practice'],
      right: { 'client-id': conexor.clientId, 'client-secret': conexor.clientSecret },
      wrong: { 'client-id': conexor.clientId, 'client-secret': 'canary-wrong-client-secret' },
    },
    {
      name: 'by-password',
      way: 'password-login',
      target: () => [practice.resource, '--service', 'practice'],
      right: { email: conexor.email, password: conexor.password },
      wrong: { email: conexor.email, password: 'canary wrong password' },
    },
    {
      name: 'by-key',
      way: 'api-key',
      target: () => [practice.resource, '--service', 'practice'],
      right: { 'api-key': conexor.apiKey },
      wrong: { 'api-key': 'mcp_canary_wrong_key' },
    },
    {
      name: 'by-token',
      way: 'access-token',
      target: () => [connexease.baseUrl, '--service', 'practice-connexease'],
      right: { 'access-token': user.accessToken },
      wrong: { 'access-token': 'canary_wrong_token_at_connexease' },
    },
    {
      name: 'by-jwt',
      way: 'jwt-login',
      target: () => [connexease.baseUrl, '--service', 'practice-connexease'],
      right: { username: user.username, password: user.password },
      wrong: { username: user.username, password: 'canary wrong password at connexease' },
    },
    {
      name: 'by-basic',
      way: 'client-credentials',
      target: () => [api.baseUrl, '--service', 'practice-api'],
      right: { 'client-id': client.clientId, 'client-secret': client.clientSecret },
      wrong: { 'client-id': client.clientId, 'client-secret': 'canary/wrong+basic%secret' },
    },
  ];
  const isSecret = (field: string) => !['client-id', 'email', 'username', 'header-name'].includes(field);

  beforeAll(async () => {
    [terminal, practice, connexease, api] = await Promise.all([
      openTerminal(),
      startPractice(),
      startConnexease(),
      startClientCredentialsApi(),
    ]);
    secrets.set('the key of the vault', readFileSync(terminal.keyFile, 'utf8'));
    await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile, '--log-level', 'debug');
    for (const way of ways) await play(way);
    for (const [where, text] of processesOf('broker', terminal.brokers())) places.set(where, text);
    await terminal.run('stop');
    await until(() => terminal.brokers().length === 0);
    places.set('what was printed', terminal.printed.join(''));
  }, 120_000);
  afterAll(async () => {
    await terminal?.stop();
    await Promise.all([practice?.stop(), connexease?.stop(), api?.stop()]);
  });

  async function give(fields: GivenFields, ...words: string[]): Promise<Said> {
    const command = terminal.begin(words);
    command.child.stdin?.end(JSON.stringify(fields));
    return command.ended;
  }

  async function play(way: Way): Promise<void> {
    for (const fields of [way.wrong, way.right]) {
      for (const [field, value] of Object.entries(fields)) {
        if (isSecret(field)) secrets.set(`${field}, ${way.name}: ${fields === way.right ? 'right' : 'wrong'}`, value);
      }
    }
    const connect = ['connect', ...way.target(), '--name', way.name, '--way', way.way, '--fields-from', '-'];
    const refused = await give(way.wrong, ...connect);
    expect({ way: way.name, code: refused.code }).toEqual({ way: way.name, code: 1 });
    const done = await give(way.right, ...connect);
    expect({ way: way.name, code: done.code, said: done.stderr }).toEqual({ way: way.name, code: 0, said: '' });
    await learnSecrets(way.name);
    await use(way);
    for (const command of ['list', 'doctor']) await terminal.json(command);
    await terminal.run('validate');
    await oauthTools();
    expect((await terminal.run('remove', way.name)).code).toBe(0);
  }

  /** Through the local address: answers of every kind, and a refused access in between. */
  async function use({ name }: Way): Promise<void> {
    const kept = terminal.printed.length;
    const { stdout, stderr, code } = await terminal.run('url', '--client', 'n8n');
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
    terminal.printed.splice(kept);
    addresses += stdout;
    const [, key = ''] = /Bearer (\S+)/.exec(stdout) ?? [];
    const [, address = ''] = /Address: +(\S+)/.exec(stdout) ?? [];
    secrets.set(`the key of a local program, ${name}`, key);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize });
    for (const path of ['', '/', '/agents/', '/nowhere', '/v2/account']) {
      for (const wrong of ['', 'x']) {
        const answer = await fetch(`${address}${path}`, {
          method: 'POST',
          headers: { ...headers, authorization: `Bearer ${key}${wrong}` },
          body,
        });
        places.set(`${name}: answer at ${path}${wrong}`, JSON.stringify([...answer.headers]) + (await answer.text()));
      }
    }
  }

  async function oauthTools(): Promise<void> {
    const relay = terminal.program('relay.cjs', ['--client', 'assistant', '--connection', '_oauth']);
    await ask(relay, 1, 'initialize', initialize);
    await ask(relay, 2, 'tools/call', { name: 'oauth2_validate_token', arguments: {} });
    await ask(relay, 3, 'tools/call', { name: 'oauth2_exchange_token', arguments: {} });
    relay.child.stdin?.end();
    await relay.ended;
  }

  async function learnSecrets(when: string): Promise<void> {
    const vault = await openVault({
      dataDir: terminal.dataDir,
      keySource: { kind: 'key-file', path: terminal.keyFile },
      now: Date.now,
      log: () => {},
    });
    const grants = vault.list('grant');
    expect(grants).toHaveLength(1);
    for (const grant of grants) {
      secrets.set(`access, ${when}`, grant.accessToken.open());
      if (grant.refreshToken) secrets.set(`refresh token, ${when}`, grant.refreshToken.open());
    }
    await vault.close();
  }

  it('there were: what was typed rightly and wrongly for six ways, and what the services answered', () => {
    const kinds = [...secrets.keys()];
    expect(kinds.filter((kind) => kind.endsWith(': right'))).toHaveLength(6);
    expect(kinds.filter((kind) => kind.endsWith(': wrong'))).toHaveLength(6);
    expect(kinds.filter((kind) => kind.startsWith('access, '))).toHaveLength(6);
    expect(kinds).toContain('refresh token, by-password');
    expect([...secrets.values()].filter((secret) => secret.length < 12)).toEqual([]);
  });

  it('P-63 P-64 stands in no file of the data folder, nor in the sealed one as it lies there', () => {
    const files = filesIn(terminal.dataDir);
    expect([...files.keys()].sort()).toEqual(['conexor.log', 'program.json', 'relay.cjs', 'vault.jwe']);
    expect(files.get('conexor.log'), 'the log did say something').toMatch(/sign-in ended/);
    expect(leaks(secrets, files)).toEqual([]);
  });

  it('P-63 is in nothing that was printed or answered, and in no command line or environment', () => {
    expect([...places.keys()]).toContain('environ of the broker');
    expect([...places.keys()].filter((where) => where.includes('answer at'))).toHaveLength(60);
    expect(leaks(secrets, places)).toEqual([]);
  });

  it('but the key of a local program, where a person asks for it: that one, and nothing else', () => {
    const shown = leaks(secrets, new Map([['conexor url', addresses]]));
    expect(new Set(shown)).toEqual(
      new Set(ways.map(({ name }) => `the key of a local program, ${name} in conexor url`)),
    );
  });
});
