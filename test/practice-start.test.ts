/** A whole broker whose practice services are there when a connection to them is: at once, and after a restart. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../electron/core/settings/open-settings.ts';
import { start } from '../electron/core/start.ts';
import { prepareOwnFolder } from '../electron/core/vault/own-folder.ts';
import { embeddedPractice, type StartPractice } from '../electron/embedded-practice.ts';
import { askRunning } from '../electron/running-broker.ts';
import { practiceCredentials } from '../shared/practice-credentials.ts';
import { type TestPlatform, testPlatform } from './fakes/person.ts';

let folder: string;
let host: TestPlatform;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practice-start-'));
  host = testPlatform();
  await prepareOwnFolder(join(folder, 'data'));
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const socket = () => join(folder, 's.sock');

async function startBroker(startPractice: StartPractice) {
  const dataDir = join(folder, 'data');
  const started = await start(
    { ...host.platform, dataDir },
    {
      version: '0.0.0',
      socketPath: socket(),
      httpPort: 0,
      settings: await openSettings(dataDir, host.platform.log),
      computer: { platform: 'linux', homedir: folder, env: {} },
      faceHost: {
        kind: 'tab',
        system: 'linux',
        systemLanguages: ['en'],
        newPrograms: 'allow',
        hasTray: () => false,
        startAtLogin: () => 'unavailable',
        quit: () => undefined,
      },
      startPractice,
      onStop: () => undefined,
    },
  );
  if (started.kind !== 'running') throw new Error(started.kind);
  return started;
}

describe('practice services', () => {
  it('are started by the name that somebody connects, sign in, and come back where the connection expects them', async () => {
    const wanted: (readonly [string, number | undefined])[] = [];
    const embedded = embeddedPractice();
    const startPractice: StartPractice = (service = 'practice', port) => {
      wanted.push([service, port]);
      return embedded(service, port);
    };
    const first = await startBroker(startPractice);
    expect(wanted).toEqual([]);
    const resources: string[] = [];
    for (const [target, service] of [
      ['practice-connexease', undefined],
      ['practice-api', undefined],
      ['practice-agent', undefined],
      ['acme/sales-api', 'practice'],
    ] as const) {
      const { connection } = await askRunning(socket(), 'addConnection', { target, service });
      expect(connection.service).toBe(service ?? target);
      resources.push(connection.resource);
    }
    expect(wanted.map(([service]) => service)).toEqual([
      'practice-connexease',
      'practice-api',
      'practice-agent',
      'practice',
    ]);
    const { attempt } = await askRunning(socket(), 'startSignIn', {
      connection: 'practice-connexease',
      wayIn: 'access-token',
      given: { 'access-token': practiceCredentials.connexease.accessToken },
      openBrowser: false,
    });
    expect(await askRunning(socket(), 'signInOutcome', { attempt })).toMatchObject({ kind: 'done' });
    await first.stop();

    wanted.length = 0;
    const second = await startBroker(startPractice);
    const expected = resources.map((resource) => Number(new URL(resource).port)).sort();
    await expect.poll(() => wanted.map(([, port]) => port).sort()).toEqual(expected);
    await second.stop();
  });

  it('say in the log that a connection’s port is taken, and the broker runs on', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const target = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      const first = await startBroker(embeddedPractice());
      await askRunning(socket(), 'addConnection', { target, service: 'practice-api' });
      await expect(askRunning(socket(), 'startPractice', { service: 'conexor' })).rejects.toThrow();
      await first.stop();
      const second = await startBroker(embeddedPractice());
      await expect.poll(() => host.logged.join('\n')).toContain('"fault":"port-taken"');
      expect((await askRunning(socket(), 'findConnection', { connection: target })).service).toBe('practice-api');
      await second.stop();
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
