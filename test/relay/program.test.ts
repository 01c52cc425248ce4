/** Which program a relay would run: never one that somebody else could have put there. */
import { chmod, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgram } from '../../electron/relay/program.ts';

let folder = '';
let dataDir = '';
let headless = '';
const bin = () => join(dataDir, 'bin');
const found = () => findProgram(bin(), dataDir);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-program-'));
  dataDir = join(folder, 'data');
  headless = join(folder, 'program.mjs');
  await mkdir(bin(), { recursive: true, mode: 0o700 });
  await writeFile(headless, '', { mode: 0o600 });
  await writeFile(join(bin(), 'program.json'), JSON.stringify({ conexor: 1, headless }), { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is no file that lies in the relay’s stable place, also by another name of that folder', async () => {
  await writeFile(join(bin(), 'headless.mjs'), '', { mode: 0o600 });
  expect(found()).toEqual({ headless });
  expect(findProgram(join(dataDir, 'bin', '..', 'bin'), dataDir)).toEqual({ headless });
  expect(findProgram('', '/nowhere')).toBeUndefined();
});

it.runIf(process.platform !== 'win32')(
  'is none where others may write to the data folder or to the program',
  async () => {
    expect(found()).toEqual({ headless });
    for (const [path, open, closed] of [
      [dataDir, 0o777, 0o700],
      [headless, 0o602, 0o600],
    ] as const) {
      await chmod(path, open);
      expect(found()).toBeUndefined();
      await chmod(path, closed);
      expect(found()).toEqual({ headless });
    }
    await writeFile(join(folder, 'headless.mjs'), '');
    await chmod(join(folder, 'headless.mjs'), 0o666);
    expect(findProgram(folder, '/nowhere')).toBeUndefined();
  },
);

it('is none where the file that names it has a second name', async () => {
  await link(join(bin(), 'program.json'), join(folder, 'second.json'));
  expect(found()).toBeUndefined();
});
