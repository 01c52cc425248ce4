/** In a file of its own, because the bus is looked for once per process. */
import { describe, expect, it } from 'vitest';
import { openKeychain } from '../../../electron/core/vault/keychain.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';

describe.skipIf(process.platform !== 'linux')('a Linux session without D-Bus', () => {
  it('P-64 is no store: the kernel’s keyring, which forgets at reboot, does not stand in', async () => {
    process.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nonexistent/bus';
    const keychain = openKeychain();
    expect(await keychain.get('a')).toEqual({ status: 'no-store', reason: expect.stringContaining('not available') });
    await expect(keychain.set('a', new Secret('x'))).rejects.toMatchObject({ code: 'keychain-missing' });
    await expect(keychain.delete('a')).rejects.toMatchObject({ code: 'keychain-missing' });
  });
});
