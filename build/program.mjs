/** What `npm start`, `npm run demo` and `npm run bench` have in common: from a fresh clone to a running program. */
import { join } from 'node:path';
import { upToDate } from './build.mjs';
import { install } from './install.mjs';
import { root, run } from './lib.mjs';
import { linkCommands } from './link-commands.mjs';

/**
 * Installs and builds what is missing, then runs the program in this terminal with our arguments. Its exit code is ours.
 * @param {'headless' | 'demo' | 'bench'} name
 */
export async function runProgram(name) {
  install();
  linkCommands();
  // In a process of its own: the bundler's memory would stay with us as long as the program runs.
  const built = upToDate() ? 0 : await run(process.execPath, [join(root, 'build/build.mjs')]);
  const program = [join(root, 'dist', `${name}.mjs`), ...process.argv.slice(2)];
  process.exitCode = built === 0 ? await run(process.execPath, program) : built;
}
