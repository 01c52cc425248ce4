/** What the window's bundle promises: nothing inline, no zod, hashed names, small. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleWindow, inlineParts } from '../../build/window-bundle.mjs';
import { root } from './imports.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conexor-window-bundle-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function page(html: string): Promise<string> {
  // Inside the repository, where React can be found.
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'index.html'), html);
  const react = JSON.stringify(join(root, 'node_modules/react/index.js'));
  await writeFile(
    join(source, 'main.ts'),
    `import './look.css';\nimport { version } from ${react};\nimport picture from './picture.svg';
document.title = version + picture;\nvoid import('./later.ts');\n`,
  );
  await writeFile(join(source, 'later.ts'), `export const word = 'later';\ndocument.title = word;\n`);
  await writeFile(join(source, 'look.css'), 'body { color: red }\n');
  await writeFile(join(source, 'picture.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>\n');
  return join(source, 'index.html');
}

describe('bundling the window', () => {
  it('makes static files with relative addresses and hashed names', async () => {
    const entry = await page('<!doctype html><title>x</title><script type="module" src="./main.ts"></script>');
    const { files } = await bundleWindow(join(folder, 'out'), entry);
    const html = await readFile(join(folder, 'out/index.html'), 'utf8');
    expect(inlineParts(html)).toEqual([]);
    expect(html).toMatch(/src="\.\/assets\/index-[\w-]{8}\.js"/);
    expect(html).toMatch(/href="\.\/assets\/index-[\w-]{8}\.css"/);
    const others = files.filter((name) => name !== 'index.html');
    expect(others.length).toBe(4);
    for (const name of others) expect(name).toMatch(/^assets\/\w+-[\w-]{8}\.(js|css|svg)$/);
  });

  it('refuses a page with a script of its own text', async () => {
    const entry = await page('<!doctype html><title>x</title><p onclick="x()">y</p>');
    await expect(bundleWindow(join(folder, 'out'), entry)).rejects.toThrow('nothing inline, and has onclick=');
  });

  it.each([
    ['<script>alert(1)</script>', ['<script>']],
    ['<script type="module" src="./a.js"></script>', []],
    ['<style>a{}</style>', ['<style>']],
    ['<p class="a" style="color:red">', ['style=']],
    ['<body onload="x()">', ['onload=']],
    ['<p data-style="x" class="online">on = style</p>', []],
  ])('finds what is inline in %s', (html, found) => {
    expect(inlineParts(html)).toEqual(found);
  });
});

describe('the real window', () => {
  it('is at most 250 kB gzipped, has nothing inline and no zod', async () => {
    const out = join(folder, 'out');
    const { files, inputs } = await bundleWindow(out);
    expect(inputs).toContain(join(root, 'renderer/index.html'));
    expect(inlineParts(await readFile(join(out, 'index.html'), 'utf8'))).toEqual([]);
    const texts = await Promise.all(
      files.filter((name) => /\.(js|css)$/.test(name)).map((name) => readFile(join(out, name), 'utf8')),
    );
    const gzipped = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(gzipped).toBeGreaterThan(1_000);
    expect(gzipped).toBeLessThanOrEqual(250_000);
    for (const text of texts) expect(text).not.toMatch(/ZodError|\b_zod\b/);
    expect((await readdir(out)).sort()).toEqual(['assets', 'index.html']);
  });
});
