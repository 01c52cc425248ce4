import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyFile } from '../../../electron/core/vault/key-file.ts';

describe('a key file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'key-file-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const key = Buffer.concat([Buffer.from([0xfb, 0xff, 0x00, 0x0a]), randomBytes(27), Buffer.from([0x20])]);
  const read = async (content: string | Buffer) => {
    const path = join(folder, 'key');
    await writeFile(path, content);
    return Buffer.from(await readKeyFile(path));
  };

  it.each<[string, string | Buffer]>([
    ['32 raw bytes, white space among them included', key],
    ['hexadecimal', key.toString('hex')],
    ['hexadecimal, upper case', key.toString('hex').toUpperCase()],
    ['base64 with a line end', `${key.toString('base64')}\n`],
    ['base64 without padding', key.toString('base64').replace('=', '')],
    ['base64url', key.toString('base64url')],
    ['text with white space around it', `\r\n\t ${key.toString('base64url')} \r\n`],
  ])('is read as %s', async (_, content) => {
    expect(await read(content)).toEqual(key);
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['31 bytes', key.subarray(1)],
    ['33 bytes', Buffer.concat([key, Buffer.from([1])])],
    ['a key of 128 bits as text of 32 characters', key.subarray(0, 16).toString('hex')],
    ['a pass phrase of 32 characters', 'correct horse battery staple, 32'],
    ['hexadecimal of 31 bytes', key.subarray(1).toString('hex')],
    ['base64 of 31 bytes', key.subarray(1).toString('base64')],
    ['two keys', `${key.toString('hex')}\n${key.toString('hex')}`],
    ['a large file', Buffer.alloc(1_000_000, 1)],
  ])('%s is refused with the file’s name, and without its content', async (_, content) => {
    const refused = await read(content).catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ code: 'key-file-invalid', detail: { subject: join(folder, 'key') } });
    if (content.length > 0) expect(String(refused)).not.toContain(content.toString());
  });

  it('a file that is missing and a folder are refused', async () => {
    await expect(readKeyFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'key-file-invalid' });
    await expect(readKeyFile(folder)).rejects.toMatchObject({ code: 'key-file-invalid' });
  });
});
