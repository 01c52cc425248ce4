/** What decides whether `npm ci` runs before a command: the lock file against what is really there. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeTooOld, outOfDate } from '../../build/install.mjs';

interface Entry {
  readonly version: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}

const a: Entry = { version: '1.0.0', integrity: 'sha512-a' };

describe('whether an install is needed', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conexor-install-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function locked(packages: Record<string, Entry>) {
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
  }
  async function installed(packages: Record<string, Entry>) {
    for (const path of Object.keys(packages)) {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'package.json'), '{}');
    }
    await mkdir(join(folder, 'node_modules'), { recursive: true });
    await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  }

  it('is not when everything is there', async () => {
    await locked({ 'node_modules/a': a });
    await installed({ 'node_modules/a': a });
    expect(outOfDate(folder)).toBeUndefined();
  });

  it('is in a fresh clone', async () => {
    await locked({ 'node_modules/a': a });
    expect(outOfDate(folder)).toBe('nothing is installed yet');
  });

  it('is when a package came in', async () => {
    await locked({ 'node_modules/a': a, 'node_modules/b/node_modules/@x/c': a });
    await installed({ 'node_modules/a': a });
    expect(outOfDate(folder)).toBe('@x/c is missing');
  });

  it('is when somebody deleted a folder', async () => {
    await locked({ 'node_modules/a': a });
    await installed({ 'node_modules/a': a });
    await rm(join(folder, 'node_modules/a'), { recursive: true });
    expect(outOfDate(folder)).toBe('a is missing');
  });

  it.each([{ version: '2.0.0' }, { version: '1.0.0', integrity: 'sha512-b' }])('is when it is %o', async (other) => {
    await locked({ 'node_modules/a': a });
    await installed({ 'node_modules/a': other });
    expect(outOfDate(folder)).toBe('a has another version');
  });

  it('is not for what belongs to another system', async () => {
    await locked({ 'node_modules/a': a, 'node_modules/fsevents': { version: '2.3.3', optional: true } });
    await installed({ 'node_modules/a': a });
    expect(outOfDate(folder)).toBeUndefined();
  });

  it('says so when the lock file is damaged', async () => {
    await writeFile(join(folder, 'package-lock.json'), '{');
    expect(outOfDate(folder)).toBe('package-lock.json is missing or damaged');
  });
});

describe('the version of Node', () => {
  it.each(['18.20.8', '20.18.3', '20.9.0'])('%s is too old, in one sentence', (version) => {
    expect(nodeTooOld(version)).toContain(`needs Node 20.19 or newer; this is ${version}`);
  });

  it.each(['20.19.0', '20.20.2', '22.1.0', '24.21.0'])('%s will do', (version) => {
    expect(nodeTooOld(version)).toBeUndefined();
  });
});
