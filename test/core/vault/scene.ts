/** What the tests of openVault start from: a data folder and a keychain of their own for each test. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openVault, type VaultKeySource } from '../../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import { type FakeSecretStore, fakeSecretStore } from '../../fakes/secret-store.ts';
import { grant } from './samples-of-grants.ts';

/** The time at which every vault here is opened. */
export const stamp = '20300102T030405Z';
const nowMs = Date.UTC(2030, 0, 2, 3, 4, 5);

export interface VaultScene {
  outer: string;
  /** Inside `outer`; not made yet. */
  dataDir: string;
  store: FakeSecretStore;
  logged: string[];
  readonly file: () => string;
  readonly open: (keySource?: VaultKeySource) => Promise<Vault>;
  /** Writes a vault with one grant, closes it, and gives the file's bytes. */
  readonly filled: (keySource?: VaultKeySource) => Promise<Buffer>;
  /** A new key in a file of this name in `outer`. */
  readonly keyFile: (name?: string) => Promise<VaultKeySource>;
}

/** Called once in a `describe`: its members are fresh in every test. */
export function vaultScene(): VaultScene {
  const at: VaultScene = {
    outer: '',
    dataDir: '',
    store: fakeSecretStore(),
    logged: [],
    open: (keySource = { kind: 'keychain', store: at.store }) =>
      openVault({
        dataDir: at.dataDir,
        keySource,
        now: () => nowMs,
        log: (level, message, facts) => at.logged.push(JSON.stringify([level, message, facts])),
      }),
    file: () => join(at.dataDir, 'vault.jwe'),
    async filled(keySource) {
      const vault = await at.open(keySource);
      await vault.write([{ kind: 'grant', key: 'g', record: grant('canary-token') }]);
      await vault.close();
      return readFile(at.file());
    },
    async keyFile(name = 'key') {
      const path = join(at.outer, name);
      await writeFile(path, randomBytes(32).toString('hex'));
      return { kind: 'key-file', path };
    },
  };
  beforeEach(async () => {
    at.outer = await mkdtemp(join(tmpdir(), 'vault-'));
    at.dataDir = join(at.outer, 'data');
    at.store = fakeSecretStore();
    at.logged = [];
  });
  afterEach(() => rm(at.outer, { recursive: true, force: true }));
  return at;
}

export const tokenIn = (vault: Vault) => vault.get('grant', 'g')?.accessToken.open();
