/**
 * The broker as a process: one per person however many starts there are, gone without a trace when it is told to stop,
 * and with everything that was stored after it was killed. The built programs.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { controlTable } from '../../shared/control.ts';
import { ask, connects, initialize, openTerminal, type Terminal, until } from './terminal.ts';

const acme = 'ana.torres@acme.example (acme)';

let terminal: Terminal;
let practice: PracticeService;
afterEach(async () => {
  await terminal.stop();
  await practice.stop();
});

const status = async () => controlTable.status.result.parse((await terminal.json('start')).value);
const connect = async () => {
  const words = ['--service', 'practice', '--name', 'sales'];
  expect((await terminal.connect({ allow: true, account: 'acme' }, practice.resource, ...words)).code).toBe(0);
};
const kill = async (signal: NodeJS.Signals) => {
  for (const pid of terminal.brokers()) process.kill(pid, signal);
  await until(() => terminal.brokers().length === 0, 'the end of the broker');
};

describe.skipIf(process.platform !== 'linux')('the broker of a person with a key file', () => {
  beforeEach(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
  });
  const start = () => terminal.json('start', '--port', '0', '--vault-key-file', terminal.keyFile);

  it('is one, also when eight start it at once, and everyone of them has it', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, start));
    expect(all.map(({ code }) => code)).toEqual(Array(8).fill(0));
    const pids = new Set(all.map(({ value }) => controlTable.status.result.parse(value).pid));
    expect(pids.size).toBe(1);
    await until(() => terminal.brokers().length === 1, 'the end of those that came second');
    expect(terminal.brokers()).toEqual([...pids]);
  });

  it('is found by a second start in the foreground, which says so and ends well', async () => {
    await start();
    const before = terminal.brokers();
    for (const second of [terminal.program('headless.mjs', []), terminal.begin(['start', '--foreground'])]) {
      expect(await second.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Conexor runs already/) });
    }
    expect(terminal.brokers()).toEqual(before);
  });

  it('in the foreground it says what to try next, and Ctrl+C ends it', async () => {
    const words = ['start', '--foreground', '--port', '0', '--vault-key-file', terminal.keyFile];
    const foreground = terminal.begin(words);
    await foreground.says(/Ctrl\+C stops it/);
    expect((await terminal.run('list')).code).toBe(0);
    // The terminal sends it to both.
    for (const pid of [...terminal.brokers(), foreground.child.pid ?? 0]) process.kill(pid, 'SIGINT');
    expect(await foreground.ended).toMatchObject({ code: 0, stderr: '' });
    expect(terminal.brokers()).toEqual([]);
  });

  it('P-64 killed with all it had in hand, it has every sign-in again after a start', async () => {
    await start();
    await connect();
    await terminal.run('url', 'sales', '--client', 'n8n');
    const { value: before } = await terminal.json('url', 'sales', '--client', 'n8n');
    await kill('SIGKILL');
    expect(existsSync(join(terminal.dataDir, 'broker.sock')), 'the dead socket lies there still').toBe(true);
    expect((await start()).code).toBe(0);
    expect(await terminal.accounts()).toEqual([acme]);
    expect((await terminal.json('call', 'whoami')).value).toMatchObject({ content: [{ type: 'text' }] });
    const { value: after } = await terminal.json('url', 'sales', '--client', 'n8n');
    expect((after as { key: string }).key).toBe((before as { key: string }).key);
    expect(practice.seen.tokenRequests).toMatchObject({ authorizationCode: 1, refreshToken: 0 });
  });

  it('told to end, it frees socket and port and leaves no process', async () => {
    await start();
    const { httpUrl, socketPath } = await status();
    const { port } = new URL(httpUrl);
    expect(await connects(port)).toBe(true);
    await kill('SIGTERM');
    expect(await connects(port)).toBe(false);
    expect(existsSync(socketPath)).toBe(false);
    expect((await readdir(terminal.dataDir)).filter((name) => name !== 'conexor.log')).toEqual(['bin', 'vault.jwe']);
  });

  it('P-45 killed in the middle of a refresh, it never shows that refresh token again', async () => {
    await start();
    await connect();
    practice.control.rejectAccessTokens();
    practice.control.delayNext('token', 400);
    const call = terminal.begin(['call', 'whoami']);
    await until(() => practice.control.faultsLeft('token') === 0, 'the refresh');
    // Stopped first, so that the service carries the refresh out and its answer reaches nobody.
    for (const pid of terminal.brokers()) process.kill(pid, 'SIGSTOP');
    await until(() => practice.seen.tokenRequests.refreshToken === 1, 'the end of the refresh');
    await kill('SIGKILL');
    expect((await call.ended).code).toBe(1);

    await start();
    expect(await terminal.accounts()).toEqual([acme]);
    const after = await terminal.run('call', 'whoami');
    expect(after).toMatchObject({ code: 3, stderr: expect.stringMatching(/not signed in/) });
    expect(practice.seen.refreshReuses).toBe(0);
    expect(practice.seen.tokenRequests.refreshToken).toBe(1);
    await connect();
    expect((await terminal.run('call', 'whoami')).code).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('the broker of a person without a keychain', () => {
  beforeEach(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
  });

  it('is started by a relay that finds none, and the relay works', async () => {
    const relay = terminal.program('relay.cjs', ['--client', 'assistant']);
    const answer = await ask(relay, 1, 'initialize', initialize);
    expect(answer).toMatchObject({ result: { serverInfo: { name: expect.any(String) } } });
    expect(await ask(relay, 2, 'tools/list', {})).toMatchObject({ result: { tools: [{ name: 'sign_in' }] } });
    expect(terminal.brokers()).toHaveLength(1);
    await connect();
    await relay.says(/"notifications\/tools\/list_changed"/);
    const called = await ask(relay, 3, 'tools/call', { name: 'whoami', arguments: {} });
    expect(called).toMatchObject({ result: { content: [{ text: expect.stringContaining('acme') }] } });
    relay.child.stdin?.end();
    expect((await relay.ended).code).toBe(0);
    expect(terminal.brokers(), 'the broker stays').toHaveLength(1);
  });

  it('P-64 keeps nothing, and says so wherever one looks', async () => {
    await terminal.run('start', '--port', '0');
    await connect();
    expect((await terminal.run('list')).stdout).toMatch(/^There is no keychain here: sign-ins last until/);
    expect((await terminal.run('doctor')).stdout).toMatch(/^note {2}Keychain: there is none here.*\n.*gnome-keyring/m);
    expect(await readdir(terminal.dataDir)).not.toContain('vault.jwe');
    await terminal.run('stop');
    await until(() => terminal.brokers().length === 0);
    const foreground = terminal.program('headless.mjs', ['--port', '0']);
    await foreground.says(/There is no keychain here: sign-ins last only until Conexor stops/);
    expect(await terminal.accounts()).toEqual([]);
    foreground.child.kill('SIGTERM');
    expect((await foreground.ended).code).toBe(0);
  });
});
