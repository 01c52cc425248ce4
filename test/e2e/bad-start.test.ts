/**
 * What can be wrong before Conexor runs: port, key file, vault, data folder. Each is said plainly and ends as documented,
 * and no file that was there before is changed by it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { openTerminal, type Said, type Terminal, until } from './terminal.ts';

describe('a bad start', () => {
  let terminal: Terminal;
  beforeEach(async () => {
    terminal = await openTerminal();
  });
  afterEach(() => terminal.stop());
  const vaultPath = () => join(terminal.dataDir, 'vault.jwe');
  const start = (...words: string[]) => terminal.run('start', '--port', '0', ...words);

  /** A vault with a sign-in in it, at rest. */
  async function filledVault(): Promise<PracticeService> {
    const practice = await startPractice();
    await start('--vault-key-file', terminal.keyFile);
    await terminal.connect({ allow: true, account: 'acme' }, practice.resource, '--service', 'practice');
    await stop();
    return practice;
  }
  async function stop(): Promise<void> {
    await terminal.run('stop');
    await until(() => terminal.brokers().length === 0);
  }

  it('a port that is taken: another one, and it says so', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const said = await terminal.run('start', '--memory', '--port', String(port));
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining(`Port ${port} is used by another program`) });
    expect((await terminal.json('start')).value).toMatchObject({ wantedPort: port });
    expect((await terminal.run('doctor')).stdout).toMatch(
      new RegExp(`^note {2}Local address: port ${port} is used`, 'm'),
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('a key file that is missing or holds no key', async () => {
    const missing = join(terminal.dataDir, '..', 'no-key');
    expectBroken(await start('--vault-key-file', missing), /no-key cannot be used/);
    await writeFile(missing, 'short', { mode: 0o600 });
    expectBroken(await start('--vault-key-file', missing), /no-key cannot be used.*32 bytes/s);
    expect(existsSync(vaultPath())).toBe(false);
    expect(terminal.brokers()).toEqual([]);
  });

  it('a key file that is another one, or none at all: the vault is left as it is', async () => {
    const practice = await filledVault();
    const before = await readFile(vaultPath());
    const other = `${terminal.keyFile}-other`;
    await writeFile(other, randomBytes(32).toString('hex'), { mode: 0o600 });
    expectBroken(await start('--vault-key-file', other), /sealed with another key/);
    expectBroken(await start(), /sealed with another key/);
    expect(await readFile(vaultPath())).toEqual(before);
    await start('--vault-key-file', terminal.keyFile);
    expect(await terminal.accounts()).toEqual(['ana.torres@acme.example (acme)']);
    await practice.stop();
  });

  it('a damaged vault is set aside byte for byte, said openly, and a new one begun', async () => {
    const practice = await filledVault();
    const damaged = await readFile(vaultPath());
    const at = damaged.length - 40;
    damaged[at] = damaged[at] === 65 ? 66 : 65;
    await writeFile(vaultPath(), damaged);
    expect((await start('--vault-key-file', terminal.keyFile)).code).toBe(0);
    const list = await terminal.run('list');
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/set aside/) });
    const [aside = ''] = (await readdir(terminal.dataDir)).filter((name) => name.startsWith('vault.damaged-'));
    expect(list.stdout).toContain(aside);
    expect(await readFile(join(terminal.dataDir, aside))).toEqual(damaged);
    expect((await terminal.run('doctor')).stdout).toContain(aside);
    await practice.stop();
  });

  it('a vault from a newer version is refused and not touched', async () => {
    const practice = await filledVault();
    const sealed = await readFile(vaultPath(), 'utf8');
    const [head = '', ...rest] = sealed.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { format: number };
    const newer = [Buffer.from(JSON.stringify({ ...header, format: 99 })).toString('base64url'), ...rest].join('.');
    await writeFile(vaultPath(), newer);
    expectBroken(await start('--vault-key-file', terminal.keyFile), /newer Conexor.*Update Conexor/s);
    expect(await readFile(vaultPath(), 'utf8')).toBe(newer);
    expect(await readdir(terminal.dataDir)).not.toContainEqual(expect.stringContaining('damaged'));
    await writeFile(vaultPath(), sealed);
    await start('--vault-key-file', terminal.keyFile);
    expect(await terminal.accounts()).toHaveLength(1);
    await practice.stop();
  });

  it('a data folder that is a file, and one whose path is too long', async () => {
    const file = join(terminal.dataDir, '..', 'file');
    await copyFile(terminal.keyFile, file);
    expectBroken(await terminal.run('list', '--data', file), /cannot use its folder/);
    const long = await terminal.run('list', '--data', join(terminal.dataDir, 'x'.repeat(120)));
    expectBroken(long, /cannot use its folder.*too long/s);
    expect(await terminal.run('doctor', '--data', file)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/BAD {3}Data folder: .*cannot be written/),
    });
  });

  it.skipIf(process.getuid?.() === 0)('a data folder that cannot be written', async () => {
    await terminal.run('start', '--memory', '--port', '0');
    await stop();
    await chmod(terminal.dataDir, 0o500);
    expectBroken(await start('--memory'), /cannot use its folder/);
    await chmod(terminal.dataDir, 0o700);
  });

  function expectBroken(said: Said, words: RegExp): void {
    expect(said.stderr).toMatch(words);
    expect(said).toMatchObject({ code: 1, stdout: '' });
  }
});
