/**
 * One TypeScript program as one file that plain Node runs, for tests that need a process of their own (to kill it, to
 * limit it, to give it another environment). Node 20 runs no TypeScript.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export interface BundledProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/** With everything it imports inside. */
export async function bundleProgram(source: URL): Promise<BundledProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'program-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(source),
      outDir: folder,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  return { path: join(folder, 'program.mjs'), remove: () => rm(folder, { recursive: true, force: true }) };
}
