import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { type BundledProgram, bundleProgram } from '../../fakes/bundle.ts';

describe('a vault whose process ends in the middle', () => {
  let folder: string;
  let keyFile: string;
  let program: BundledProgram;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-crash-'));
    keyFile = join(folder, 'key');
    await writeFile(keyFile, randomBytes(32).toString('hex'));
    program = await bundleProgram(new URL('./write-on-and-on.ts', import.meta.url));
  });
  afterAll(async () => {
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (dataDir: string) =>
    openVault({ dataDir, keySource: { kind: 'key-file', path: keyFile }, now: Date.now, log: () => {} });

  /** Each line as it comes; resolves when the process has ended. */
  async function follow(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    if (child.stdout) createInterface(child.stdout).on('line', onLine);
    await ended;
  }

  it('P-64 kill -9 among many writes never leaves an unreadable file, nor loses a write that was confirmed', async () => {
    const dataDir = join(folder, 'killed');
    let confirmed = 0;
    for (let round = 1; round <= 7; round += 1) {
      const child = spawn(process.execPath, [program.path, dataDir, keyFile, '200000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // Another moment of the write each time: after the line is printed the next write is already under way.
      let lines = 0;
      await follow(child, (line) => {
        lines += 1;
        confirmed = Number(line);
        if (lines === round) setTimeout(() => child.kill('SIGKILL'), round / 2);
      });
      expect(child.signalCode).toBe('SIGKILL');
      const vault = await open(dataDir);
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'key-file' });
      expect(vault.get('grant', 'g')?.obtainedAtMs).toBeGreaterThanOrEqual(confirmed);
      await vault.close();
    }
    expect(confirmed).toBeGreaterThan(7);
    expect((await readdir(dataDir)).filter((name) => name.endsWith('.jwe'))).toEqual(['vault.jwe']);
  });

  it.skipIf(process.platform === 'win32')(
    'P-64 a disk that fills up in the middle of a write loses nothing',
    async () => {
      const dataDir = join(folder, 'full');
      const before = await open(dataDir);
      await before.write([{ kind: 'refreshJournal', key: 'j', record: { refreshTokenDigest: 'd', startedAtMs: 7 } }]);
      await before.close();
      // No file may grow beyond 8 blocks: the system writes that much and then no more, as a full disk does.
      const limited = [
        '-c',
        'ulimit -f 8; exec "$@"',
        'sh',
        process.execPath,
        program.path,
        dataDir,
        keyFile,
        '200000',
      ];
      const lines: string[] = [];
      await follow(spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] }), (line) => lines.push(line));
      expect(lines).toEqual([JSON.stringify({ fault: 'file-not-writable', still: 0 })]);
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
      expect((await open(dataDir)).get('refreshJournal', 'j')).toEqual({ refreshTokenDigest: 'd', startedAtMs: 7 });
    },
  );
});
