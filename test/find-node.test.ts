import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNode, isNewEnoughVersion, nodeCandidates } from '../electron/find-node.ts';

let home = '';

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'cx-node-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A program that says this when it is asked for its version. */
async function node(path: string, says: string): Promise<string> {
  const whole = join(home, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, `#!/bin/sh\n${says}\n`);
  await chmod(whole, 0o755);
  return whole;
}

const computer = (env: Record<string, string>, platform = 'linux') => ({ platform, homedir: home, env });

describe('a Node for the relay', () => {
  it('T is the first on the PATH that is new enough, whatever the others do', async () => {
    await node('old/node', 'echo v18.20.0');
    await node('broken/node', 'exit 3');
    await node('talks/node', 'echo nonsense');
    const good = await node('path with spaces/node', 'echo v20.19.0');
    await node('newer/node', 'echo v24.1.0');
    const PATH = ['relative', 'old', 'broken', 'talks', 'missing', 'path with spaces', 'newer']
      .map((one) => (one === 'relative' ? one : join(home, one)))
      .join(':');
    expect(await findNode(computer({ PATH }))).toBe(good);
  });

  it('T one that hangs is not waited for long', async () => {
    await node('hangs/node', 'exec sleep 60');
    const good = await node('good/node', 'echo v22.0.0');
    expect(await findNode(computer({ PATH: `${home}/hangs:${home}/good` }))).toBe(good);
  });

  it('is the newest of a version manager, and of every place once', async () => {
    const paths = ['v9.9.9', 'v20.2.0', 'v20.11.1', 'v22.0.0', 'system'];
    const made = await Promise.all(paths.map((name) => node(`.nvm/versions/node/${name}/bin/node`, 'echo x')));
    await mkdir(join(home, 'bin'));
    await symlink(made[3] ?? '', join(home, 'bin/node'));
    const found = await nodeCandidates(computer({ PATH: join(home, 'bin') }, 'darwin'));
    expect(found.filter((path) => path.startsWith(home))).toEqual([
      join(home, 'bin/node'),
      made[2],
      made[1],
      made[0],
      made[4],
    ]);
  });

  it('is not in the mount of an AppImage, which is gone at the next start', async () => {
    const inside = await node('.mount_abc/usr/bin/node', 'echo v22.0.0');
    const env = { PATH: dirname(inside), APPDIR: join(home, '.mount_abc') };
    expect(await nodeCandidates(computer(env))).not.toContain(inside);
    expect(await nodeCandidates(computer({ PATH: env.PATH }))).toContain(inside);
  });

  it('is looked for on Windows where its installer and version managers put it', async () => {
    const env = { ProgramFiles: join(home, 'Programs'), APPDATA: join(home, 'Roaming') };
    const made = [
      await node('Programs/nodejs/node.exe', 'echo'),
      await node('Roaming/nvm/v22.3.0/node.exe', 'echo'),
      await node('Roaming/nvm/v18.0.0/node.exe', 'echo'),
    ];
    expect(await nodeCandidates(computer(env, 'win32'))).toEqual(made);
  });

  it.each([
    ['v20.19.0\n', true],
    ['v22.1.0', true],
    ['v19.9.0', false],
    ['v2.0.0', false],
    ['20.1.0', false],
    ['v22.1.0\nand more', false],
    ['', false],
  ])('%j', (said, fits) => {
    expect(isNewEnoughVersion(said)).toBe(fits);
  });
});
