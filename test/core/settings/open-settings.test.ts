/** The settings survive a restart, a newer version, a broken file and a disk that refuses. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../../electron/core/settings/open-settings.ts';
import type { Settings } from '../../../shared/settings.ts';

const defaults = {
  language: 'system',
  theme: 'system',
  containers: false,
  firstRunDone: false,
  trayNoticeGiven: false,
};

let folder = '';
let logged: string[] = [];
const log = (_level: string, message: string) => {
  logged.push(message);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conexor-settings-'));
  logged = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, 'settings.json');

describe('settings', () => {
  it('are the defaults where nothing was chosen, and nothing is written by reading them', async () => {
    expect((await openSettings(folder, log)).get()).toEqual(defaults);
    expect(await readdir(folder)).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('survive a restart, in a file that is this person’s alone', async () => {
    const first = await openSettings(folder, log);
    await first.change({ language: 'es', httpPort: 5000 });
    expect(first.get()).toEqual({ ...defaults, language: 'es', httpPort: 5000 });
    expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, language: 'es', httpPort: 5000 });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['settings.json']);
  });

  it('tell everybody who listens, after they are stored', async () => {
    const settings = await openSettings(folder, log);
    const heard: Settings[] = [];
    const stop = settings.subscribe((now) => heard.push(now));
    await settings.change({ theme: 'dark' });
    stop();
    await settings.change({ theme: 'light' });
    expect(heard.map(({ theme }) => theme)).toEqual(['dark']);
  });

  it('keep every one of several changes at once', async () => {
    const settings = await openSettings(folder, log);
    await Promise.all([
      settings.change({ theme: 'dark' }),
      settings.change({ firstRunDone: true }),
      settings.change({ newPrograms: 'ask' }),
    ]);
    const expected = { ...defaults, theme: 'dark', firstRunDone: true, newPrograms: 'ask' };
    expect(settings.get()).toEqual(expected);
    expect((await openSettings(folder, log)).get()).toEqual(expected);
  });

  it('refuse what is no setting, and stay as they were', async () => {
    const settings = await openSettings(folder, log);
    await expect(settings.change({ httpPort: 80 })).rejects.toThrow();
    expect(settings.get()).toEqual(defaults);
    await settings.change({ theme: 'dark' });
    expect(settings.get().theme).toBe('dark');
  });

  it('keep what a newer version has written: unknown keys, and values this one does not know', async () => {
    await writeFile(file(), JSON.stringify({ language: 'fr', theme: 'dark', colour: { accent: 'teal' } }));
    const settings = await openSettings(folder, log);
    expect(settings.get()).toEqual({ ...defaults, theme: 'dark' });
    await settings.change({ firstRunDone: true });
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
      language: 'fr',
      theme: 'dark',
      colour: { accent: 'teal' },
      firstRunDone: true,
    });
  });

  it.each([['{ "theme": "dark"'], ['"dark"'], ['[]'], ['null'], [''], ['\0'.repeat(100)], [' '.repeat(2_000_000)]])(
    'are set aside where they cannot be read (%#), and begin anew, asking about new programs from then on',
    async (content) => {
      await writeFile(file(), content);
      const settings = await openSettings(folder, log);
      // Whoever had chosen to be asked must not find everybody let in because of a broken file.
      expect(settings.get()).toEqual({ ...defaults, newPrograms: 'ask' });
      expect(logged).toEqual(['the settings could not be read']);
      const [kept, aside, ...others] = (await readdir(folder)).sort();
      expect([kept, ...others]).toEqual(['settings.json']);
      expect((await openSettings(folder, log)).get().newPrograms).toBe('ask');
      expect(aside).toMatch(/^settings\.json\.broken-\d{8}T\d{9}Z$/);
      expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(content);
      await settings.change({ theme: 'dark' });
      expect((await openSettings(folder, log)).get().theme).toBe('dark');
    },
  );

  it('take a folder in their place for broken too', async () => {
    await mkdir(file());
    expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, newPrograms: 'ask' });
    expect(await readdir(folder)).toEqual(['settings.json', expect.stringMatching(/broken/)]);
  });

  describe.skipIf(process.platform === 'win32')('in whose place there is no file but', () => {
    const pipe = () => promisify(execFile)('mkfifo', [file()]);

    /** All that this process has read, in bytes. */
    const readSoFar = async () => Number(/^rchar: (\d+)/.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);

    async function expectSetAside(): Promise<void> {
      const settings = await openSettings(folder, log);
      expect(settings.get()).toEqual({ ...defaults, newPrograms: 'ask' });
      expect(logged).toEqual(['the settings could not be read']);
      expect(await readdir(folder)).toEqual(['settings.json', expect.stringMatching(/broken/)]);
      expect((await lstat(file())).isFile()).toBe(true);
      await settings.change({ theme: 'dark' });
      expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, newPrograms: 'ask', theme: 'dark' });
    }

    it('a pipe that nobody ever writes to are set aside, and the start goes on', async () => {
      await pipe();
      await expectSetAside();
    });

    it('a socket are set aside', async () => {
      const server = createServer().listen(file());
      await once(server, 'listening');
      await expectSetAside();
      server.close();
      await once(server, 'close');
    });

    it.skipIf(process.platform !== 'linux')('a link to a device without an end are not read at all', async () => {
      await symlink('/dev/zero', file());
      const before = await readSoFar();
      await expectSetAside();
      expect((await readSoFar()) - before).toBeLessThan(1024 * 1024);
    });

    it.skipIf(process.platform !== 'linux')(
      'a file whose size the system does not tell are read to their bound',
      async () => {
        const words = Array.from({ length: 15 }, () => 'x'.repeat(100_000));
        const child = spawn(process.execPath, ['-e', 'process.stdin.resume()', '', ...words]);
        await symlink(`/proc/${child.pid}/cmdline`, file());
        const before = await readSoFar();
        await expectSetAside();
        expect((await readSoFar()) - before).toBeLessThan(1.25 * 1024 * 1024);
        child.kill();
        await once(child, 'exit');
      },
    );

    it('a link to a file are read from there', async () => {
      await writeFile(join(folder, 'elsewhere'), '{"newPrograms":"allow"}');
      await symlink('elsewhere', file());
      expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, newPrograms: 'allow' });
      expect(logged).toEqual([]);
    });

    it('a pipe that came later are written in its place', async () => {
      const settings = await openSettings(folder, log);
      await pipe();
      await settings.change({ theme: 'dark' });
      expect((await lstat(file())).isFile()).toBe(true);
      expect((await openSettings(folder, log)).get().theme).toBe('dark');
    });
  });

  it('ask about new programs also where only the broken file is left, as after a power cut', async () => {
    await writeFile(`${file()}.broken-20260101T000000000Z`, '{');
    expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, newPrograms: 'ask' });
  });

  it.each([['"ask-always"'], ['null'], ['true'], ['["allow"]']])(
    'take a word for new programs that they do not know as "ask" (%s), and keep it',
    async (value) => {
      await writeFile(file(), `{"newPrograms":${value}}`);
      const settings = await openSettings(folder, log);
      expect(settings.get().newPrograms).toBe('ask');
      await settings.change({ theme: 'dark' });
      expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ newPrograms: JSON.parse(value), theme: 'dark' });
    },
  );

  it('are read behind a byte order mark too', async () => {
    await writeFile(file(), '\ufeff{"newPrograms":"allow","theme":"dark"}');
    expect((await openSettings(folder, log)).get()).toEqual({ ...defaults, newPrograms: 'allow', theme: 'dark' });
    expect(logged).toEqual([]);
  });

  it('say so where the folder cannot be written, and nothing has changed', async () => {
    const settings = await openSettings(folder, log);
    await settings.change({ theme: 'dark' });
    await rm(folder, { recursive: true });
    await expect(settings.change({ theme: 'light' })).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(settings.get().theme).toBe('dark');
    await mkdir(folder);
    await settings.change({ theme: 'light' });
    expect(settings.get().theme).toBe('light');
  });

  it('close a file that others could read, and remove what a killed write has left', async () => {
    await writeFile(file(), '{}', { mode: 0o644 });
    await chmod(file(), 0o644);
    const left = join(folder, 'settings.json.0123456789abcdef.tmp');
    const fresh = join(folder, 'settings.json.fedcba9876543210.tmp');
    await writeFile(left, '{');
    await writeFile(fresh, '{');
    await utimes(left, new Date(0), new Date(0));
    await openSettings(folder, log);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.fedcba9876543210.tmp']);
  });
});
