/** What the bundles promise: the relay is one small file that needs Node alone, from wherever it lies. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundlePreload, bundlePrograms, bundleRelay, requires } from '../../build/bundles.mjs';
import { root } from './imports.ts';

const run = promisify(execFile);

describe('what a CommonJS file loads', () => {
  it('is found in every quote, once', () => {
    const code = 'require("node:net");require(`fs/promises`);import("node:os");require("node:net")';
    expect(requires(code)).toEqual(['node:net', 'fs/promises', 'node:os']);
  });

  it.each([
    ['require("undici")', 'undici'],
    ["import('./chunk.mjs')", './chunk.mjs'],
    ['require(name)', '(name)'],
  ])('%s is found', (code, found) => {
    expect(requires(code)).toEqual([found]);
  });
});

describe('bundling', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conexor-bundle-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes of the relay one small file that another folder can run', async () => {
    const { files, inputs } = await bundleRelay('electron/relay.ts', folder);
    expect(files).toEqual(['relay.cjs']);
    expect(inputs).toContain(join(root, 'electron/relay.ts'));
    // Every MCP client's start waits for it; 64 KiB is a few milliseconds.
    expect((await stat(join(folder, 'relay.cjs'))).size).toBeLessThan(64 * 1024);
    await run(process.execPath, ['--check', join(folder, 'relay.cjs')]);
  });

  it('refuses a relay that would load something else', async () => {
    const entry = join(folder, 'relay.ts');
    await writeFile(entry, `void import(process.argv[2] ?? '');\n`);
    await expect(bundleRelay(entry, folder)).rejects.toThrow('must not load');
  });

  it('makes of the preload script one file that loads Electron alone, and refuses another', async () => {
    const entry = join(folder, 'preload.ts');
    await writeFile(entry, `import { ipcRenderer } from 'electron';\nvoid ipcRenderer.invoke('x');\n`);
    expect((await bundlePreload(entry, folder)).files).toEqual(['preload.cjs']);
    await writeFile(entry, `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n`);
    await expect(bundlePreload(entry, folder)).rejects.toThrow('preload.cjs must not load node:fs');
  });

  it('puts dependencies inside a program, and a dynamic import into a file of its own', async () => {
    await writeFile(join(folder, 'later.ts'), `export const word = 'later';\n`);
    const source = join(root, 'node_modules/jose/dist/webapi/index.js');
    await writeFile(
      join(folder, 'first.ts'),
      `import { base64url } from ${JSON.stringify(source)};
const { word } = await import('./later.ts');
process.stdout.write(base64url.encode(word));\n`,
    );
    const out = join(folder, 'out');
    const { files } = await bundlePrograms({ first: join(folder, 'first.ts') }, out);
    expect(files).toContain('first.mjs');
    expect(files.length).toBe(2);
    const elsewhere = await mkdtemp(join(tmpdir(), 'conexor-elsewhere-'));
    try {
      for (const file of files) await copyFile(join(out, file), join(elsewhere, file));
      const { stdout } = await run(process.execPath, [join(elsewhere, 'first.mjs')]);
      expect(stdout).toBe(Buffer.from('later').toString('base64url'));
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
