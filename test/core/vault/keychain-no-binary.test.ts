/** In a file of its own, because the native part is loaded once per process. */
import { describe, expect, it } from 'vitest';
import { openKeychain } from '../../../electron/core/vault/keychain.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';

describe('an installation without the native part', () => {
  it('P-64 is no store, not a crash', async () => {
    process.env['NAPI_RS_NATIVE_LIBRARY_PATH'] = '/nonexistent/keyring.node';
    const logged: string[] = [];
    const keychain = openKeychain({ log: (level, message) => logged.push(`${level} ${message}`) });
    expect(await keychain.get('a')).toEqual({ status: 'no-store', reason: expect.stringContaining('not available') });
    await expect(keychain.set('a', new Secret('x'))).rejects.toMatchObject({ code: 'keychain-missing' });
    expect(logged).toEqual(['warn keychain trouble', 'warn keychain trouble']);
  });
});
