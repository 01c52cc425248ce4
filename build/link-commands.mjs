/**
 * Makes `npx conexor` and `npx conexor-relay` work inside the repository: npx looks in node_modules/.bin first. On
 * Windows, where a link needs a right of its own, a .cmd file stands in.
 */
import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib.mjs';

const commands = { conexor: 'cli.mjs', 'conexor-relay': 'relay.cjs' };

export function linkCommands() {
  const folder = join(root, 'node_modules/.bin');
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of Object.entries(commands)) {
    if (process.platform === 'win32') {
      writeFileSync(join(folder, `${name}.cmd`), `@node "%~dp0\\..\\..\\dist\\${file}" %*\r\n`);
      continue;
    }
    const path = join(folder, name);
    const target = join('../../dist', file);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === target) continue;
    rmSync(path, { force: true });
    symlinkSync(target, path);
  }
}
