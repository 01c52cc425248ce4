/** Where a program comes from that starts the relay: real processes, the relay as it is built, the real broker. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClientStarts, createClientStarts } from '../../../electron/core/bridge/client-starts.ts';
import { createAncestors } from '../../../electron/core/processes/ancestors.ts';
import { isOwnRelayFile } from '../../../electron/core/processes/relay-file.ts';
import { createSigners } from '../../../electron/core/processes/signers.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { LineHost } from '../../fakes/line-host.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { type BuiltRelay, buildRelay } from '../../fakes/relay.ts';
import { type StartedProgram, startedBy } from '../../fakes/started-by.ts';

const here = { platform: process.platform, env: process.env };

describe.runIf(process.platform === 'linux')('a program that starts the relay', () => {
  let relay: BuiltRelay;
  let folder: string;
  let person: Person;
  let bridge: TestBridge;
  let starts: ClientStarts;
  let started: StartedProgram[];
  beforeAll(async () => {
    [relay, folder] = await Promise.all([buildRelay(), mkdtemp(join(tmpdir(), 'cx-programs-'))]);
    await copyFile(relay.path, join(folder, 'other.cjs'));
  });
  afterAll(async () => {
    await relay.remove();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const { child, ended } of started) {
      child.stdin?.end();
      await ended;
    }
    await bridge.stop();
    await person.stop();
  });

  async function open(signers = createSigners(here)): Promise<void> {
    started = [];
    person = await startPerson({ newPrograms: () => 'ask' });
    await person.signIn('acme');
    starts = createClientStarts({ vault: () => person.vault, now: Date.now, log: () => undefined });
    bridge = await testBridge(person.broker, {
      programs: { ancestors: createAncestors({ ...here, relays: [relay.path] }), signers, starts },
    });
  }

  async function start(program: string, client = 'claude-desktop', file = relay.path): Promise<StartedProgram> {
    const words = ['--client', client, '--connection', 'practice', '--data', bridge.dataDir];
    const one = await startedBy(join(folder, program), file, words, folder);
    started.push(one);
    return one;
  }
  const programs = () => person.broker.findConnection(person.connectionId).clients;
  const toolsOf = async (host: LineHost) => JSON.stringify((await host.ask('tools/list')).result);

  it('is known by its own file, past the shell, and its start and listing are kept', async () => {
    await open();
    const { host, child } = await start('Claude/claude-desktop');
    const before = Date.now();
    await host.begin();
    expect(programs()).toMatchObject([
      { name: 'claude-desktop', access: 'asking', path: join(folder, 'Claude/claude-desktop') },
    ]);
    await person.broker.decideProgram(person.connectionId, 'claude-desktop', true);
    await expect.poll(() => toolsOf(host)).toContain('whoami');
    const [proof] = starts.of('claude-desktop');
    const own = proof?.ancestors.find(({ pid }) => pid === child.pid);
    expect(own?.path).toBe(join(folder, 'Claude/claude-desktop'));
    expect(proof?.ancestors.map(({ path }) => path.split('/').at(-1))[2]).toBe('claude-desktop');
    expect(proof?.ancestors[0]?.words).toEqual([process.execPath, relay.path]);
    expect(JSON.stringify(proof)).not.toContain('--client');
    expect(proof?.startedAtMs).toBeLessThanOrEqual(before + 5_000);
    expect(proof?.listedAtMs).toBeGreaterThanOrEqual(proof?.startedAtMs ?? Number.NaN);
    expect(starts.of('cursor')).toEqual([]);
  });

  it('is asked about under a name that one from another place has, which goes on', async () => {
    await open();
    const first = await start('one/claude');
    await first.host.begin();
    await person.broker.decideProgram(person.connectionId, 'claude-desktop', true);
    await expect.poll(() => toolsOf(first.host)).toContain('whoami');
    const second = await start('two/claude');
    await second.host.begin();
    expect(await toolsOf(second.host)).not.toContain('whoami');
    expect(programs()).toMatchObject([
      { name: 'claude-desktop', access: 'allowed', path: join(folder, 'one/claude') },
      {
        name: 'claude-desktop#2',
        title: 'claude-desktop',
        access: 'asking',
        path: join(folder, 'two/claude'),
        otherPath: join(folder, 'one/claude'),
      },
    ]);
    expect(await toolsOf(first.host)).toContain('whoami');
    expect(starts.of('claude-desktop')).toHaveLength(2);
    // What is asked about by itself proves nothing of the one that it calls itself.
    const proofs = starts.of('claude-desktop').map(({ ancestors, isAnother }) => [ancestors[2]?.path, isAnother]);
    expect(new Map(proofs as [string, true | undefined][])).toEqual(
      new Map([
        [join(folder, 'two/claude'), true],
        [join(folder, 'one/claude'), undefined],
      ]),
    );
    // Nobody is asked again, and nobody is taken for the other one.
    const again = await start('two/claude');
    await again.host.begin();
    await toolsOf(again.host);
    expect(programs()).toHaveLength(2);
  });

  it('is not believed a process that is another one, is not the relay, or does not hold the other end', async () => {
    await open();
    const { host, child } = await start('honest/claude');
    await host.begin();
    const said = async (words: object) => {
      const stream = connect({ path: bridge.socketPath, allowHalfOpen: true });
      const hello = { conexor: 1, door: 'mcp', client: 'cursor', connection: 'practice', process: words };
      stream.write(`${JSON.stringify(hello)}\n`);
      const liar = new LineHost(stream, stream);
      await liar.begin();
      stream.destroy();
      return starts.of('cursor').at(0)?.ancestors;
    };
    const platform = 'linux';
    const [real] = starts.of('claude-desktop')[0]?.ancestors ?? [];
    const parentPid = starts.of('claude-desktop')[0]?.ancestors[1]?.pid;
    expect(real && parentPid).toBeDefined();
    expect(await said({ pid: child.pid, parentPid: process.pid, platform })).toEqual([]);
    expect(await said({ pid: process.pid, parentPid: process.ppid, platform })).toEqual([]);
    expect(await said({ pid: real?.pid, parentPid: 1, platform })).toEqual([]);
    expect(await said({ pid: real?.pid, parentPid, platform: 'win32' })).toEqual([]);
    expect(await said({ pid: 'x' })).toEqual([]);
    // Only where the system can be asked whose the other end is.
    if (existsSync('/usr/bin/ss')) expect(await said({ pid: real?.pid, parentPid, platform })).toEqual([]);
    expect(programs().find(({ name }) => name === 'cursor')).not.toHaveProperty('path');
  });

  it('is not taken for the relay where it runs another file', async () => {
    await open();
    const { host } = await start('odd/claude', 'claude-desktop', join(folder, 'other.cjs'));
    await host.begin();
    expect(starts.of('claude-desktop')[0]?.ancestors).toEqual([]);
  });

  it('proves nothing by a file that is only called as the relay, nor by a word that leads elsewhere', async () => {
    await open();
    await mkdir(join(folder, 'copy'), { recursive: true });
    await copyFile(relay.path, join(folder, 'copy/relay.cjs'));
    const proofs = async (file: string) => {
      const one = await start('claude/claude-desktop', 'claude-desktop', file);
      await one.host.begin();
      const [newest] = starts.of('claude-desktop');
      return [newest?.ancestors[0]?.path, newest?.isAnother];
    };
    expect(await proofs(join(folder, 'copy/relay.cjs'))).toEqual([process.execPath, true]);
    expect(await proofs(relay.path)).toEqual([process.execPath, undefined]);
    const words = ['node', relative(process.cwd(), relay.path)];
    expect(await isOwnRelayFile(words, [relay.path], process.cwd())).toBe(true);
    // Deeper than any way up from here leads: it ends inside.
    expect(await isOwnRelayFile(words, [relay.path], join(folder, ...process.cwd().split('/'), 'copy'))).toBe(false);
    expect(await isOwnRelayFile(words, [relay.path])).toBe(false);
    const bundle = '/home/ana/.config/Claude/Claude Extensions/local.conexor/server/relay.cjs';
    expect(await isOwnRelayFile(['node', bundle], [])).toBe(true);
  });

  it('ends its conversation, and comes again under its own name, when its signer proves to be another', async () => {
    const signer: { of: (path: string) => Promise<string> } = { of: async () => 'Anthropic PBC' };
    await open({ of: (path) => signer.of(path) });
    const first = await start('signed/claude');
    await first.host.begin();
    await person.broker.decideProgram(person.connectionId, 'claude-desktop', true);
    await expect.poll(() => toolsOf(first.host)).toContain('whoami');
    let say: (name: string) => void = () => undefined;
    const late = new Promise<string>((resolve) => {
      say = resolve;
    });
    signer.of = () => late;
    const second = await start('signed/claude');
    await second.host.begin();
    await expect.poll(() => toolsOf(second.host)).toContain('whoami');
    say('Somebody');
    await expect.poll(() => programs().map(({ name }) => name)).toContain('claude-desktop#2');
    await expect.poll(() => toolsOf(second.host), { timeout: 5_000 }).not.toContain('whoami');
    expect(await toolsOf(first.host)).toContain('whoami');
  });
});
