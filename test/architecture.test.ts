/**
 * Who may import whom, import by import in the real tree. The linter says the same while one types (biome.json); that it
 * bites is shown in build/linter.test.ts.
 */
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, root, sources } from './build/imports.ts';
import { mayHave, mayImport, roomOf, rooms } from './build/rooms.ts';

const product = (await Promise.all(['electron', 'shared', 'renderer'].map(sources))).flat();

describe('the real tree', () => {
  it('has every file in a known room', () => {
    const folders = new Set(product.map((path) => (path.startsWith('electron/core/') ? path.split('/')[2] : '')));
    const unknown = [...folders].filter(
      (name) => name !== undefined && name !== '' && !name.endsWith('.ts') && !(`electron/core/${name}/` in rooms),
    );
    expect(unknown).toEqual([]);
    expect(product.filter((path) => /^electron\/[^/]+\/./.test(path) && roomOf(path) === 'electron/')).toEqual([]);
    expect(product.length).toBeGreaterThan(10);
  });

  it('imports only what its rooms allow', async () => {
    const wrong: string[] = [];
    for (const file of product) {
      for (const { specifier, typeOnly } of importsOf(file, await readFile(join(root, file), 'utf8'))) {
        const relativeTo = specifier.startsWith('.')
          ? posix.normalize(posix.join(posix.dirname(file), specifier))
          : undefined;
        const allowed = relativeTo === undefined ? mayHave(file, specifier) : mayImport(file, relativeTo);
        if (allowed === false || (allowed === 'type' && !typeOnly)) wrong.push(`${file} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reads imports in every form', () => {
    const text = `import a from './a.ts';\nimport {\n  b,\n} from './b.ts';\nimport type { C } from './c.ts';\nimport './d.ts';
export * from './e.ts';\nconst f = await import('./f.ts');\ntype G = typeof import('./g.ts');\n// import './no.ts';`;
    const found = importsOf('x.ts', text).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' type' : ''}`);
    expect(found).toEqual(['./a.ts', './b.ts', './c.ts type', './d.ts', './e.ts', './f.ts', './g.ts type']);
  });

  it('times nothing in its tests: a busy machine is no fault, and speed is what `npm run bench` tells', async () => {
    const timed = /\b(?:performance|Date)\.now\(\) - \w+\)+\.toBeLessThan(?:OrEqual)?\(\d/;
    expect('expect(performance.now() - startedMs).toBeLessThan(500)').toMatch(timed);
    const found: string[] = [];
    for (const file of await sources('test')) {
      if (file !== 'test/architecture.test.ts' && timed.test(await readFile(join(root, file), 'utf8')))
        found.push(file);
    }
    expect(found).toEqual([]);
  });

  it('has files of a readable size (a warning, not a failure)', async () => {
    for (const file of [...product, ...(await sources('test')), ...(await sources('build'))]) {
      const lines = (await readFile(join(root, file), 'utf8')).split('\n').length - 1;
      if (lines > 250) process.stderr.write(`More than 250 lines, a signal to split: ${file} (${lines})\n`);
    }
  });
});
