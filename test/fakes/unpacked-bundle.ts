/** A bundle as Claude Desktop installs it: read by a strict reader, every header looked at, unpacked into a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { getMcpConfigForManifest, v0_3 } from '@anthropic-ai/mcpb';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly date: Date;
}

/** Throws at whatever a strict reader refuses. */
export async function readArchive(archive: Buffer): Promise<readonly ArchiveEntry[]> {
  // The record of the end is the last thing, and says so: a signature behind it is what Claude Desktop refuses.
  const end = archive.length - 22;
  demand(archive.readUInt32LE(end) === 0x06054b50, 'something stands behind the archive');
  demand(archive.readUInt16LE(end + 20) === 0, 'it has a comment');
  const zip: ZipFile = await fromBufferPromise(archive, {
    lazyEntries: true,
    strictFileNames: true,
    validateEntrySizes: true,
  });
  const entries: ArchiveEntry[] = [];
  let at = 0;
  for await (const entry of zip.eachEntry()) {
    at = await checkHeaders(zip, entry, at);
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    const mode = entry.externalFileAttributes >>> 16;
    entries.push({ name: entry.fileName, bytes, mode, date: entry.getLastModDate() });
  }
  demand(archive.readUInt32LE(end + 16) === at, 'there is something between the entries');
  return entries;
}

/** Both headers of an entry agree, and it follows the one before. Gives where it ends. */
async function checkHeaders(zip: ZipFile, entry: Entry, at: number): Promise<number> {
  const local = await zip.readLocalFileHeaderPromise(entry);
  const same = [
    'generalPurposeBitFlag',
    'compressionMethod',
    'crc32',
    'compressedSize',
    'uncompressedSize',
    'lastModFileDate',
    'lastModFileTime',
    'fileNameLength',
    'versionNeededToExtract',
  ] as const;
  for (const field of same) demand(local[field] === entry[field], `${entry.fileName}: two ${field}`);
  demand(local.fileName.toString() === entry.fileName, 'two names');
  // Bit 3: sizes in a descriptor behind the data. Bit 0: encrypted.
  demand((entry.generalPurposeBitFlag & 0b1001) === 0, `${entry.fileName}: a data descriptor`);
  demand(local.extraFieldLength === 0 && entry.extraFieldLength === 0, `${entry.fileName}: extra fields`);
  demand(entry.relativeOffsetOfLocalHeader === at, `${entry.fileName}: a gap before it`);
  return local.fileDataStart + entry.compressedSize;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

export interface InstalledBundle {
  readonly manifest: { readonly name: string; readonly version: string };
  /** Its variables are filled in. */
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/** Into a folder that is there, by the manifest's own schema and the official filling in of variables. */
export async function installBundle(archive: Buffer, folder: string): Promise<InstalledBundle> {
  const entries = await readArchive(archive);
  for (const { name, bytes } of entries) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const text = entries.find(({ name }) => name === 'manifest.json')?.bytes.toString() ?? '';
  const manifest = v0_3.McpbManifestSchema.parse(JSON.parse(text));
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: folder,
    systemDirs: { HOME: '/home', DESKTOP: '/desktop', DOCUMENTS: '/documents', DOWNLOADS: '/downloads' },
    userConfig: {},
    pathSeparator: '/',
  });
  if (!config) throw new Error('the manifest asks the person for something');
  return { manifest, command: config.command, args: config.args ?? [], env: config.env ?? {} };
}
