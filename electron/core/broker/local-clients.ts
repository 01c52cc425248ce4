/**
 * Programs that use the HTTP face, each with a key of its own: loopback is not authentication (PROTOCOLS M-D). A key
 * is 256 bits, kept in the vault, and compared in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { inTurn } from './connection-changes.ts';

export interface LocalClients {
  /** The key of this program, made at its first call. Throws `input-invalid` for a name that cannot be one. */
  keyFor(name: string): Promise<Secret>;
  /** The program whose key this is. Throws `keychain-locked`: no key can be looked up now, which says nothing of this one. */
  clientOfKey(key: string): string | undefined;
  /** Ends a program's key; false if there was none. */
  remove(name: string): Promise<boolean>;
}

export function createLocalClients(vault: Vault, now: () => number, changed: () => void): LocalClients {
  return {
    async keyFor(name) {
      const wanted = name.trim();
      if (!/^[\w.@-]{1,64}$/.test(wanted)) throw new Fault('input-invalid', { subject: name, thing: 'program-name' });
      let key = vault.get('localClient', wanted)?.key;
      if (key) return key;
      const fresh = new Secret(`cxl_${randomBytes(32).toString('base64url')}`);
      // Looked at again in its turn: two who ask at once get one key.
      await inTurn(vault, () => {
        key = vault.get('localClient', wanted)?.key;
        if (key) return [];
        return [{ kind: 'localClient', key: wanted, record: { name: wanted, key: fresh, createdAtMs: now() } }];
      });
      if (key) return key;
      changed();
      return fresh;
    },
    clientOfKey(key) {
      if (vault.state.kind === 'locked') throw new Fault('keychain-locked', { reason: vault.state.reason });
      const given = digest(key);
      let found: string | undefined;
      // Every key is compared, so that the time taken tells nothing of which one fitted.
      for (const client of vault.list('localClient')) {
        if (timingSafeEqual(digest(client.key.open()), given)) found = client.name;
      }
      return found;
    },
    async remove(name) {
      let removed = false;
      await inTurn(vault, () => {
        removed = vault.get('localClient', name) !== undefined;
        return removed ? [{ kind: 'localClient', key: name, record: undefined }] : [];
      });
      if (removed) changed();
      return removed;
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
