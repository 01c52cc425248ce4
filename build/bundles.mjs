/**
 * How the programs are bundled (Vite 8, which is Rolldown): ES modules with their dependencies inside, because a bundle
 * starts several times faster than a tree of packages; relay and preload script as one CommonJS file each. The window
 * is in window-bundle.mjs.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { root } from './lib.mjs';

/** Stays outside: native code that finds its own binary, the host, and the driver of browsers that only a benchmark uses. */
const external = ['@napi-rs/keyring', 'electron', '@playwright/test'];

/**
 * @typedef {object} Bundle
 * @property {string[]} files names inside `outDir`
 * @property {string[]} inputs absolute paths of every module of ours that went in
 */

/**
 * Shared code lands in chunks beside the entries, so `import.meta.url` means the same folder everywhere; a dynamic
 * import stays a chunk of its own and is read when it is reached.
 * @param {Readonly<Record<string, string>>} entries name of the program → path in the repository
 * @param {string} outDir
 * @returns {Promise<Bundle>}
 */
export function bundlePrograms(entries, outDir) {
  return bundle(entries, outDir, {
    format: 'es',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // Names stay, so that a stack trace in a log can be read.
    // Lines stay too: Node prints the whole line of an error that nobody caught.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    banner: (chunk) => (chunk.name === 'cli' && chunk.isEntry ? '#!/usr/bin/env node' : ''),
  });
}

/**
 * Throws when the bundle asks for anything but Node itself: an MCP client starts this file from wherever it lies.
 * @param {string} entry
 * @param {string} outDir
 * @returns {Promise<Bundle>}
 */
export function bundleRelay(entry, outDir) {
  return oneFile('relay', entry, outDir, isBuiltin, '#!/usr/bin/env node');
}

/**
 * Throws when the bundle asks for anything but Electron: a sandboxed preload script can load nothing else.
 * @param {string} entry
 * @param {string} outDir
 * @returns {Promise<Bundle>}
 */
export function bundlePreload(entry, outDir) {
  return oneFile('preload', entry, outDir, (specifier) => specifier === 'electron', '');
}

/**
 * @param {string} name
 * @param {string} entry
 * @param {string} outDir
 * @param {(specifier: string) => boolean} mayLoad
 * @param {string} banner
 */
async function oneFile(name, entry, outDir, mayLoad, banner) {
  const made = await bundle({ [name]: entry }, outDir, {
    format: 'cjs',
    entryFileNames: `${name}.cjs`,
    codeSplitting: false,
    minify: true,
    banner,
  });
  const foreign = requires(readFileSync(join(outDir, `${name}.cjs`), 'utf8')).filter((one) => !mayLoad(one));
  if (foreign.length > 0) throw new Error(`${name}.cjs must not load ${foreign.join(', ')}.`);
  if (made.files.length !== 1) throw new Error(`${name}.cjs must be one file, and became ${made.files.join(', ')}.`);
  return made;
}

/**
 * What a CommonJS text loads. A specifier that is not a plain string counts too, in parentheses.
 * @param {string} code
 * @returns {string[]}
 */
export function requires(code) {
  const found = [...code.matchAll(/\b(?:require|import)\(\s*(?:(["'`])(.*?)\1|([^)]*))/g)].map(
    ([, , literal, other]) => literal ?? `(${other})`,
  );
  return [...new Set(found)];
}

/**
 * @param {Readonly<Record<string, string>>} entries
 * @param {string} outDir
 * @param {import('vite').Rolldown.OutputOptions} output
 * @returns {Promise<Bundle>}
 */
async function bundle(entries, outDir, output) {
  const { build } = await import('vite');
  const { inputs, plugin } = rememberInputs();
  const result = await build({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [plugin],
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node20.19',
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: { input: { ...entries }, output, external },
    },
  });
  return { files: filesOf(result), inputs: [...inputs] };
}

/** The modules of ours that go into a bundle. */
export function rememberInputs() {
  /** @type {Set<string>} */
  const inputs = new Set();
  /** @type {import('vite').Plugin} */
  const plugin = {
    name: 'remember-inputs',
    buildEnd() {
      for (const id of this.getModuleIds()) {
        const path = id.replace(/\?.*$/, '');
        if (path.startsWith(join(root, '/')) && !path.includes('node_modules')) inputs.add(path);
      }
    },
  };
  return { inputs, plugin };
}

/**
 * @param {Awaited<ReturnType<typeof import('vite').build>>} result
 * @returns {string[]}
 */
export function filesOf(result) {
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.flatMap((one) => ('output' in one ? one.output.map((file) => file.fileName) : []));
}
