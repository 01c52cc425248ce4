/**
 * Programs that use the HTTP face, each with a key of its own: loopback is not authentication (PROTOCOLS M-D). A key
 * is 256 bits, kept in the vault, and compared in constant time. One that was made for a program in a container holds
 * for requests from there only, and only while the person lets containers in.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { inTurn } from './connection-changes.ts';

/** Where a program is that shows a key: on this computer itself, or in a container. */
export type KeyPlace = 'here' | 'container';

export interface LocalClients {
  /**
   * The key of this program, made at its first call; it is listed by `listedName`. Throws `input-invalid` for a name that
   * cannot be one, `containers-off`.
   */
  keyFor(name: string, from?: KeyPlace): Promise<Secret>;
  /** The program whose key this is. Throws `keychain-locked`: no key can be looked up now, which says nothing of this one. */
  clientOfKey(key: string, from?: KeyPlace): string | undefined;
  /** Keys for containers hold from now on, or do not; what uses one hears of it. */
  letContainers(on: boolean): void;
  /** Ends a program's key; false if there was none. */
  remove(name: string): Promise<boolean>;
}

const inContainer = '@container';

export function createLocalClients(vault: Vault, now: () => number, changed: () => void): LocalClients {
  let letsContainers = false;
  return {
    async keyFor(word, from = 'here') {
      const name = listedName(word, from);
      if (from === 'container' && !letsContainers)
        throw new Fault('containers-off', { next: 'Switch it on: npx conexor containers on' });
      let key = vault.get('localClient', name)?.key;
      if (key) return key;
      const fresh = new Secret(`cxl_${randomBytes(32).toString('base64url')}`);
      // Looked at again in its turn: two who ask at once get one key.
      await inTurn(vault, () => {
        key = vault.get('localClient', name)?.key;
        if (key) return [];
        const record = { name, key: fresh, createdAtMs: now(), ...(from === 'container' ? { from } : {}) };
        return [{ kind: 'localClient', key: name, record }];
      });
      if (key) return key;
      changed();
      return fresh;
    },
    clientOfKey(key, from = 'here') {
      if (from === 'container' && !letsContainers) return undefined;
      if (vault.state.kind === 'locked') throw new Fault('keychain-locked', { reason: vault.state.reason });
      const given = digest(key);
      let found: string | undefined;
      // Every key is compared, so that the time taken tells nothing of which one fitted.
      for (const client of vault.list('localClient')) {
        const fits = timingSafeEqual(digest(client.key.open()), given);
        if (fits && (client.from ?? 'here') === from) found = client.name;
      }
      return found;
    },
    letContainers(on) {
      if (on === letsContainers) return;
      letsContainers = on;
      changed();
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

/**
 * A program has another name in a container: who reads the lists sees where it is, and leave given to one is not the
 * other's. Throws `input-invalid` for a name that cannot be one.
 */
export function listedName(word: string, from: KeyPlace): string {
  const name = word.trim();
  const plain = from === 'container' && name.endsWith(inContainer) ? name.slice(0, -inContainer.length) : name;
  if (!/^[\w.@-]{1,64}$/.test(plain) || plain.endsWith(inContainer)) {
    throw new Fault('input-invalid', { subject: word, thing: 'program-name' });
  }
  return from === 'container' ? `${plain}${inContainer}` : plain;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
