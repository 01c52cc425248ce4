import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGenerations, type Generations } from '../../../electron/core/credentials/generations.ts';
import { runningTimeKey, runningTimeOf } from '../../../electron/core/credentials/running-time.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { generationsKey } from '../../../electron/core/vault/records.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import { bundleProgram } from '../../fakes/bundle.ts';

const dayMs = 24 * 60 * 60_000;
const startMs = Date.UTC(2026, 10, 21, 12);

let server: Server;
let origin: string;
/** What the service says the time is; undefined: it does not say. */
let date: string | undefined;
let age: string | undefined;
let asked: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> }[];
let onLogin: () => void = () => undefined;

beforeEach(async () => {
  date = undefined;
  age = undefined;
  asked = [];
  server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', headers: request.headers });
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    if (age !== undefined) response.setHeader('age', age);
    if (request.method === 'POST') onLogin();
    // A login is never answered: whoever asks hangs until it is ended.
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('the guard', () => {
  let vault: Vault;
  let dispatcher: Agent;
  let nowMs = startMs;
  /** What nobody can set. */
  let uptimeMs = 0;
  let generations: Generations;
  let generated = 0;
  beforeEach(async () => {
    nowMs = startMs;
    uptimeMs = 5_000;
    generated = 0;
    dispatcher = new Agent({ pipelining: 0 });
    vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now: () => nowMs, log: () => {} });
    generations = guardOf(vault);
  });
  const guardOf = (one: Vault) =>
    createGenerations({
      vault: one,
      http: oauthFetch(dispatcher),
      now: () => nowMs,
      uptimeMs: () => uptimeMs,
    });
  /** Another run of the program, with what the one before had written. */
  async function restarted(): Promise<void> {
    const next = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now: () => nowMs, log: () => {} });
    const [counted] = vault.list('generations');
    const [ran] = vault.list('runningTime');
    const key = generationsKey(origin, 'ana');
    if (counted) await next.write([{ kind: 'generations', key, record: counted }]);
    if (ran) await next.write([{ kind: 'runningTime', key: runningTimeKey, record: ran }]);
    vault = next;
    uptimeMs = 0;
    generations = guardOf(vault);
  }
  afterEach(() => dispatcher.close());

  const spend = (username = 'ana', dailyLimit = 3) =>
    generations
      .spend({ origin, username, dailyLimit }, async () => {
        generated += 1;
      })
      .then(
        () => 'sent',
        (thrown: { code: string; detail: { retryAtMs?: number } }) => thrown,
      );
  const recorded = () => vault.get('generations', generationsKey(origin, 'ana'))?.asked.map(({ atMs }) => atMs);
  const isAt = (atMs: number) => {
    date = new Date(atMs).toUTCString();
  };

  it('asks the service for its time without any credentials, and enters that time before anything is sent', async () => {
    isAt(startMs - 5 * dayMs);
    const seen = await generations.spend({ origin, username: 'ana', dailyLimit: 3 }, async () => recorded());
    expect(seen).toEqual([startMs - 5 * dayMs]);
    expect(asked.map(({ method }) => method)).toEqual(['HEAD']);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('counts any 24 hours by the service’s clock, and tells the moment in ours', async () => {
    isAt(startMs - 5 * dayMs);
    for (let n = 0; n < 3; n += 1) expect(await spend()).toBe('sent');
    isAt(startMs - 5 * dayMs + 60_000);
    expect(await spend()).toMatchObject({
      code: 'generation-limit',
      detail: { retryAtMs: startMs + dayMs - 60_000, subject: new URL(origin).host },
    });
    for (const forthAndBackMs of [9 * dayMs, -9 * dayMs, 400 * dayMs, -startMs]) {
      nowMs = startMs + forthAndBackMs;
      expect(await spend()).toMatchObject({ code: 'generation-limit' });
    }
    isAt(startMs - 4 * dayMs + 1000);
    expect(await spend()).toBe('sent');
    expect(generated).toBe(4);
  });

  it('goes by the time that it has run where the service does not tell, wherever our clock jumps to', async () => {
    for (let day = 0; day < 10; day += 1) {
      for (let n = 0; n < 5; n += 1) await spend();
      nowMs += 25 * 60 * 60_000;
    }
    expect(generated).toBe(3);
    expect(await spend()).toMatchObject({ code: 'generation-limit', detail: { retryAtMs: nowMs + dayMs } });
    nowMs = startMs - 30 * dayMs;
    uptimeMs += dayMs - 1;
    expect(await spend()).toMatchObject({ code: 'generation-limit', detail: { retryAtMs: nowMs + 1 } });
    uptimeMs += 1;
    expect(await spend()).toBe('sent');
  });

  it('believes no clock that was moved between two runs, and goes on counting the time of the run before', async () => {
    for (let n = 0; n < 3; n += 1) await spend();
    for (let start = 0; start < 5; start += 1) {
      nowMs += 25 * 60 * 60_000;
      await restarted();
      expect(await spend()).toMatchObject({ code: 'generation-limit' });
    }
    expect(generated).toBe(3);
    // What it ran for is written down each hour.
    uptimeMs = dayMs - 60 * 60_000;
    await vault.write([runningTimeOf(vault).kept()]);
    await restarted();
    uptimeMs = 60 * 60_000;
    expect(await spend()).toBe('sent');
  });

  it('lets the service’s word end what was entered without it', async () => {
    for (let n = 0; n < 3; n += 1) await spend();
    isAt(startMs);
    expect(await spend()).toMatchObject({ code: 'generation-limit', detail: { retryAtMs: startMs + dayMs } });
    isAt(startMs + dayMs);
    expect(await spend()).toBe('sent');
  });

  it('takes an answer that was kept on the way for as old as it says', async () => {
    isAt(startMs);
    age = '3600';
    await spend();
    expect(recorded()).toEqual([startMs + 3_600_000]);
  });

  it('lets fifty callers pass one after another, and only as many as may', async () => {
    isAt(startMs);
    const second = guardOf(vault);
    const both = [generations, second];
    let running = 0;
    let atOnce = 0;
    const generate = async () => {
      running += 1;
      atOnce = Math.max(atOnce, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        both[n % 2]?.spend({ origin, username: n % 3 === 0 ? 'ANA' : 'ana', dailyLimit: 10 }, generate),
      ),
    );
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(10);
    expect(atOnce).toBe(1);
    expect(recorded()?.length).toBe(10);
  });

  it.each(['ANA', ' ana ', 'ana\u200b', 'an\u00ada', 'ａｎａ', 'ana\u00a0', '\u202eana', 'ana\u3164', 'an\u0000a'])(
    'counts the spelling %j as the same user',
    async (username) => {
      isAt(startMs);
      for (let n = 0; n < 3; n += 1) await spend();
      expect(await spend(username)).toMatchObject({ code: 'generation-limit' });
    },
  );

  it('counts all names of this computer as one service', async () => {
    isAt(startMs);
    for (let n = 0; n < 3; n += 1) await spend();
    const named = origin.replace('127.0.0.1', 'localhost');
    await expect(
      generations.spend({ origin: named, username: 'ana', dailyLimit: 3 }, spendNothing),
    ).rejects.toMatchObject({ code: 'generation-limit' });
    expect(generated).toBe(3);
  });

  it('keeps users and services apart', async () => {
    isAt(startMs);
    for (let n = 0; n < 3; n += 1) await spend('ana');
    expect(await spend('ana')).toMatchObject({ code: 'generation-limit' });
    expect(await spend('bea')).toBe('sent');
  });

  it('enters nothing, and sends nothing, where the service cannot be reached or the disk is full', async () => {
    isAt(startMs);
    vault.write = () => Promise.reject(new Error('disk full'));
    await expect(generations.spend({ origin, username: 'ana', dailyLimit: 3 }, spendNothing)).rejects.toThrow(
      'disk full',
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(generations.spend({ origin, username: 'ana', dailyLimit: 3 }, spendNothing)).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect([generated, recorded()]).toEqual([0, undefined]);
    server.listen(0, '127.0.0.1');
  });

  async function spendNothing(): Promise<void> {
    generated += 1;
  }
});

it('kill -9 at the very moment of each request leaves every one of them counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'generations-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, randomBytes(32).toString('hex'));
  const program = await bundleProgram(new URL('./generate-once.ts', import.meta.url));
  try {
    isNow();
    let child: ChildProcess | undefined;
    onLogin = () => child?.kill('SIGKILL');
    const ends: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      child = spawn(process.execPath, [program.path, folder, keyFile, origin, '3'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const ended = child;
      await new Promise<void>((resolve) => ended.once('close', () => resolve()));
      ends.push(child.signalCode ?? said);
    }
    expect(ends).toEqual([...Array<string>(3).fill('SIGKILL'), 'generation-limit', 'generation-limit']);
    expect(asked.filter(({ method }) => method === 'POST').length).toBe(3);
  } finally {
    onLogin = () => undefined;
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

function isNow(): void {
  date = new Date(startMs).toUTCString();
}
