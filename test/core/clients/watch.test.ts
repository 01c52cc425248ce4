import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clients, createClients } from '../../../electron/core/clients/clients.ts';
import { type EntriesWatch, type WatchTimes, watchEntries } from '../../../electron/core/clients/watch.ts';
import type { ClientId } from '../../../shared/clients.ts';
import { eventually } from '../../fakes/line-host.ts';

const relay = ['/usr/bin/node', '/data/bin/relay.cjs'];
const quick: WatchTimes = { settleMs: 10, pauseMs: 20, lookEveryMs: 60_000, restoreAfterMs: 10, closedEveryMs: 20 };

let home = '';
let clients: Clients;
let watched: EntriesWatch | undefined;
/** Whether Claude Desktop runs. */
let running: boolean | undefined;
let asked = 0;
let nowMs = 1_700_000_000_000;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'cx-watch-')));
  running = false;
  asked = 0;
  const isRunning = async () => {
    asked += 1;
    return running;
  };
  clients = createClients({
    computer: { platform: 'linux', homedir: home, env: { PATH: '' } },
    dataDir: home,
    now: () => nowMs,
    log: () => undefined,
    relay: () => relay,
    isRunning,
    starts: () => [],
  });
  await mkdir(join(home, '.cursor'));
  await writeFile(cursor(), '{}');
  await mkdir(join(home, '.config/Claude'), { recursive: true });
});

afterEach(async () => {
  watched?.close();
  // An entry that stands again may still be being written down.
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
});

const cursor = () => join(home, '.cursor/mcp.json');
const claude = () => join(home, '.config/Claude/claude_desktop_config.json');
const standsIn = async (path: string) => JSON.parse(await readFile(path, 'utf8')).mcpServers?.conexor !== undefined;

async function begin(times: Partial<WatchTimes> = {}): Promise<EntriesWatch> {
  const isRunning = async () => {
    asked += 1;
    return running;
  };
  const one = watchEntries({
    clients,
    isRunning,
    now: () => nowMs,
    log: () => undefined,
    times: { ...quick, ...times },
  });
  watched = one;
  await one.look();
  return one;
}

const ids = (one: EntriesWatch): readonly ClientId[] => one.list().map(({ client }) => client);

describe('an entry of ours that vanishes', () => {
  it('is noticed when the file is rewritten or replaced, and no more when it is back', async () => {
    await writeFile(cursor(), '{"theme":"dark"}');
    await clients.add('cursor');
    const one = await begin();
    let told = 0;
    const stop = one.subscribe(() => {
      told += 1;
    });
    expect(one.list()).toEqual([]);
    const ours = await readFile(cursor(), 'utf8');
    await writeFile(cursor(), '{"theme":"dark"}');
    await eventually(() => told === 1);
    expect(one.list()).toEqual([{ client: 'cursor', title: 'Cursor' }]);
    await writeFile(`${cursor()}.new`, ours);
    await rename(`${cursor()}.new`, cursor());
    await eventually(() => told === 2);
    expect(one.list()).toEqual([]);
    await rm(cursor());
    await eventually(() => told === 3);
    stop();
    await writeFile(cursor(), ours);
    await eventually(() => one.list().length === 0);
    expect(told).toBe(3);
  });

  it('is noticed at the start, in every program, and where the file is a link', async () => {
    const real = join(home, 'dotfiles/mcp.json');
    await mkdir(dirname(real));
    await writeFile(real, '{}');
    await rm(cursor());
    await symlink(real, cursor());
    await clients.add('cursor');
    await writeFile(claude(), '{}');
    await clients.add('claude-desktop');
    await writeFile(claude(), '{"preferences":{}}');
    const one = await begin();
    expect(ids(one)).toEqual(['claude-desktop']);
    await writeFile(real, '{}');
    await eventually(() => ids(one).includes('cursor'));
    await clients.remove('cursor');
    await one.look();
    expect(ids(one)).toEqual(['claude-desktop']);
  });

  it('is noticed in the servers of one project of Claude Code', async () => {
    const path = join(home, '.claude.json');
    const theirs = { command: 'npx', args: ['mcp-remote', 'https://sales.example/mcp'] };
    const text = (mcpServers: object) => JSON.stringify({ projects: { '/shop': { mcpServers } } });
    await writeFile(path, text({ sales: theirs }));
    const place = { name: 'sales', servers: ['projects', '/shop', 'mcpServers'] };
    await clients.replace({
      client: 'claude-code',
      path,
      entries: [{ ...place, connection: 'sales', isMeant: () => true }],
    });
    const one = await begin();
    expect(ids(one)).toEqual([]);
    await writeFile(path, text({}));
    await eventually(() => ids(one).includes('claude-code'));
  });

  it('T is noticed in a file that never comes to rest', async () => {
    await clients.add('cursor');
    const one = await begin({ settleMs: 200, pauseMs: 300 });
    const busy = setInterval(() => {
      writeFile(cursor(), '{"theme":"dark"}').catch(() => undefined);
    }, 20);
    try {
      await eventually(() => one.list().length === 1, 3_000);
    } finally {
      clearInterval(busy);
    }
  });

  it('T a file that is half written, or cannot be read, is not taken for one without it', async () => {
    await clients.add('cursor');
    const one = await begin();
    await writeFile(cursor(), '{"mcpServers":{');
    await one.look();
    expect(one.list()).toEqual([]);
    await rm(cursor());
    await mkdir(cursor());
    await one.look();
    expect(one.list()).toEqual([]);
    await rm(cursor(), { recursive: true });
    await one.look();
    expect(ids(one)).toEqual(['cursor']);
  });

  it('T a file that stays empty is one without it', async () => {
    await clients.add('cursor');
    const one = await begin();
    await writeFile(cursor(), '');
    await one.look();
    expect(one.list()).toEqual([]);
    const longAgo = Date.now() / 1_000 - 11;
    await utimes(cursor(), longAgo, longAgo);
    await one.look();
    expect(ids(one)).toEqual(['cursor']);
  });

  it('T an entry that somebody has changed is his: it is not missing, and nothing is put in its place', async () => {
    await clients.add('cursor');
    await clients.setRestores('cursor', true);
    const one = await begin();
    const text = '{"mcpServers":{"conexor":{"command":"other"}}}';
    await writeFile(cursor(), text);
    await one.look();
    expect(one.list()).toEqual([]);
    expect(await readFile(cursor(), 'utf8')).toBe(text);
  });
});

