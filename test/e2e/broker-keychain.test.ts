/**
 * The broker and a real GNOME Keyring: sign-ins that outlive both, and a keychain that is locked when the broker starts.
 * The built programs.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { type Keyring, startKeyring } from '../fakes/keyring.ts';
import { partMissing } from '../fakes/parts.ts';
import { soon } from '../fakes/soon.ts';
import { ask, initialize, openTerminal, type Terminal, until } from './terminal.ts';

const acme = 'ana.torres@acme.example (acme)';

describe.skipIf(partMissing('keychain'))('the broker of a person with a keychain', () => {
  let keyring: Keyring;
  let terminal: Terminal;
  let practice: PracticeService;
  beforeEach(async () => {
    [keyring, practice] = await Promise.all([startKeyring(), startPractice()]);
    terminal = await openTerminal(keyring.env);
  });
  afterEach(async () => {
    await terminal.stop();
    await practice.stop();
    await keyring.stop();
  });
  const start = () => terminal.run('start', '--port', '0');
  const connect = async () => {
    const words = ['--service', 'practice', '--name', 'sales'];
    expect((await terminal.connect({ allow: true, account: 'acme' }, practice.resource, ...words)).code).toBe(0);
  };
  const end = async () => {
    for (const pid of terminal.brokers()) process.kill(pid, 'SIGTERM');
    await until(() => terminal.brokers().length === 0, 'the end of the broker');
  };

  it('P-64 has the sign-ins again after a restart of broker and keychain', async () => {
    await start();
    await connect();
    await end();
    await keyring.restart();
    await start();
    expect(await terminal.accounts()).toEqual([acme]);
    expect((await terminal.run('call', 'whoami')).code).toBe(0);
    expect((await terminal.run('doctor')).stdout).toMatch(/^ok {4}Keychain: .* is open\.$/m);
  });

  it('P-64 started with a locked keychain, it says so, answers assistants, and goes on when it is unlocked', async () => {
    await start();
    await connect();
    await end();
    await keyring.lock();
    expect((await start()).code).toBe(0);
    const before = terminal.brokers();
    expect(await terminal.run('list')).toMatchObject({ code: 1, stderr: expect.stringMatching(/keychain is locked/) });
    const doctor = await terminal.run('doctor');
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/^BAD {3}Keychain: .* is locked\.$/m) });

    const relay = terminal.program('relay.cjs', ['--client', 'assistant']);
    expect(await soon(ask(relay, 1, 'initialize', initialize))).toMatchObject({
      result: { instructions: expect.stringMatching(/keychain is locked/) },
    });

    await keyring.unlock();
    expect(await terminal.accounts()).toEqual([acme]);
    expect((await terminal.run('call', 'whoami')).code).toBe(0);
    const called = await ask(relay, 2, 'tools/call', { name: 'whoami', arguments: {} });
    expect(called).toMatchObject({ result: { content: [{ text: expect.stringContaining('acme') }] } });
    expect(terminal.brokers(), 'without a restart').toEqual(before);
  });
});
