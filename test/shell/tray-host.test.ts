/** Is there a tray: what the session bus says, by either program, and every way in which it can fail to say it. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTrayHost, saysTrue } from '../../electron/shell/tray-host.ts';
import { type Desk, startDesk } from '../fakes/desk.ts';
import { partMissing } from '../fakes/parts.ts';

describe('the answer', () => {
  it.each([
    ['(<true>,)\n', true],
    ['method return time=1 sender=:1.4\n   variant       boolean true\n', true],
    ['(<false>,)\n', false],
    ['   variant       boolean false\n', false],
    ["(<'true'>,)\n", false],
    ['', false],
  ])('%j', (answer, isThere) => {
    expect(saysTrue(answer)).toBe(isThere);
  });
});

describe('other systems', () => {
  it.each(['darwin', 'win32'] as const)('%s always has a tray', async (platform) => {
    expect(await hasTrayHost(platform, {})).toBe(true);
  });
});

describe.skipIf(process.platform !== 'linux')('without a session', () => {
  it('no bus means no tray', async () => {
    expect(await hasTrayHost('linux', { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' })).toBe(
      false,
    );
  });

  it('no program to ask means no tray', async () => {
    expect(await hasTrayHost('linux', { PATH: '/nowhere' })).toBe(false);
  });
});

describe.skipIf((partMissing('tray') ?? partMissing('keychain')) !== undefined)('at a real desk', () => {
  let desk: Desk;
  let folder: string;
  beforeAll(async () => {
    [desk, folder] = await Promise.all([startDesk(), mkdtemp(join(tmpdir(), 'cx-tray-'))]);
    await symlink('/usr/bin/dbus-send', join(folder, 'dbus-send'));
  });
  afterAll(async () => {
    await desk?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('follows the panel as it comes and goes, asked by either program', async () => {
    const both = () => Promise.all([desk.env, { ...desk.env, PATH: folder }].map((env) => hasTrayHost('linux', env)));
    expect(await both()).toEqual([false, false]);
    await desk.startPanel();
    expect(await both()).toEqual([true, true]);
    await desk.endPanel();
    expect(await both()).toEqual([false, false]);
  });
});
