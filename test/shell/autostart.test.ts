/** The autostart file of Linux: what it says for every kind of path, where it lies, and when it counts as switched on. */
import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { autostartFile, autostartPath, desktopEntry, startCommand } from '../../electron/shell/autostart.ts';
import { partMissing } from '../fakes/parts.ts';

const run = promisify(execFile);

const exec = (...command: string[]) => /^Exec=(.*)$/m.exec(desktopEntry(command) ?? '')?.[1];

describe('the line that starts Conexor', () => {
  it('is plain for a plain path, and always in the background', () => {
    expect(exec('/opt/Conexor/conexor-desktop')).toBe('/opt/Conexor/conexor-desktop --hidden');
  });

  // Each by the rules of the Desktop Entry specification: quoted, escaped as a string of the file, % doubled.
  it.each([
    ['/home/ana torres/Conexor.AppImage', '"/home/ana torres/Conexor.AppImage" --hidden'],
    ['/a"b', String.raw`"/a\\"b" --hidden`],
    ['/a$HOME', String.raw`"/a\\$HOME" --hidden`],
    ['/a`id`', String.raw`"/a\\${'`'}id\\${'`'}" --hidden`],
    ['/a\\b', String.raw`"/a\\\\b" --hidden`],
    ['/100%u', '"/100%%u" --hidden'],
    ['/a;b', '"/a;b" --hidden'],
    ['/josé', '"/josé" --hidden'],
  ])('%s', (path, line) => {
    expect(exec(path)).toBe(line);
  });

  it('comes back as the same words when it is read by the rules', () => {
    for (const word of ['/a b', '/a"b', '/$HOME/`id`', '/back\\slash', '/100%', "/it's", '/é;&|<>~#()*?']) {
      expect(read(exec(word, word) ?? '')).toEqual([word, word, '--hidden']);
    }
  });

  it('has no place for a line break: such a path starts nothing', () => {
    expect(desktopEntry(['/a\nExec=/bin/evil'])).toBeUndefined();
    const file = autostartFile('/nowhere/conexor.desktop', ['/a\nb']);
    expect(file.status()).toBe('unavailable');
    expect(() => file.set(true)).not.toThrow();
  });
});

describe('what is started', () => {
  it.each([
    [{ APPIMAGE: '/home/ana/Conexor.AppImage' }, undefined, ['/home/ana/Conexor.AppImage']],
    [{}, undefined, ['/opt/Conexor/conexor']],
    [{}, '/srv/app', ['/opt/Conexor/conexor', '/srv/app']],
  ])('%j', (env, folder, command) => {
    expect(startCommand(env, '/opt/Conexor/conexor', folder)).toEqual(command);
  });
});

describe('the place of the file', () => {
  it.each([
    [{}, '/home/ana/.config/autostart/conexor.desktop'],
    [{ XDG_CONFIG_HOME: '/cfg' }, '/cfg/autostart/conexor.desktop'],
    [{ XDG_CONFIG_HOME: 'relative' }, '/home/ana/.config/autostart/conexor.desktop'],
  ])('%j', (env, path) => {
    expect(autostartPath(env, '/home/ana')).toBe(path);
  });
});

describe('the file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cx-autostart-'));
    path = join(folder, 'not yet', 'conexor.desktop');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is written and removed', async () => {
    const file = autostartFile(path, ['/opt/conexor']);
    expect(file.status()).toBe('off');
    file.set(true);
    expect(file.status()).toBe('on');
    expect(await readFile(path, 'utf8')).toContain('X-GNOME-Autostart-enabled=true');
    file.set(false);
    expect(file.status()).toBe('off');
    await expect(access(path)).rejects.toThrow();
    file.set(false);
  });

  it.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])('with %s is switched off', async (line) => {
    const file = autostartFile(path, ['/opt/conexor']);
    file.set(true);
    const written = await readFile(path, 'utf8');
    await writeFile(path, `${written.replace('X-GNOME-Autostart-enabled=true\n', '')}${line}\n`);
    expect(file.status()).toBe('off');
    file.set(true);
    expect(file.status()).toBe('on');
  });

  it('that cannot be written is said', async () => {
    await writeFile(join(folder, 'file'), '');
    const file = autostartFile(join(folder, 'file', 'conexor.desktop'), ['/opt/conexor']);
    expect(() => file.set(true)).toThrow(expect.objectContaining({ code: 'data-folder-unusable' }));
  });

  it.skipIf(partMissing('keychain') !== undefined)(
    'is started by GLib as by a desktop, wherever Conexor lies',
    async () => {
      const place = join(folder, 'a b "c" $HOME `id` \\ d;é');
      const program = join(place, 'conexor');
      await mkdir(place);
      await writeFile(
        program,
        `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/said.new'\nmv '${folder}/said.new' '${folder}/said'\n`,
      );
      await chmod(program, 0o700);
      autostartFile(path, [program, '/the app 100%u']).set(true);
      await run('gio', ['launch', path]);
      await vi.waitFor(
        async () => {
          expect(await readFile(join(folder, 'said'), 'utf8')).toBe('/the app 100%u\n--hidden\n');
        },
        { timeout: 10_000 },
      );
    },
  );
});

/** The words of an `Exec` line, read by the specification. */
function read(line: string): string[] {
  const text = line.replaceAll(/\\(.)/g, '$1').replaceAll('%%', '%');
  return [...text.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, inQuotes, plain]) =>
    inQuotes === undefined ? (plain ?? '') : inQuotes.replaceAll(/\\(["`$\\])/g, '$1'),
  );
}
