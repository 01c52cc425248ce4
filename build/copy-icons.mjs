/** The pictures that the programs need while they run, into dist/icons/: `app.png`, `bundle.png` and `tray/`. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib.mjs';

const source = join(root, 'build/icons');

/**
 * @param {string} outDir gets a folder `icons`
 * @returns {import('./bundles.mjs').Bundle} as if they had been bundled
 */
export function copyIcons(outDir) {
  /** @type {readonly (readonly [from: string, to: string])[]} */
  const pictures = [
    ['app/256x256.png', 'app.png'],
    ['app/512x512.png', 'bundle.png'],
    ...readdirSync(join(source, 'tray')).map((name) => /** @type {const} */ ([`tray/${name}`, `tray/${name}`])),
  ];
  mkdirSync(join(outDir, 'icons/tray'), { recursive: true });
  for (const [from, to] of pictures) cpSync(join(source, from), join(outDir, 'icons', to));
  return {
    files: pictures.map(([, to]) => `icons/${to}`),
    inputs: pictures.map(([from]) => join(source, from)),
  };
}
