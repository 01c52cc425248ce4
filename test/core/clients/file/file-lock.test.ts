/** One change of a file at a time: in this process and between two, and locks that nobody holds any more. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withFileLock } from '../../../../electron/core/clients/file/file-lock.ts';
import { asFault } from '../../../../shared/faults.ts';

let folder: string;
let path: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx lock "é" '));
  path = join(folder, 'config.json');
  lock = `${path}.conexor.lock`;
  await writeFile(path, '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A link whose words lead nowhere; a file where there are no links. */
const wordsOf = (place: string) => readlink(place).catch(() => readFile(place, 'utf8'));

it('whoever comes second waits, also by another name of the file', async () => {
  const other = join(folder, 'link.json');
  await symlink(path, other);
  const said: string[] = [];
  await Promise.all(
    [path, other, path, other].map((each, n) =>
      withFileLock(each, async () => {
        said.push(`in ${n}`);
        expect(await wordsOf(lock)).toContain(`${process.pid} `);
        said.push(`out ${n}`);
      }),
    ),
  );
  expect(said).toHaveLength(8);
  for (let n = 0; n < 8; n += 2) expect(said[n + 1]).toBe(said[n]?.replace('in', 'out'));
  expect(await readdir(folder)).toEqual(['config.json', 'link.json']);
});

it('is gone after an error, which comes through', async () => {
  const broken = withFileLock(path, () => Promise.reject(new Error('theirs')));
  await expect(broken).rejects.toThrow('theirs');
  expect(await readdir(folder)).toEqual(['config.json']);
});

it('of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(lock, `${pid} ${process.platform} ${hostname()} 0011`);
  expect(await withFileLock(path, async () => (await wordsOf(lock)).split(' ')[0])).toBe(String(process.pid));
  expect(await readdir(folder)).toEqual(['config.json']);
});

it.each([
  ['a minute ago', -61_000],
  ['by a clock that was set back', 3_600_000],
])('that was made %s is taken over, whosever it is', async (_, awayMs) => {
  for (const content of [`${process.pid} ${process.platform} ${hostname()} 0011`, '1 other elsewhere 0011', '']) {
    await writeFile(lock, content);
    const then = (Date.now() + awayMs) / 1000;
    await utimes(lock, then, then);
    await withFileLock(path, async () => undefined);
    expect(await readdir(folder)).toEqual(['config.json']);
  }
});

it('of somebody at work on this or another computer keeps us out for a while, then one sentence says so', async () => {
  const busy = [`${process.ppid} ${process.platform} ${hostname()} 0011`, '1 other elsewhere 0011', ''];
  const places = await Promise.all(
    busy.map(async (content, n) => {
      const place = join(folder, String(n));
      await mkdir(place);
      await writeFile(join(place, 'c.conexor.lock'), content);
      return join(place, 'c');
    }),
  );
  const work = () => Promise.reject(new Error('it was done'));
  const faults = await Promise.all(places.map((place) => withFileLock(place, work, 300).catch(asFault)));
  for (const fault of faults) {
    expect(fault).toMatchObject({ code: 'file-not-writable', detail: { thing: 'config-file-busy' } });
  }
  expect(await readFile(`${places[0]}.conexor.lock`, 'utf8')).toBe(busy[0]);
});

it('that somebody else has taken over stays theirs', async () => {
  await withFileLock(path, async () => {
    await rm(lock);
    await writeFile(lock, 'theirs');
  });
  expect(await readFile(lock, 'utf8')).toBe('theirs');
});

it('is taken over by one of many', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(lock, `${pid} ${process.platform} ${hostname()} 0011`);
  let inside = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      withFileLock(path, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await readFile(path);
        inside -= 1;
      }),
    ),
  );
  expect(await readdir(folder)).toEqual(['config.json']);
});
