import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerEnvironment, openDoor } from '../electron/broker-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hello = { conexor: 1, door: 'control' } as const;

describe.skipIf(process.platform === 'win32')('the door to the broker', () => {
  it('is not spoken to where somebody else could be listening', async () => {
    const heard: string[] = [];
    const server = createServer((stream) => stream.on('data', (bytes) => heard.push(String(bytes))));
    const path = join(folder, 'broker.sock');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await chmod(path, 0o600);
      await chmod(folder, 0o755);
      await expect(openDoor(path, hello)).rejects.toMatchObject({ code: 'data-folder-unusable' });
      await chmod(folder, 0o700);
      await chmod(path, 0o666);
      await expect(openDoor(path, hello)).rejects.toMatchObject({ code: 'data-folder-unusable' });
      expect(heard).toEqual([]);
      await chmod(path, 0o600);
      const stream = await openDoor(path, hello);
      await expect.poll(() => heard.join('')).toBe(`${JSON.stringify(hello)}\n`);
      stream.destroy();
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is absent where nobody listens', async () => {
    await expect(openDoor(join(folder, 'broker.sock'), hello)).rejects.toMatchObject({ code: 'broker-absent' });
  });
});

it('a broker that is started inherits no secret of the one who starts it', () => {
  expect(brokerEnvironment({ PATH: '/bin', CONEXOR_CLIENT_SECRET: 'canary' })).toEqual({ PATH: '/bin' });
});
