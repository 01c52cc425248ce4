/** What is checked without running the program: types of both projects, format and lint, files and exports in use. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib.mjs';

/** Each tool as the script npm would have linked, so that no shell and no .cmd file is between. */
export const tools = {
  tsc: 'node_modules/typescript/bin/tsc',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** @type {readonly { name: string, tool: keyof typeof tools, args: readonly string[] }[]} */
export const checks = [
  { name: 'types, Node', tool: 'tsc', args: ['-p', 'tsconfig.node.json'] },
  { name: 'types, window', tool: 'tsc', args: ['-p', 'tsconfig.web.json'] },
  { name: 'format and lint', tool: 'biome', args: ['ci', '--error-on-warnings', '--colors=off'] },
  { name: 'unused files and exports', tool: 'knip', args: ['--no-progress'] },
];

/**
 * @param {(typeof checks)[number]} check
 * @returns {string | undefined} what it found; undefined when all is well
 */
export function problems({ tool, args }) {
  const result = spawnSync(process.execPath, [join(root, tools[tool]), ...args], { cwd: root, encoding: 'utf8' });
  if (result.status === 0) return undefined;
  return (
    `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() || `${tool} ended with ${result.status ?? result.signal}`
  );
}
