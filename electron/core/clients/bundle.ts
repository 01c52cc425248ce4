/**
 * `Conexor.mcpb`, what Claude Desktop installs by a double click (MCPB manifest 0.3): a relay that only connects, and
 * nothing to fill in. Unsigned: what `mcpb sign` appends makes a strict reader refuse the archive (mcpb#278). Nothing is
 * compressed and no time is told, so that equal parts are equal bytes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { Fault } from '../../../shared/faults.ts';
import { prepareOwnFolder } from '../vault/own-folder.ts';
import { entryWords } from './client-program.ts';
import { reasonOf, renewOwnFile } from './own-file.ts';

export interface BundleParts {
  /** The relay as it was built. */
  readonly relay: Buffer;
  /** PNG, 512 by 512. */
  readonly icon: Buffer;
  /** Of the program, as in package.json. */
  readonly version: string;
  /** Only where a relay would not find it by itself. */
  readonly dataDir?: string | undefined;
}

export interface BundleSource {
  /** Paths of the files. */
  readonly relay: string;
  readonly icon: string;
  readonly version: string;
  /** Where it is written to. */
  readonly dataDir: string;
  readonly isFoundWithoutUs: boolean;
}

const entryPoint = 'server/relay.cjs';

/** The program's own words, which are in English as every field of a manifest. */
export function bundleManifest({ version, dataDir }: Pick<BundleParts, 'version' | 'dataDir'>) {
  // Filled in by whoever installs it.
  const relay = [`\${__dirname}/${entryPoint}`, ...(dataDir === undefined ? [] : ['--data', dataDir])];
  return {
    manifest_version: '0.3',
    name: 'conexor',
    display_name: 'Conexor',
    version,
    description: 'Lets Claude use the services that you signed in to with Conexor.',
    long_description:
      'Connects Claude to Conexor on this computer. Conexor keeps your sign-ins; this extension holds none of them and talks to nobody else. Conexor has to be running.',
    author: { name: 'Conexor Desktop' },
    icon: 'icon.png',
    server: {
      type: 'node',
      entry_point: entryPoint,
      mcp_config: { command: 'node', args: entryWords('claude-desktop', relay), env: {} },
    },
    // Which tools there are depends on what the person has connected.
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: '>=20.0.0' } },
  };
}

/** The archive. Its entries need no data descriptor, for their sizes are known when they begin. */
export async function bundleBytes(parts: BundleParts): Promise<Buffer> {
  const manifest = Buffer.from(`${JSON.stringify(bundleManifest(parts), undefined, 2)}\n`);
  const archive = new ZipFile();
  // Any moment; archives tell the local time, so it is said in that.
  const options = { mtime: new Date(2000, 0, 1), mode: 0o100644, compress: false, forceDosTimestamp: true };
  archive.addBuffer(manifest, 'manifest.json', options);
  archive.addBuffer(parts.icon, 'icon.png', options);
  archive.addBuffer(parts.relay, entryPoint, options);
  archive.end();
  return buffer(archive.outputStream);
}

/** Writes it anew where it differs, and gives its path. Throws `file-not-writable`, `data-folder-unusable`. */
export async function writeBundle({ dataDir, isFoundWithoutUs, ...source }: BundleSource): Promise<string> {
  const folder = join(dataDir, 'bundles');
  await prepareOwnFolder(folder);
  const path = join(folder, 'Conexor.mcpb');
  try {
    const [relay, icon] = await Promise.all([readFile(source.relay), readFile(source.icon)]);
    const own = isFoundWithoutUs ? undefined : dataDir;
    await renewOwnFile(path, await bundleBytes({ relay, icon, version: source.version, dataDir: own }));
  } catch (cause) {
    throw new Fault('file-not-writable', { subject: path, reason: reasonOf(cause), cause });
  }
  return path;
}
