/**
 * The built broker killed, stopped and followed by another under hosts that nobody here wrote: they keep their
 * conversation, hear what became of their calls, and go on with the same sign-in.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { hostKinds, type McpHost, relayWay } from './mcp-hosts.ts';
import { openTerminal, type Terminal, until } from './terminal.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Many processes are started here. */
const longer = { timeout: 60_000 };

let terminal: Terminal;
let practice: PracticeService;
const hosts: McpHost[] = [];

beforeEach(async () => {
  [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
  await start();
  const words = ['--service', 'practice', '--name', 'sales'];
  expect((await terminal.connect({ allow: true, account: 'acme' }, practice.resource, ...words)).code).toBe(0);
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close().catch(() => undefined)));
  await terminal.stop();
  await practice.stop();
});

const keyed = () => ['--port', '0', '--vault-key-file', terminal.keyFile];
const start = async () => expect((await terminal.run('start', ...keyed())).code).toBe(0);
const noBroker = () => until(() => terminal.brokers().length === 0, 'the end of the broker');
async function kill(): Promise<void> {
  for (const pid of terminal.brokers()) process.kill(pid, 'SIGKILL');
  await noBroker();
}
async function stop(): Promise<void> {
  expect((await terminal.run('stop')).code).toBe(0);
  await noBroker();
}
async function connected(kind: (typeof hostKinds)[number]): Promise<McpHost> {
  const host = await kind.connect(relayWay(distDir, terminal.dataDir, terminal.env, ['--connection', 'sales']));
  hosts.push(host);
  return host;
}
const whoami = async (host: McpHost) => JSON.parse((await host.call('whoami')).text).email;

describe.skipIf(process.platform !== 'linux').each(hostKinds)('$name over the relay', longer, (kind) => {
  it('a broker that is killed in the middle of a call: the call is answered, the next one works', async () => {
    const host = await connected(kind);
    expect(await whoami(host)).toBe('ana.torres@acme.example');
    let steps = 0;
    const slow = host.call(
      'slow_report',
      { steps: 1_000, delayMs: 20 },
      {
        onProgress: () => {
          steps += 1;
        },
      },
    );
    slow.catch(() => undefined);
    await until(() => steps > 1, 'progress');
    const changed = host.toolsChanged();
    await kill();
    await expect(slow).rejects.toThrow('may have been carried out or not');
    await start();
    await changed;
    expect(await host.tools()).toContain('whoami');
    expect(await whoami(host)).toBe('ana.torres@acme.example');
    expect(practice.seen.tokenRequests).toMatchObject({ authorizationCode: 1 });
  });
});

// One client of each era.
const eras = [hostKinds[0], hostKinds[3]].flatMap((kind) => kind ?? []);

describe.skipIf(process.platform !== 'linux').each(eras)('$name over the relay', longer, (kind) => {
  it('two restarts in a row, and another broker that takes over: the conversation goes on', async () => {
    const host = await connected(kind);
    for (let round = 0; round < 2; round += 1) {
      const changed = host.toolsChanged();
      await stop();
      await start();
      await changed;
      expect(await whoami(host)).toBe('ana.torres@acme.example');
    }
    await stop();
    // Asked while nobody is there, answered by whoever comes.
    const held = whoami(host);
    const foreground = terminal.program('headless.mjs', [...keyed(), '--data', terminal.dataDir]);
    expect(await held).toBe('ana.torres@acme.example');
    expect(terminal.brokers()).toEqual([foreground.child.pid]);
  });
});

describe.skipIf(process.platform !== 'linux')('a broker that the person has stopped', longer, () => {
  it('stays stopped while no program asks for anything, and is started again when one does', async () => {
    const host = await connected(hostKinds[0]);
    await stop();
    await wait(4_000);
    expect(terminal.brokers()).toEqual([]);
    // The one that is started finds a vault that is sealed with a key file, and says so.
    await expect(host.tools()).rejects.toThrow('sealed with another key');
    await start();
    expect(await whoami(host)).toBe('ana.torres@acme.example');
  });
});
