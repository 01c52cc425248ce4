import { randomBytes } from 'node:crypto';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { RecordSet } from '../../../electron/core/vault/record-set.ts';
import { readHeader, seal, unseal, vaultFormat } from '../../../electron/core/vault/sealed-file.ts';
import { opened } from './samples.ts';
import { grant } from './samples-of-grants.ts';

const key = new Uint8Array(randomBytes(32));
const header = { kid: 'a-vault', keyIn: 'keychain' } as const;
const records = RecordSet.empty.with([{ kind: 'grant', key: 'g', record: grant('canary-token') }]);

/** A file of anyone's making, sealed with the right key. */
function sealedText(plain: string, more: Record<string, unknown> = {}): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'conexor-vault+jwe', format: 1, ...header, ...more })
    .encrypt(key);
}

describe('the sealed file', () => {
  it('P-64 is a JWE that opens with its key and gives everything back', async () => {
    const sealed = await seal(records, key, header);
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      typ: 'conexor-vault+jwe',
      format: vaultFormat,
      ...header,
    });
    expect(readHeader(sealed)).toEqual(header);
    const read = await unseal(sealed, key);
    expect(opened(read.get('grant', 'g'))).toEqual(opened(records.get('grant', 'g')));
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').includes('canary')).toBe(false);
  });

  it('is never sealed twice with one IV', async () => {
    const ivs = await Promise.all(
      Array.from({ length: 50 }, async () => (await seal(records, key, header)).split('.')[2]),
    );
    expect(new Set(ivs).size).toBe(50);
  });

  it('another key does not open it', async () => {
    const sealed = await seal(records, key, header);
    await expect(unseal(sealed, new Uint8Array(randomBytes(32)))).rejects.toMatchObject({ code: 'vault-damaged' });
  });

  it('a change of any part is noticed, the header’s too', async () => {
    const sealed = await seal(records, key, header);
    const parts = sealed.split('.');
    const otherHeader = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(sealed), kid: 'b' })).toString(
      'base64url',
    );
    const swapped = (part: string) => (part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`);
    const altered = [
      [otherHeader, ...parts.slice(1)],
      ...[2, 3, 4].map((index) => parts.map((part, at) => (at === index ? swapped(part) : part))),
    ];
    for (const each of altered) {
      await expect(unseal(each.join('.'), key)).rejects.toMatchObject({ code: 'vault-damaged' });
    }
  });

  it.each([
    ['nothing', ''],
    ['not a JWE', 'garbage'],
    ['a JWS', 'eyJhbGciOiJub25lIn0.e30.'],
    ['binary', '\u0000\ufffd\u0001'],
  ])('%s is damaged', (_, text) => {
    expect(() => readHeader(text)).toThrow(expect.objectContaining({ code: 'vault-damaged' }));
  });

  it.each([
    ['no format', { format: undefined }],
    ['format 0', { format: 0 }],
    ['another type', { typ: 'JWT' }],
    ['no kid', { kid: '' }],
    ['an unknown place of the key', { keyIn: 'moon' }],
  ])('a header with %s is damaged', async (_, more) => {
    const sealed = await sealedText('{}', more);
    expect(() => readHeader(sealed)).toThrow(expect.objectContaining({ code: 'vault-damaged' }));
  });

  it('a newer format is known without the key, whatever else changed in its header', async () => {
    const sealed = await sealedText('{}', { format: vaultFormat + 1, keyIn: 'a place of the future' });
    expect(() => readHeader(sealed)).toThrow(expect.objectContaining({ code: 'vault-newer' }));
  });

  it.each([
    ['not JSON', 'canary'],
    ['not an object', '["canary"]'],
    ['an unknown kind', '{"canary":[]}'],
    ['entries that are no pairs', '{"grant":["canary"]}'],
    ['a record that does not fit', '{"localClient":[["n",{"name":"n","key":"canary","createdAtMs":"canary"}]]}'],
  ])('content that is %s is damaged, and the fault does not quote it', async (_, plain) => {
    const fault = await unseal(await sealedText(plain), key).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'vault-damaged' });
    expect(String(fault)).not.toContain('canary');
  });
});
