import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { fileReporter } from './build/file-reporter.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const inBrowser = 'test/e2e/window/**/*.test.ts';
const onDesktop = 'test/e2e/desktop/**/*.test.ts';
/** The keychain's library knows one session bus for each process, for good. */
const onKeychain = ['test/core/vault/*{keychain,keyring}*.test.ts', 'test/node-platform.test.ts'];

const report = process.env['CONEXOR_TEST_REPORT'];

export default defineConfig({
  // The core runs under plain Node: whoever imports electron from it meets a module that throws.
  resolve: { alias: { electron: here('./test/fakes/no-electron.ts') } },
  test: {
    reporters: ['default', ...(report === undefined ? [] : [fileReporter(report)])],
    pool: 'forks',
    // Most tests wait for other programs: on two cores, one at a time leaves half of the machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Only a failure takes this long: a machine that others use too may be three times as slow as it is by itself.
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 90_000,
    // A browser that draws takes whole cores, and a desktop with its panel, bus and keychain is many programs: each has
    // its turn; the others, of which some are about how long a person waits, come after.
    projects: [
      {
        extends: true,
        test: {
          name: 'window',
          isolate: false,
          include: [inBrowser],
          globalSetup: here('./test/e2e/window/built-window.ts'),
          setupFiles: here('./test/e2e/window/fresh-scenes.ts'),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'desktop', include: [onDesktop], maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      { extends: true, test: { name: 'keychain', include: onKeychain, sequence: { groupOrder: 3 } } },
      {
        extends: true,
        test: {
          name: 'broker',
          // Loading the same modules for each file anew took as long as the tests.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, inBrowser, onDesktop, ...onKeychain],
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
