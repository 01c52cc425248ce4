import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createReachability, type Reachability } from '../../../electron/core/broker/reachability.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person | undefined;
let reachability: Reachability | undefined;
afterEach(async () => {
  reachability?.close();
  await person?.stop();
  person = undefined;
});

interface Scene {
  readonly probes: number[];
  answers: boolean;
  changes: number;
}

function sceneOf(firstWaitMs: number, now = Date.now): { readonly scene: Scene; readonly under: Reachability } {
  const scene: Scene = { probes: [], answers: false, changes: 0 };
  reachability = createReachability({
    now,
    log: () => undefined,
    firstWaitMs,
    changed: () => {
      scene.changes += 1;
    },
    probe: async () => {
      scene.probes.push(performance.now());
      if (!scene.answers) throw new Error('out of reach');
    },
  });
  return { scene, under: reachability };
}

describe('a service out of reach', () => {
  it('is tried at the moment that was named, however the clock ticks meanwhile', () => {
    let nowMs = 1_000;
    const { under } = sceneOf(20, () => nowMs++);
    under.lost('a', 6_000);
    expect(under.retryAtMs('a')).toBe(6_000);
  });

  it('is tried when it says so, ever more slowly, until it answers; then nothing runs any more', async () => {
    const { scene, under } = sceneOf(20);
    under.lost('a');
    under.lost('a');
    expect(under.retryAtMs('a')).toBeLessThanOrEqual(Date.now() + 20);
    await expect.poll(() => scene.probes.length).toBe(3);
    const gaps = scene.probes.slice(1).map((at, n) => at - (scene.probes[n] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(38);
    expect(gaps[1]).toBeGreaterThanOrEqual(78);
    scene.answers = true;
    await expect.poll(() => under.retryAtMs('a')).toBeUndefined();
    const { length } = scene.probes;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(scene.probes).toHaveLength(length);
  });

  it('is tried at once by whoever asks, once for all who do', async () => {
    const { scene, under } = sceneOf(60_000);
    under.lost('a');
    await Promise.all([under.retry('a'), under.retry('a')]);
    expect(scene.probes).toHaveLength(1);
    expect(under.retryAtMs('a')).toBeGreaterThan(Date.now() + 100_000);
    scene.answers = true;
    await under.retry('a');
    expect(under.retryAtMs('a')).toBeUndefined();
  });

  it('is left alone once nobody wants to know, also by a try that was under way', async () => {
    const { scene, under } = sceneOf(60_000);
    under.lost('a');
    const trying = under.retry('a');
    under.forget('a');
    await trying;
    expect(under.retryAtMs('a')).toBeUndefined();
    expect(scene.changes).toBe(2);
  });

  it('is first tried by whoever said when', async () => {
    const { scene, under } = sceneOf(5);
    under.lost('a', Date.now() + 30);
    expect(under.retryAtMs('a')).toBeLessThanOrEqual(Date.now() + 30);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(scene.probes).toHaveLength(0);
  });
});

describe('the broker', () => {
  it('finds a service that is back by itself, with the access of an ordinary call', async () => {
    person = await startPerson({ firstRetryMs: 20 });
    await person.signIn('acme');
    const { broker, practice, connectionId } = person;
    const access = await broker.accessTokens.get({ connectionId, client: 'test' });
    const pings = practice.seen.mcpCount('ping');
    broker.report(access, { kind: 'unreachable' });
    const view = broker.findConnection(connectionId);
    expect(view.state).toBe('unreachable');
    await expect.poll(() => broker.findConnection(connectionId).state).toBe('connected');
    expect(practice.seen.mcpCount('ping')).toBe(pings + 1);
    expect(practice.seen.mcpRequests.at(-1)).toMatchObject({ method: 'ping', organisation: 'acme' });
  });

  it('says that a service is gone when a person tries it, and takes a refusal for an answer', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const { broker, practice, connectionId } = person;
    practice.control.failNext('mcp', { status: 500 });
    expect(await broker.retry(connectionId)).toMatchObject({ state: 'connected' });
    const { port } = new URL(practice.resource);
    await practice.stop();
    expect(await broker.retry(connectionId)).toMatchObject({ state: 'unreachable' });
    // Nobody it knows, but somebody who answers.
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
    await new Promise<void>((resolve) => stranger.listen(Number(port), '127.0.0.1', resolve));
    expect(await broker.retry(connectionId)).toMatchObject({ state: 'connected' });
    await new Promise((resolve) => stranger.close(resolve));
  });
});
