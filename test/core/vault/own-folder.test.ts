import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareOwnFolder } from '../../../electron/core/vault/own-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'cx-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const mode = async (path: string) => (await stat(path)).mode & 0o777;
const unusable = { code: 'data-folder-unusable' };

describe('a folder of our own', () => {
  it('P-64 is made closed to others, with what leads to it', async () => {
    const folder = join(base, 'a', 'b', 'c');
    await Promise.all([prepareOwnFolder(folder), prepareOwnFolder(folder), prepareOwnFolder(folder)]);
    expect(await mode(folder)).toBe(0o700);
    expect(await mode(join(base, 'a'))).toBe(0o700);
  });

  it('P-64 is closed where it was open, also behind a link', async () => {
    await chmod(base, 0o755);
    await symlink(base, `${base}-link`);
    try {
      await prepareOwnFolder(`${base}-link`);
      expect(await mode(base)).toBe(0o700);
    } finally {
      await rm(`${base}-link`);
    }
  });

  it('is refused where it is a file, or where the system makes none', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(prepareOwnFolder(join(base, 'file'))).rejects.toMatchObject(unusable);
    await expect(prepareOwnFolder(join(base, 'file', 'x'))).rejects.toMatchObject(unusable);
    if (process.platform === 'linux') await expect(prepareOwnFolder('/proc/conexor/x')).rejects.toMatchObject(unusable);
  });

  it.skipIf(process.getuid?.() !== 0)('P-64 is refused where it is somebody else’s (shown as root)', async () => {
    const { chown } = await import('node:fs/promises');
    await chown(base, 65_534, 65_534);
    await expect(prepareOwnFolder(base)).rejects.toMatchObject(unusable);
  });
});
