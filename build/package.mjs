/**
 * `npm run package`: Conexor for this system, into dist/packages/. Words behind `--` are electron-builder's targets
 * (`npm run package -- deb`; `dir` for an unpacked folder). Electron's binary is downloaded by electron-builder.
 */
import { join } from 'node:path';
import { install } from './install.mjs';
import { root, run, say } from './lib.mjs';
import { configuration, stage } from './packaging.mjs';

install();
const built = await run(process.execPath, [join(root, 'build/build.mjs')]);
if (built !== 0) process.exit(built);

const { build, Platform } = await import('electron-builder');
const output = join(root, 'dist/packages');
const { folder, remove } = stage();
try {
  const files = await build({
    projectDir: folder,
    targets: Platform.current().createTarget(process.argv.slice(2)),
    config: configuration({ output }),
    publish: 'never',
  });
  say(['Packaged:', ...(files.length > 0 ? files : [output])].join('\n  '));
} catch (error) {
  say(`electron-builder could not package it: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  remove();
}
