/** A home folder with other programs' settings in it, and our rooms over it, without a broker. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clients, type ClientsNeeds, createClients } from '../../electron/core/clients/clients.ts';
import type { ClientStart } from '../../electron/core/processes/client-start.ts';
import type { ClientId } from '../../shared/clients.ts';

export interface ClientHome {
  readonly home: string;
  readonly dataDir: string;
  readonly clients: Clients;
  /** What the test says of this computer; may be changed at any moment. */
  readonly computer: {
    nowMs: number;
    relay: string[] | undefined;
    running: Set<ClientId>;
    starts: ClientStart[];
    platform: string;
    env: Record<string, string | undefined>;
  };
  /** Every path below the home folder, with the text of files. */
  all(): Promise<Record<string, string>>;
  put(path: string, text: string | Buffer): Promise<string>;
  read(path: string): Promise<string>;
  end(): Promise<void>;
}

export async function openClientHome(more: Partial<ClientsNeeds> = {}): Promise<ClientHome> {
  const root = await mkdtemp(join(tmpdir(), 'cx-clients-'));
  const home = join(root, 'home');
  const dataDir = join(root, 'data');
  await mkdir(home);
  await mkdir(dataDir, { mode: 0o700 });
  const relayPath = join(dataDir, 'relay.cjs');
  await writeFile(relayPath, '');
  const computer: ClientHome['computer'] = {
    nowMs: Date.UTC(2026, 10, 21, 9),
    relay: [process.execPath, relayPath],
    running: new Set(),
    starts: [],
    platform: 'linux',
    env: {},
  };
  const clients = createClients({
    computer: {
      get platform() {
        return computer.platform;
      },
      homedir: home,
      get env() {
        return computer.env;
      },
    },
    dataDir,
    now: () => computer.nowMs++,
    log: () => undefined,
    relay: () => computer.relay,
    isRunning: async ({ id }) => computer.running.has(id),
    starts: (client) => computer.starts.filter((one) => one.client === client),
    ...more,
  });
  return {
    home,
    dataDir,
    clients,
    computer,
    async all() {
      const found: Record<string, string> = {};
      for (const name of await readdir(home, { recursive: true })) {
        const path = join(home, name);
        if ((await stat(path).catch(() => undefined))?.isFile()) found[name] = await readFile(path, 'latin1');
      }
      return found;
    },
    async put(path, text) {
      const whole = join(home, path);
      await mkdir(dirname(whole), { recursive: true });
      await writeFile(whole, text);
      return whole;
    },
    read: (path) => readFile(join(home, path), 'utf8'),
    end: () => rm(root, { recursive: true, force: true }),
  };
}
