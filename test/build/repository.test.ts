/** Promises about the repository itself: what a reader finds at the root, and lock files that name no download host. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './imports.ts';

const read = (path: string) => readFile(join(root, path), 'utf8');

describe('the root folder', () => {
  it.each(['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE'])(
    'has %s, and it says something',
    async (name) => {
      expect((await read(name)).length).toBeGreaterThan(200);
    },
  );

  it('has the MIT licence it names', async () => {
    expect(await read('LICENSE')).toContain('MIT License');
    expect(JSON.parse(await read('package.json')).license).toBe('MIT');
  });

  it('has its commands, and the scripts behind them', async () => {
    const { scripts } = JSON.parse(await read('package.json'));
    for (const name of ['start', 'test', 'demo', 'bench', 'build', 'check', 'package']) {
      expect(scripts[name]).toBe(`node build/${name}.mjs`);
      await access(join(root, 'build', `${name}.mjs`));
    }
  });
});

describe.each(['.', 'build/parts'])('dependencies in %s', (folder) => {
  it('are locked without download addresses and with checksums', async () => {
    const text = await read(join(folder, 'package-lock.json'));
    expect(text).not.toContain('"resolved"');
    const { packages } = JSON.parse(text);
    const withoutChecksum = Object.keys(packages).filter((path) => path !== '' && !packages[path].integrity);
    expect(withoutChecksum).toEqual([]);
  });

  it('are the same in package.json and in the lock file', async () => {
    const { dependencies, devDependencies } = JSON.parse(await read(join(folder, 'package.json')));
    const locked = JSON.parse(await read(join(folder, 'package-lock.json'))).packages[''];
    expect([locked.dependencies, locked.devDependencies]).toEqual([dependencies, devDependencies]);
  });

  it('are pinned to one version each', async () => {
    const { dependencies, devDependencies } = JSON.parse(await read(join(folder, 'package.json')));
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(String(version)),
    );
    expect(loose).toEqual([]);
  });
});
