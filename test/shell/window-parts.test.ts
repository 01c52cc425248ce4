/** Where the window stands, which keys it knows, and which files its page can have. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAppFiles } from '../../electron/shell/app-files.ts';
import { placeOf, readBounds, writeBounds } from '../../electron/shell/bounds.ts';
import { windowKeyOf, zoomLevel } from '../../electron/shell/window-keys.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-window-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the place of the window', () => {
  const screens = [
    { x: 0, y: 0, width: 1280, height: 800 },
    { x: 1280, y: 0, width: 1920, height: 1080 },
  ];
  const there = { x: 1400, y: 20, width: 800, height: 700, maximized: false };

  it('is where it was', () => {
    const path = join(folder, 'window.json');
    writeBounds(path, there);
    expect(placeOf(readBounds(path), screens)).toEqual(there);
  });

  it('is elsewhere, as large as it was, when that screen has gone', () => {
    expect(placeOf(there, screens.slice(0, 1))).toEqual({ width: 800, height: 700, maximized: false });
  });

  it.each([[{ ...there, y: -300 }], [{ ...there, y: 1075 }], [{ ...there, x: 3190 }], [{ ...there, x: -790 }]])(
    'is where it can be taken hold of (%j)',
    (remembered) => {
      expect(placeOf(remembered, screens)).not.toHaveProperty('x');
    },
  );

  it.each([
    [undefined],
    ['x'],
    [{ x: 0, y: 0 }],
    [{ ...there, width: 1 }],
    [{ ...there, width: 1e9 }],
    [{ ...there, x: Number.NaN }],
    [[]],
  ])('is the usual one for a file that says %j', (remembered) => {
    expect(placeOf(remembered, screens)).toEqual({ width: 960, height: 720, maximized: false });
  });

  it('is nobody’s worry where it cannot be kept', async () => {
    writeBounds(join(folder, 'no such folder', 'window.json'), there);
    expect(readBounds(join(folder, 'no such folder', 'window.json'))).toBeUndefined();
    await writeFile(join(folder, 'broken.json'), '{');
    expect(readBounds(join(folder, 'broken.json'))).toBeUndefined();
  });
});

describe('keys', () => {
  const press = (key: string, change: Partial<Input> = {}): Input => ({
    type: 'keyDown',
    key,
    code: '',
    isAutoRepeat: false,
    isComposing: false,
    shift: false,
    control: true,
    alt: false,
    meta: false,
    location: 0,
    modifiers: [],
    ...change,
  });

  it.each([
    ['q', 'quit'],
    ['w', 'close'],
    ['+', 'zoom-in'],
    ['=', 'zoom-in'],
    ['-', 'zoom-out'],
    ['0', 'zoom-reset'],
    ['r', undefined],
    ['c', undefined],
  ])('Ctrl+%s is %s', (key, meaning) => {
    expect(windowKeyOf(press(key), 'linux')).toBe(meaning);
    expect(windowKeyOf(press(key, { type: 'keyUp' }), 'linux')).toBeUndefined();
    expect(windowKeyOf(press(key, { control: false }), 'linux')).toBeUndefined();
    expect(windowKeyOf(press(key), 'darwin'), 'the menu has it').toBeUndefined();
  });

  it('AltGr is no Ctrl, and Ctrl+Shift+Q is not ours', () => {
    expect(windowKeyOf(press('q', { alt: true }), 'win32')).toBeUndefined();
    expect(windowKeyOf(press('Q', { shift: true }), 'linux')).toBeUndefined();
  });

  it('zoom goes as far as it helps, and back', () => {
    let level = 0;
    for (let presses = 0; presses < 100; presses++) level = zoomLevel(level, 'zoom-in');
    expect(level).toBe(6);
    for (let presses = 0; presses < 100; presses++) level = zoomLevel(level, 'zoom-out');
    expect(level).toBe(-3);
    expect(zoomLevel(level, 'zoom-reset')).toBe(0);
  });
});

describe('the files of the page', () => {
  it('are those that a page is made of, and no way leads out', async () => {
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'secret'), 'x');
    for (const name of ['index.html', 'assets/a.js', 'assets/a.css', 'assets/a.js.map', '.env', 'vault.jwe']) {
      await writeFile(join(folder, name), 'x');
    }
    await symlink('/etc/passwd', join(folder, 'passwd.html'));
    const files = listAppFiles(folder);
    expect([...files.keys()].sort()).toEqual(['/assets/a.css', '/assets/a.js', '/index.html']);
    expect(files.get('/index.html')).toEqual({ path: join(folder, 'index.html'), type: 'text/html; charset=utf-8' });
  });
});
