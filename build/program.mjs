/** What `npm start`, `npm run demo` and `npm run bench` have in common: from a fresh clone to a running program. */
import { join } from 'node:path';
import { upToDate } from './build.mjs';
import { install } from './install.mjs';
import { root, run } from './lib.mjs';
import { linkCommands } from './link-commands.mjs';

/**
 * Installs and builds what is missing, then runs the program in this terminal with our arguments. Its exit code is ours.
 * @param {'demo' | 'bench'} name
 */
export async function runProgram(name) {
  const built = await prepare();
  process.exitCode = built === 0 ? await runBuilt(name, process.argv.slice(2)) : built;
}

/** Installs and builds what is missing. @returns {Promise<number>} the build's exit code */
export async function prepare() {
  install();
  linkCommands();
  // In a process of its own: the bundler's memory would stay with us as long as the program runs.
  return upToDate() ? 0 : run(process.execPath, [join(root, 'build/build.mjs')]);
}

/**
 * @param {'headless' | 'demo' | 'bench' | 'window-bench'} name
 * @param {readonly string[]} words
 * @returns {Promise<number>} its exit code
 */
export function runBuilt(name, words) {
  return run(process.execPath, [join(root, 'dist', `${name}.mjs`), ...words]);
}
