/**
 * Settings files where things go wrong: no leave, no room, no more files, somebody else writing, a process that is
 * killed at any step. The file is as it was or as it was to be, and nothing of ours lies about after the next change.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepNewest } from '../../../../electron/core/clients/file/backups.ts';
import { readConfig, replaceConfig } from '../../../../electron/core/clients/file/config-file.ts';
import { createConfig, deleteConfig } from '../../../../electron/core/clients/file/new-file.ts';
import { faultSentence } from '../../../../shared/fault-words.ts';
import { asFault } from '../../../../shared/faults.ts';
import { type BundledProgram, bundleProgram } from '../../../fakes/bundle.ts';

const nowMs = Date.UTC(2026, 2, 1);
const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? '65534' : '';

let program: BundledProgram;
let folder: string;
let path: string;
beforeAll(async () => {
  program = await bundleProgram(new URL('./changing-program.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cx bad 'é' "));
  path = join(folder, 'my "config".json');
  await writeFile(path, '{"old":1}');
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true, force: true });
});

const faultOf = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was done');
    },
    (thrown: unknown) => asFault(thrown),
  );

/** What it said; `killed` where it could not. */
async function run(words: readonly string[], through: readonly string[] = []): Promise<string> {
  const [command = '', ...rest] = [...through, process.execPath, program.path, ...words];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  await once(child, 'close');
  return child.signalCode === 'SIGKILL' ? 'killed' : said;
}

describe.skipIf(process.platform === 'win32')('a process that is killed', () => {
  it.each(['replace', 'create', 'delete'])('at each step of %s leaves the old or the new file', async (what) => {
    const before = what === 'create' ? undefined : '{"old":1}';
    const after = what === 'delete' ? undefined : '{"new":1}';
    const begin = async (name: string) => {
      const place = join(folder, name);
      await mkdir(place);
      if (before !== undefined) await writeFile(join(place, 'c.json'), before);
      return join(place, 'c.json');
    };
    const textOf = (file: string) => readFile(file, 'utf8').catch(() => undefined);

    const steps = Number(/^done (\d+)$/.exec(await run([what, await begin('whole')]))?.[1]);
    expect(steps).toBeGreaterThan(5);
    const seen = new Set<string | undefined>();
    const killedAt = async (step: number) => {
      const file = await begin(String(step));
      expect(await run([what, file, String(step)])).toBe('killed');
      const left = await textOf(file);
      expect([before, after]).toContain(left);
      seen.add(left);
      const copies = (await readdir(join(file, '..'))).filter((name) => name.endsWith('.bak'));
      // The next change finds neither its lock nor anything unfinished.
      if (left === undefined) await createConfig(file, '{"next":1}');
      else await replaceConfig(await readConfig(file), '{"next":1}', nowMs + 60_000);
      await keepNewest(file);
      expect(await textOf(file)).toBe('{"next":1}');
      expect((await stat(file)).nlink).toBe(1);
      const newest = left === undefined ? [] : ['c.json.conexor-20260301-000100.bak'];
      expect((await readdir(join(file, '..'))).sort()).toEqual(['c.json', ...copies, ...newest]);
    };
    for (let step = 1; step <= steps; step += 6) {
      await Promise.all(Array.from({ length: Math.min(6, steps - step + 1) }, (_, n) => killedAt(step + n)));
    }
    expect(seen).toEqual(new Set([before, after]));
  });
});

describe.skipIf(process.platform === 'win32')('without leave', () => {
  it.each(['replace', 'delete'])('of the folder nothing is changed by %s', async (what) => {
    await chmod(path, 0o666);
    await chmod(folder, 0o555);
    expect(await run([what, path, '0', nobody])).toBe('file-not-writable EACCES');
    expect(await readFile(path, 'utf8')).toBe('{"old":1}');
    expect(await readdir(folder)).toEqual(['my "config".json']);
  });

  it('of the folder nothing is made', async () => {
    await chmod(folder, 0o555);
    expect(await run(['create', join(folder, 'other.json'), '0', nobody])).toBe('file-not-writable EACCES');
    expect(await readdir(folder)).toEqual(['my "config".json']);
  });

  it('of the file nothing is changed, though the folder would let us', async () => {
    await chmod(path, 0o444);
    await chmod(folder, 0o777);
    expect(await run(['replace', path, '0', nobody])).toMatch(/^file-not-writable /);
    expect(await run(['delete', path, '0', nobody])).toMatch(/^file-not-writable /);
    expect(await readFile(path, 'utf8')).toBe('{"old":1}');
    expect(await readdir(folder)).toEqual(['my "config".json']);
  });

  it('to read it, that is said', async () => {
    await chmod(path, 0o000);
    await chmod(folder, 0o777);
    expect(await run(['replace', path, '0', nobody])).toBe('input-invalid config-file');
  });
});

it.skipIf(process.platform === 'win32')('with no file left to open nothing is changed', async () => {
  const limited = ['/bin/sh', '-c', 'ulimit -n 64; exec "$0" "$@"'];
  for (const what of ['replace', 'delete']) {
    expect(await run([what, path, '0', '', 'all'], limited)).toBe('file-not-writable config-files-open');
  }
  expect(await run(['create', join(folder, 'new.json'), '0', '', 'all'], limited)).toBe(
    'file-not-writable config-files-open',
  );
  expect(await readFile(path, 'utf8')).toBe('{"old":1}');
  expect(await readdir(folder)).toEqual(['my "config".json']);
});