describe('putting it back', () => {
  it('is left to the person unless that was chosen', async () => {
    await clients.add('cursor');
    await writeFile(cursor(), '{"other":1}');
    const one = await begin();
    await one.look();
    expect(ids(one)).toEqual(['cursor']);
    expect(await readFile(cursor(), 'utf8')).toBe('{"other":1}');
    await clients.restore('cursor');
    await one.look();
    expect(one.list()).toEqual([]);
    expect(JSON.parse(await readFile(cursor(), 'utf8')).other).toBe(1);
  });

  it('waits until Claude Desktop is closed, and for an answer whether it is', async () => {
    await writeFile(claude(), '{"preferences":{"a":1}}');
    await clients.add('claude-desktop');
    await clients.setRestores('claude-desktop', true);
    running = true;
    await writeFile(claude(), '{"preferences":{"a":1}}');
    const one = await begin();
    expect(ids(one)).toEqual(['claude-desktop']);
    const before = asked;
    await eventually(() => asked > before + 3);
    expect(await standsIn(claude())).toBe(false);
    running = undefined;
    const then = asked;
    await eventually(() => asked > then + 3);
    expect(await standsIn(claude())).toBe(false);
    running = false;
    await eventually(() => one.list().length === 0);
    expect(await standsIn(claude())).toBe(true);
    expect(JSON.parse(await readFile(claude(), 'utf8')).preferences).toEqual({ a: 1 });
  });

  it('T a program that takes it out again and again gets it three times an hour', async () => {
    await clients.add('cursor');
    await clients.setRestores('cursor', true);
    const one = await begin();
    for (let n = 1; n <= 3; n += 1) {
      nowMs += 1_000;
      await writeFile(cursor(), '{}');
      await one.look();
      await eventually(() => one.list().length === 0);
      expect(await standsIn(cursor())).toBe(true);
    }
    await writeFile(cursor(), '{}');
    for (let n = 0; n < 5; n += 1) {
      await one.look();
      // Long enough for one more to have been tried.
      await wait(quick.restoreAfterMs + 50);
    }
    expect(ids(one)).toEqual(['cursor']);
    expect(await readFile(cursor(), 'utf8')).toBe('{}');
    nowMs += 3_600_000;
    await one.look();
    await eventually(() => one.list().length === 0);
  });

  it('T nothing is made of a file that somebody has emptied, or taken away with its folder', async () => {
    const whole = '{"mcpServers":{"theirs":{"command":"x"}},"login":"kept only here"}';
    await writeFile(cursor(), whole);
    await clients.add('cursor');
    await clients.setRestores('cursor', true);
    const one = await begin();
    // As programs write that begin by emptying their file.
    const writing = await open(cursor(), 'w');
    for (let look = 0; look < 5; look++) {
      await one.look();
      await wait(quick.restoreAfterMs + 20);
    }
    expect((await clients.restore('cursor')).failed).toMatchObject([{ path: cursor() }]);
    await writing.writeFile(whole);
    await writing.close();
    await eventually(() => one.list().length === 0);
    const { login, mcpServers } = JSON.parse(await readFile(cursor(), 'utf8'));
    expect([login, mcpServers.theirs]).toEqual(['kept only here', { command: 'x' }]);
    await rm(dirname(cursor()), { recursive: true });
    await one.look();
    expect(ids(one)).toEqual(['cursor']);
    await wait(quick.restoreAfterMs + 200);
    expect(existsSync(dirname(cursor()))).toBe(false);
  });

  it('T nothing is done after the end', async () => {
    await clients.add('cursor');
    await clients.setRestores('cursor', true);
    const one = await begin({ restoreAfterMs: 1 });
    one.close();
    await writeFile(cursor(), '{}');
    await one.look();
    expect(one.list()).toEqual([]);
    expect(await readFile(cursor(), 'utf8')).toBe('{}');
  });
});
