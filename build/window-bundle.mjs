/**
 * How the window is bundled: renderer/ into one folder of static files that is served as it is, on the desktop and in
 * a browser tab, under a policy that allows nothing inline.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, rememberInputs } from './bundles.mjs';
import { root } from './lib.mjs';

/** Electron brings its own; in a tab it is whatever the person has, a year or two old. */
const browsers = ['chrome120', 'firefox128', 'safari17.4'];

/**
 * Throws when the page has a script or a style of its own text.
 * @param {string} outDir
 * @param {string} [page] its index.html, as an absolute path
 * @returns {Promise<import('./bundles.mjs').Bundle>}
 */
export async function bundleWindow(outDir, page = join(root, 'renderer/index.html')) {
  const { build } = await import('vite');
  const { inputs, plugin } = rememberInputs();
  const surroundings = process.env['NODE_ENV'];
  // Started by a test runner it would otherwise become React's slow edition for developers.
  process.env['NODE_ENV'] = 'production';
  try {
    const result = await build({
      root: join(page, '..'),
      base: './',
      configFile: false,
      envDir: false,
      publicDir: false,
      mode: 'production',
      logLevel: 'warn',
      plugins: [plugin],
      oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
      build: {
        outDir,
        emptyOutDir: false,
        target: browsers,
        sourcemap: false,
        reportCompressedSize: false,
        chunkSizeWarningLimit: 2_000,
        modulePreload: { polyfill: false },
        // As data in the text they would be refused by the policy (fonts) or sent with every page (pictures).
        assetsInlineLimit: 0,
        rolldownOptions: { input: page },
      },
    });
    const inline = inlineParts(readFileSync(join(outDir, 'index.html'), 'utf8'));
    if (inline.length > 0) throw new Error(`The window's page must have nothing inline, and has ${inline.join(', ')}.`);
    // What only a style sheet names is no module.
    const beside = readdirSync(join(page, '..'), { recursive: true, withFileTypes: true });
    for (const one of beside) if (one.isFile()) inputs.add(join(one.parentPath, one.name));
    return { files: filesOf(result), inputs: [...inputs] };
  } finally {
    if (surroundings === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = surroundings;
  }
}

/**
 * What the window's policy would refuse in a page: scripts and styles of its own text, handlers in attributes.
 * @param {string} html
 * @returns {string[]}
 */
export function inlineParts(html) {
  const found = [...html.matchAll(/<(script|style)\b([^>]*)>|<[a-z][^>]*?\s(on[a-z]+|style)\s*=/gi)];
  return found.flatMap(([, element, attributes, attribute]) => {
    if (element?.toLowerCase() === 'script' && /\ssrc\s*=/i.test(attributes ?? '')) return [];
    return [element === undefined ? `${attribute}=` : `<${element}>`];
  });
}
