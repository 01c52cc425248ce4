import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeychain } from '../../../electron/core/vault/keychain.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { type Keyring, keyringAvailable, startKeyring } from '../../fakes/keyring.ts';
import { grant } from './samples-of-grants.ts';

const unavailable = keyringAvailable();

describe.skipIf(unavailable)(
  `the vault on a real GNOME Keyring${unavailable ? ` (skipped: ${unavailable})` : ''}`,
  () => {
    let keyring: Keyring;
    let dataDir: string;
    const store = openKeychain();
    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'vault-keyring-'));
      keyring = await startKeyring();
      process.env['DBUS_SESSION_BUS_ADDRESS'] = keyring.env['DBUS_SESSION_BUS_ADDRESS'];
    });
    afterAll(async () => {
      await keyring.stop();
      await rm(dataDir, { recursive: true, force: true });
    });

    const open = () => openVault({ dataDir, keySource: { kind: 'keychain', store }, now: Date.now, log: () => {} });
    const token = async () => (await open()).get('grant', 'g')?.accessToken.open();

    it('P-64 is sealed, and opens again after both it and the keyring were restarted', async () => {
      const vault = await open();
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
      await vault.write([{ kind: 'grant', key: 'g', record: grant('canary-on-keyring') }]);
      await vault.close();
      await keyring.restart();
      expect(await token()).toBe('canary-on-keyring');
      expect(await readFile(join(dataDir, 'vault.jwe'), 'latin1')).not.toContain('canary');
    });

    it('waits while the keyring is locked, and opens with it', async () => {
      await keyring.lock();
      const vault = await open();
      expect(vault.state.kind).toBe('locked');
      await expect(vault.unlock()).rejects.toMatchObject({ code: 'keychain-locked' });
      await keyring.unlock();
      await vault.unlock();
      expect(vault.get('grant', 'g')?.accessToken.open()).toBe('canary-on-keyring');
    });

    it('is in memory without the service, and its file is as it was when the service is back', async () => {
      await keyring.endService();
      const vault = await open();
      expect(vault.state.kind).toBe('memory');
      await vault.write([{ kind: 'grant', key: 'g', record: grant('in memory') }]);
      await keyring.restart();
      expect(await token()).toBe('canary-on-keyring');
    });

    it('is set aside when its key was deleted from the keyring', async () => {
      const header = JSON.parse(
        Buffer.from((await readFile(join(dataDir, 'vault.jwe'), 'latin1')).split('.')[0] ?? '', 'base64url').toString(),
      );
      expect(await store.delete(`vault-${header.kid}`)).toBe(true);
      const { state } = await open();
      expect(state).toMatchObject({ kind: 'sealed', setAside: expect.stringContaining('vault.unreadable-') });
      expect(await readdir(dataDir)).toHaveLength(2);
    });
  },
);
