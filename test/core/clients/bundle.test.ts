import { chmodSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateManifest } from '@anthropic-ai/mcpb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleBytes, bundleManifest, writeBundle } from '../../../electron/core/clients/bundle.ts';
import { LineHost } from '../../fakes/line-host.ts';
import { buildRelay, startRelay } from '../../fakes/relay.ts';
import { installBundle, readArchive } from '../../fakes/unpacked-bundle.ts';

const icon = await readFile(new URL('../../../build/icons/app/512x512.png', import.meta.url));
const parts = { relay: Buffer.from('// the relay\n'), icon, version: '0.1.0' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-bundle-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe('the bundle for Claude Desktop', () => {
  it('is taken by the official schema, icon and all, and asks the person for nothing', async () => {
    const said: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
    const { manifest, command, args, env } = await installBundle(await bundleBytes(parts), folder);
    expect(validateManifest(join(folder, 'manifest.json')), said.join('\n')).toBe(true);
    expect(said.join('\n')).not.toContain('ERROR');
    expect(manifest).toMatchObject({
      manifest_version: '0.3',
      name: 'conexor',
      version: '0.1.0',
      tools_generated: true,
    });
    expect(manifest).not.toHaveProperty('user_config');
    expect([command, ...args]).toEqual([
      'node',
      join(folder, 'server/relay.cjs'),
      '--client',
      'claude-desktop',
      '--connection',
      '_all',
    ]);
    expect(env).toEqual({});
  });

  it('says where our folder is only where it has to', () => {
    const argsOf = (dataDir?: string) => bundleManifest({ version: '1.0.0', dataDir }).server.mcp_config.args;
    expect(argsOf()).not.toContain('--data');
    expect(argsOf('/data of ñ').slice(1, 3)).toEqual(['--data', '/data of ñ']);
  });

  it('is an archive that the strictest reader takes: three files, stored, no descriptors, nothing behind', async () => {
    const archive = await bundleBytes(parts);
    const entries = await readArchive(archive);
    expect(entries.map(({ name, mode }) => [name, mode.toString(8)])).toEqual([
      ['manifest.json', '100644'],
      ['icon.png', '100644'],
      ['server/relay.cjs', '100644'],
    ]);
    expect(entries[1]?.bytes.equals(icon)).toBe(true);
    expect(entries[2]?.bytes.equals(parts.relay)).toBe(true);
    // Width and height, big-endian, in the first chunk of a PNG.
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
  });

  it('T the reader that this is shown by refuses a signature, a comment, and headers that do not agree', async () => {
    const archive = await bundleBytes(parts);
    await expect(readArchive(Buffer.concat([archive, Buffer.alloc(2264, 1)]))).rejects.toThrow('behind the archive');
    const commented = Buffer.from(archive);
    commented.writeUInt16LE(9, archive.length - 2);
    await expect(readArchive(commented)).rejects.toThrow('comment');
    const torn = Buffer.from(archive);
    torn.writeUInt32LE(7, 14);
    await expect(readArchive(torn)).rejects.toThrow('two crc32');
  });

  it('is the same bytes from the same parts, at another time and in another part of the world', async () => {
    const first = await bundleBytes(parts);
    vi.stubEnv('TZ', 'Asia/Kathmandu');
    expect(new Date(2000, 0, 1).getTimezoneOffset()).not.toBe(0);
    expect((await bundleBytes(parts)).equals(first)).toBe(true);
    vi.stubEnv('TZ', 'America/Caracas');
    expect((await bundleBytes(parts)).equals(first)).toBe(true);
    expect((await bundleBytes({ ...parts, version: '0.2.0' })).equals(first)).toBe(false);
  });

  it('lies in our folder for this user alone, and is written again only where it differs', async () => {
    const source = { relay: join(folder, 'relay.cjs'), icon: join(folder, 'icon.png'), version: '0.1.0' };
    await writeFile(source.relay, parts.relay);
    await writeFile(source.icon, icon);
    const write = (isFoundWithoutUs = true) => writeBundle({ ...source, dataDir: folder, isFoundWithoutUs });
    const path = await write();
    expect(path).toBe(join(folder, 'bundles/Conexor.mcpb'));
    expect((await stat(join(folder, 'bundles'))).mode & 0o777).toBe(0o700);
    const first = await stat(path);
    await write();
    expect((await stat(path)).ino).toBe(first.ino);
    await write(false);
    expect((await readFile(path)).includes(`"--data",\n`)).toBe(true);
    await rm(source.icon);
    await expect(write()).rejects.toMatchObject({ code: 'file-not-writable' });
    expect(await readArchive(await readFile(path))).toHaveLength(3);
  });
});

describe('what is in it', () => {
  it('runs from where it was unpacked, says who it is and for what, and starts nothing inside of Electron', async () => {
    const built = await buildRelay();
    try {
      const relay = await readFile(built.path);
      const { args } = await installBundle(await bundleBytes({ ...parts, relay, dataDir: folder }), folder);
      const [program = '', ...words] = args;
      // As in Claude: another program's Electron, here by what it says of itself.
      const electron = join(folder, 'electron.cjs');
      await writeFile(
        electron,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '33.0.0' } });
Object.defineProperty(process, 'execPath', { value: ${JSON.stringify(join(folder, 'Claude Helper'))} });\n`,
      );
      await writeFile(
        join(folder, 'server/headless.mjs'),
        `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(folder, 'started'))}, '');\n`,
      );
      const absent = startRelay('--require', [electron, program, ...words], folder);
      const { error } = await absent.host.ask('initialize', {});
      expect(error?.message).toBe("Conexor isn't running. Open it, then try again.");
      absent.host.end();
      expect((await absent.ended).stderr).toBe("Conexor isn't running. Open it, then try again.\n");
      await expect(stat(join(folder, 'started'))).rejects.toThrow();

      const sockets: Socket[] = [];
      const socketPath = join(folder, 'broker.sock');
      const came = new Promise<LineHost>((resolve) => {
        createServer((socket) => {
          sockets.push(socket);
          resolve(new LineHost(socket, socket));
        }).listen(socketPath, () => chmodSync(socketPath, 0o600));
      });
      const present = startRelay('--require', [electron, program, ...words], folder);
      const broker = await came;
      const hello = await broker.wait((one) => 'conexor' in one);
      expect(hello).toMatchObject({ conexor: 1, door: 'mcp', client: 'claude-desktop', connection: '_all' });
      present.host.end();
      for (const socket of sockets) socket.end();
      expect((await present.ended).code).toBe(0);
    } finally {
      await built.remove();
    }
  });
});
