/**
 * How the programs are bundled (Vite 8, which is Rolldown): ES modules with their dependencies inside, because a bundle
 * starts several times faster than a tree of packages; the relay alone as one CommonJS file.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { root } from './lib.mjs';

/** Stays outside: native code that finds its own binary, and the host. */
const external = ['@napi-rs/keyring', 'electron'];

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
export async function bundleRelay(entry, outDir) {
  const made = await bundle({ relay: entry }, outDir, {
    format: 'cjs',
    entryFileNames: 'relay.cjs',
    codeSplitting: false,
    minify: true,
    banner: '#!/usr/bin/env node',
  });
  const foreign = foreignRequires(readFileSync(join(outDir, 'relay.cjs'), 'utf8'));
  if (foreign.length > 0)
    throw new Error(`The relay must not need anything but Node, and asks for: ${foreign.join(', ')}.`);
  if (made.files.length !== 1) throw new Error(`The relay must be one file, and became ${made.files.join(', ')}.`);
  return made;
}

/**
 * What a CommonJS text loads that is not part of Node. A specifier that is not a plain string counts too.
 * @param {string} code
 * @returns {string[]}
 */
export function foreignRequires(code) {
  const found = [...code.matchAll(/\b(?:require|import)\(\s*(?:(["'`])(.*?)\1|([^)]*))/g)].map(
    ([, , literal, other]) => literal ?? `(${other})`,
  );
  return [...new Set(found)].filter((specifier) => !isBuiltin(specifier));
}

/**
 * @param {Readonly<Record<string, string>>} entries
 * @param {string} outDir
 * @param {import('vite').Rolldown.OutputOptions} output
 * @returns {Promise<Bundle>}
 */
async function bundle(entries, outDir, output) {
  const { build } = await import('vite');
  /** @type {Set<string>} */
  const inputs = new Set();
  /** @type {import('vite').Plugin} */
  const remember = {
    name: 'remember-inputs',
    buildEnd() {
      for (const id of this.getModuleIds()) {
        if (id.startsWith(root) && !id.includes('node_modules')) inputs.add(id.replace(/\?.*$/, ''));
      }
    },
  };
  const result = await build({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [remember],
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node20.19',
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: { input: { ...entries }, output },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = outputs.flatMap((one) => ('output' in one ? one.output.map((file) => file.fileName) : []));
  return { files, inputs: [...inputs] };
}
