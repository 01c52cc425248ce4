/**
 * The vault's key handed in by file (`--vault-key-file`): for systemd credentials, container secrets and other
 * places without a keychain. The file is the operator's; it is only read.
 */
import { open } from 'node:fs/promises';
import { Fault } from '../../../shared/faults.ts';

const keyBytes = 32;
/** More than any accepted form with its line end; what is longer is not a key and is not read further. */
const mostBytes = 1_024;

/**
 * Reads a key of 256 bits: 32 raw bytes (not text), 64 hexadecimal digits, or base64 or base64url (with or without padding);
 * white space around a text form does not matter. Rejects with `key-file-invalid` for everything else.
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  const content = await readStart(path);
  const key = isRawKey(content) ? content : keyOfText(content.toString('latin1').trim());
  if (key?.length !== keyBytes) throw invalid(path, `not a key of ${keyBytes * 8} bits`);
  return new Uint8Array(key);
}

async function readStart(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(mostBytes);
      let length = 0;
      // A pipe (process substitution) gives its content in pieces.
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, mostBytes - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === mostBytes) return buffer.subarray(0, length);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw invalid(path, cause instanceof Error && 'code' in cause ? String(cause.code) : 'cannot be read', cause);
  }
}

/** 32 printable characters are a password, or a shorter key as text: never 32 random bytes (1 in 10^13). */
function isRawKey(content: Buffer): boolean {
  return content.length === keyBytes && !/^[\x20-\x7e\s]+$/.test(content.toString('latin1'));
}

function keyOfText(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  if (/^[A-Za-z0-9_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64url');
  return undefined;
}

function invalid(path: string, reason: string, cause?: unknown): Fault {
  return new Fault('key-file-invalid', { subject: path, reason, cause });
}
