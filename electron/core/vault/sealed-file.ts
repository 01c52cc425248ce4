/**
 * The form of the vault's file: one JWE in compact serialization (RFC 7516), `alg: dir`, `enc: A256GCM`. The protected
 * header says, without the key, which format it is, which vault (`kid`) and where the key is kept.
 * Raise `vaultFormat` with every change of records.ts that an older version would not read back whole.
 */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import { RecordSet } from './record-set.ts';

export const vaultFormat = 1;

const algorithms = { alg: 'dir', enc: 'A256GCM', typ: 'conexor-vault+jwe' } as const;

const headerSchema = z.object({
  alg: z.literal(algorithms.alg),
  enc: z.literal(algorithms.enc),
  typ: z.literal(algorithms.typ),
  format: z.literal(vaultFormat),
  kid: z.string().min(1),
  keyIn: z.enum(['keychain', 'key-file']),
});

export type SealedHeader = Pick<z.output<typeof headerSchema>, 'kid' | 'keyIn'>;

/**
 * The header of a sealed file, before any key is asked for; what it says is only proven by `unseal`.
 * Throws `vault-newer` for a later format and `vault-damaged` for what is no vault at all.
 */
export function readHeader(sealed: string): SealedHeader {
  let header: unknown;
  try {
    header = decodeProtectedHeader(sealed);
  } catch (cause) {
    throw new Fault('vault-damaged', { reason: 'not a JWE', cause });
  }
  const { typ, format } = header as Record<string, unknown>;
  if (typ === algorithms.typ && typeof format === 'number' && format > vaultFormat) {
    throw new Fault('vault-newer', { reason: `format ${format}, this version reads ${vaultFormat}` });
  }
  const read = headerSchema.safeParse(header);
  if (!read.success) throw new Fault('vault-damaged', { reason: 'the header is not a vault’s' });
  return { kid: read.data.kid, keyIn: read.data.keyIn };
}

/** Seals all records with a key of 32 bytes, under a fresh random IV. */
export async function seal(records: RecordSet, key: Uint8Array, { kid, keyIn }: SealedHeader): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(records.toPlainText()))
    .setProtectedHeader({ ...algorithms, format: vaultFormat, kid, keyIn })
    .encrypt(key);
}

/** Throws `vault-damaged` for another key, a file that was cut or altered, and records that do not fit their schemas. */
export async function unseal(sealed: string, key: Uint8Array): Promise<RecordSet> {
  let plaintext: Uint8Array;
  try {
    ({ plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [algorithms.alg],
      contentEncryptionAlgorithms: [algorithms.enc],
    }));
  } catch (cause) {
    throw new Fault('vault-damaged', { reason: 'it does not open with its key', cause });
  }
  return RecordSet.fromPlainText(new TextDecoder().decode(plaintext));
}
