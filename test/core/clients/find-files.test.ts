/** Where Claude Desktop really keeps its file, on each system, as CLIENTS.md 1.1 has it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesOf } from '../../../electron/core/clients/find-files.ts';
import { claudeDesktop } from '../../../electron/core/clients/programs/claude-desktop.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const name = 'claude_desktop_config.json';

async function put(...parts: string[]): Promise<string> {
  const path = join(home, ...parts);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{}');
  return path;
}

const found = (platform: string, env: Record<string, string> = {}) =>
  filesOf(claudeDesktop, { platform, homedir: home, env });

describe("Claude Desktop's file is found", () => {
  it('on macOS', async () => {
    const path = await put('Library', 'Application Support', 'Claude', name);
    expect(await found('darwin')).toEqual([path]);
  });

  it('on Linux, where the person keeps settings', async () => {
    const path = await put('.config', 'Claude', name);
    expect(await found('linux')).toEqual([path]);
    expect(await found('linux', { XDG_CONFIG_HOME: 'relative' })).toEqual([path]);
    const other = await put('elsewhere', 'Claude', name);
    expect(await found('linux', { XDG_CONFIG_HOME: join(home, 'elsewhere') })).toEqual([other]);
  });

  it('on Windows, in every packaged build and the classic one', async () => {
    const classic = await put('AppData', 'Roaming', 'Claude', name);
    const packaged = await Promise.all(
      ['Claude_pzs8sxrjxfjjc', 'Claude_another'].map((one) =>
        put('Local', 'Packages', one, 'LocalCache', 'Roaming', 'Claude', name),
      ),
    );
    await put('Local', 'Packages', 'ClaudeX', 'LocalCache', 'Roaming', 'Claude', name);
    await mkdir(join(home, 'Local', 'Packages', 'Claude_empty'));
    expect(await found('win32', { LOCALAPPDATA: join(home, 'Local') })).toEqual([...packaged, classic]);
  });

  it('once, whatever leads to it; not where it is not, and on no system that is not known', async () => {
    expect(await found('linux')).toEqual([]);
    expect(await found('sunos')).toEqual([]);
    const path = await put('AppData', 'Roaming', 'Claude', name);
    const local = join(home, 'AppData', 'Local', 'Packages', 'Claude_x', 'LocalCache', 'Roaming', 'Claude');
    await mkdir(local, { recursive: true });
    await symlink(path, join(local, name));
    expect(await found('win32')).toEqual([join(local, name)]);
    // A circle is told about, not passed over.
    await mkdir(join(home, '.config', 'Claude'), { recursive: true });
    const circle = join(home, '.config', 'Claude', name);
    await symlink(circle, circle);
    expect(await found('linux')).toEqual([circle]);
  });
});
