import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeychain } from '../../../electron/core/vault/keychain.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type Keyring, keyringAvailable, startKeyring } from '../../fakes/keyring.ts';
import { soon } from '../../fakes/soon.ts';

const unavailable = keyringAvailable();

describe.skipIf(unavailable)(
  `the keychain on a real GNOME Keyring${unavailable ? ` (skipped: ${unavailable})` : ''}`,
  () => {
    let keyring: Keyring;
    const keychain = openKeychain();
    const impatient = openKeychain({ timeoutMs: 300 });

    beforeAll(async () => {
      keyring = await startKeyring();
      // libdbus reads the address once per process, at the first question: this file has the one bus.
      process.env.DBUS_SESSION_BUS_ADDRESS = keyring.env.DBUS_SESSION_BUS_ADDRESS;
    });
    afterAll(() => keyring.stop());

    const textOf = async (name: string) => {
      const answer = await keychain.get(name);
      return answer.status === 'found' ? answer.value.open() : answer.status;
    };

    it('P-64 keeps a value, replaces it, and tells absent from found', async () => {
      expect(await textOf('a')).toBe('absent');
      await keychain.set('a', new Secret('first'));
      await keychain.set('a', new Secret('second'));
      expect(await textOf('a')).toBe('second');
      expect(await textOf('b')).toBe('absent');
    });

    it('P-64 the value is there after the keychain was restarted', async () => {
      await keychain.set('kept', new Secret('over a restart'));
      await keyring.restart();
      expect(await textOf('kept')).toBe('over a restart');
    });

    it('deletes, and says whether something was there', async () => {
      await keychain.set('gone', new Secret('x'));
      expect(await keychain.delete('gone')).toBe(true);
      expect(await keychain.delete('gone')).toBe(false);
      expect(await textOf('gone')).toBe('absent');
    });

    it('answers many questions at once', async () => {
      await Promise.all(Array.from({ length: 8 }, (_, n) => keychain.set(`n${n}`, new Secret(`v${n}`))));
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => textOf(`n${n}`)));
      expect(answers).toEqual(Array.from({ length: 8 }, (_, n) => `v${n}`));
    });

    it('locked is neither absent nor missing, and ends with unlocking', async () => {
      await keychain.set('behind', new Secret('the lock'));
      await keyring.lock();
      expect(await keychain.get('behind')).toEqual({ status: 'locked', reason: expect.stringContaining('locked') });
      await expect(keychain.set('behind', new Secret('other'))).rejects.toMatchObject({ code: 'keychain-locked' });
      await expect(keychain.delete('behind')).rejects.toMatchObject({ code: 'keychain-locked' });
      await keyring.unlock();
      expect(await textOf('behind')).toBe('the lock');
    });

    it('a prompt that nobody answers counts as locked, holds up nothing else, and is asked once', async () => {
      await keychain.set('prompted', new Secret('value'));
      await keyring.lock();
      const closePrompt = await keyring.leavePromptsOpen();
      const startedMs = performance.now();
      const answers = await soon(Promise.all(Array.from({ length: 6 }, () => impatient.get('prompted'))));
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill('locked'));
      expect(performance.now() - startedMs).toBeGreaterThan(250);
      // With a thread of libuv's pool (four) taken per question, nothing could read a file now.
      const { readFile } = await import('node:fs/promises');
      await expect(readFile('package.json', 'utf8')).resolves.toContain('conexor');
      closePrompt();
      await keyring.unlock();
      await expect.poll(async () => (await impatient.get('prompted')).status, { timeout: 5_000 }).toBe('found');
    });

    it('a keychain that hangs counts as locked, not as missing', async () => {
      await keychain.set('hung', new Secret('value'));
      const goOn = keyring.freeze();
      try {
        expect((await keychain.get('hung')).status).toBe('locked');
      } finally {
        goOn();
      }
      expect(await textOf('hung')).toBe('value');
    });

    it('no service is no store, and a service that comes back is found', async () => {
      await keychain.set('back', new Secret('again'));
      await keyring.endService();
      expect(await keychain.get('back')).toEqual({
        status: 'no-store',
        reason: expect.stringContaining('not available'),
      });
      await expect(keychain.set('back', new Secret('x'))).rejects.toMatchObject({ code: 'keychain-missing' });
      await expect(keychain.delete('back')).rejects.toMatchObject({ code: 'keychain-missing' });
      await keyring.restart();
      expect(await textOf('back')).toBe('again');
    });
  },
);