it.skipIf(process.platform === 'win32')(
  'the file of somebody who keeps all settings in one place stays a link',
  async () => {
    const dotfiles = join(folder, 'dotfiles');
    await mkdir(dotfiles);
    await writeFile(join(dotfiles, 'claude.json'), '{"old":1}', { mode: 0o640 });
    await rm(path);
    await symlink('dotfiles/claude.json', path);
    const backup = await replaceConfig(await readConfig(path), '{"new":1}', nowMs);
    expect(backup).toContain(dotfiles);
    expect(await readFile(join(dotfiles, 'claude.json'), 'utf8')).toBe('{"new":1}');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['dotfiles', 'my "config".json']);
  },
);

it('what another program writes over and over is whole at every moment, and one of us is told', async () => {
  const loop = `
    const { writeFileSync, renameSync } = require('node:fs');
    for (let n = 0; ; n++) {
      writeFileSync(process.argv[1] + '.theirs', JSON.stringify({ n, text: 'x'.repeat(20_000) }));
      renameSync(process.argv[1] + '.theirs', process.argv[1]);
      if (n === 0) process.stdout.write('begun');
    }`;
  const writer = spawn(process.execPath, ['-e', loop, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(writer.stdout, 'data');
    let told = 0;
    for (let n = 0; n < 20; n++) {
      const file = await readConfig(path);
      expect(JSON.parse(file.text)).toEqual(expect.any(Object));
      await replaceConfig(file, `{"ours":${n}}`, nowMs).catch((thrown: unknown) => {
        expect(asFault(thrown)).toMatchObject({ detail: { thing: 'config-file-changed' } });
        told += 1;
      });
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(expect.any(Object));
    }
    expect(told).toBeGreaterThan(0);
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'close');
  }
  const left = (await readdir(folder)).filter((name) => !name.endsWith('.bak') && !name.endsWith('.theirs'));
  expect(left).toEqual(['my "config".json']);
});

/** Undefined where nobody may mount one here. */
function smallDisk(place: string): (() => void) | undefined {
  if (process.platform !== 'linux' || !isRoot) return undefined;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0755', 'tmpfs', place], { stdio: 'ignore' });
    return () => execFileSync('umount', [place], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
}

describe('a disk', () => {
  let unmount: (() => void) | undefined;
  let disk: string;
  beforeEach(async () => {
    disk = join(folder, 'disk');
    await mkdir(disk);
    unmount = smallDisk(disk);
  });
  afterEach(() => unmount?.());

  it('without room leaves every file as it was, and says so', async ({ skip }) => {
    if (!unmount) skip('no small disk can be mounted here (this needs root on Linux)');
    const there = join(disk, 'config.json');
    let full = 0;
    // Pages of four kilobytes: the copy, the new file, or the lock itself finds no room.
    for (let free = 0; free <= 12; free++) {
      const old = JSON.stringify({ old: 'x'.repeat(9_000) });
      await writeFile(there, old);
      await writeFile(join(disk, 'filler'), Buffer.alloc((12 - free) * 4096));
      const names = await readdir(disk);
      const file = await readConfig(there);
      const fault = await replaceConfig(file, JSON.stringify({ new: 'y'.repeat(13_000) }), nowMs).then(
        () => undefined,
        asFault,
      );
      if (fault) {
        full += 1;
        expect(fault).toMatchObject({ code: 'file-not-writable', detail: { thing: 'config-disk-full' } });
        expect(faultSentence(fault, 'en')).toBe(
          `The disk is full: the file "${there}" was left as it was. Free some space on it, then try again.`,
        );
        expect(await readFile(there, 'utf8')).toBe(old);
        expect(await readdir(disk)).toEqual(names);
      } else {
        expect(JSON.parse(await readFile(there, 'utf8'))).toEqual({ new: 'y'.repeat(13_000) });
      }
      for (const name of await readdir(disk)) await rm(join(disk, name));
    }
    expect(full).toBeGreaterThan(4);
    expect(full).toBeLessThan(13);
    await writeFile(join(disk, 'filler'), Buffer.alloc(64 * 1024));
    expect(await faultOf(createConfig(there, '{}'))).toMatchObject({ detail: { thing: 'config-disk-full' } });
    expect(await readdir(disk)).toEqual(['filler']);
  });

  it('that can only be read leaves every file as it was, and says so', async ({ skip }) => {
    if (!unmount) skip('no small disk can be mounted here (this needs root on Linux)');
    const there = join(disk, 'config.json');
    await writeFile(there, '{}');
    execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' });
    const file = await readConfig(there);
    for (const work of [
      replaceConfig(file, '{"new":1}', nowMs),
      deleteConfig(file),
      createConfig(join(disk, 'n'), ''),
    ]) {
      expect(await faultOf(work)).toMatchObject({
        code: 'file-not-writable',
        detail: { thing: 'config-disk-read-only' },
      });
    }
    expect(await readdir(disk)).toEqual(['config.json']);
  });
});
