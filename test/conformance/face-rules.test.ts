/** The rules of the face (PRODUCT.md) are sixteen, and each has a test that is named after it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, sources } from '../build/imports.ts';

const files = (await sources('test')).filter((path) => path.endsWith('.test.ts') || path.includes('/e2e/window/'));
const titles = (await Promise.all(files.map((path) => readFile(join(root, path), 'utf8')))).flatMap((text) =>
  [...text.matchAll(/\b(?:it|describe)(?:\.\w+)?(?:\([^'"`\n]*\))?\(\s*['"`]((?:Rule \d+ )+)/g)].map(
    ([, named]) => named ?? '',
  ),
);

describe('each rule of the face has a test of its name', () => {
  it.each(Array.from({ length: 16 }, (_, index) => index + 1))('%i', (rule) => {
    expect(titles.filter((named) => named.includes(`Rule ${rule} `)).length).toBeGreaterThan(0);
  });
});
