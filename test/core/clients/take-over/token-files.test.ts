import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  deleteTokenFiles,
  type TokenFiles,
  tokenFilesBelow,
} from '../../../../electron/core/clients/take-over/token-files.ts';
import { writeRemoteFiles } from '../../../fakes/mcp-remote-files.ts';

const name = '3eebda462bf7d2c9788b1c4919d30ca3';
const tokens = { access_token: 'acc_1', token_type: 'Bearer', expires_in: 3600, refresh_token: 'ref_1' };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cx-auth-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const only = async (): Promise<TokenFiles> => {
  const [first, ...more] = await tokenFilesBelow([root]);
  if (!first || more.length > 0) throw new Error(`${more.length + 1} of them`);
  return first;
};

describe('what mcp-remote has left', () => {
  it.each(['', 'mcp-remote-0.0.22', 'mcp-remote-0.1.37', 'mcp-remote-v1'])('is found in "%s"', async (folder) => {
    await writeRemoteFiles(join(root, folder), { address: 'http://127.0.0.1:36139/mcp', tokens });
    const found = await only();
    expect(found).toMatchObject({ name, folder: join(root, folder) });
    expect(found.tokens?.accessToken?.open()).toBe('acc_1');
    expect(found.tokens?.refreshToken?.open()).toBe('ref_1');
    expect(found.tokens?.accessUntilMs).toBeGreaterThan(Date.now());
    expect(JSON.stringify(found)).not.toMatch(/acc_1|ref_1/);
  });

  it('is one for each sign-in of each folder, whatever files it has', async () => {
    for (const folder of ['mcp-remote-0.1.37', 'mcp-remote-v1']) {
      await write(`${folder}/${name}_client_info.json`, '{"client_id":"c","client_secret":"sec_1"}');
      await write(`${folder}/${name}_code_verifier.txt`, 'v');
      await write(`${folder}/${'0'.repeat(32)}_debug.log`, 'acc_2');
    }
    const found = await tokenFilesBelow([root, root, join(root, 'none')]);
    expect(found).toHaveLength(4);
    expect(new Set(found.map(({ id }) => id)).size).toBe(4);
    expect(found[0]?.client?.clientSecret?.open()).toBe(found[0]?.name === name ? 'sec_1' : undefined);
  });

  it('is read as nothing where it is broken, huge or something else', async () => {
    await write(`mcp-remote-v1/${name}_tokens.json`, '{"access_token":');
    await write(`mcp-remote-v1/${'1'.repeat(32)}_tokens.json`, `{"access_token":"${'x'.repeat(300_000)}"}`);
    await write(`mcp-remote-v1/${'2'.repeat(32)}_tokens.json`, '[1]');
    await write(`mcp-remote-v1/${'3'.repeat(32)}_tokens.json`, '{"access_token":5,"expires_at":"soon"}');
    await mkdir(join(root, `mcp-remote-v1/${'4'.repeat(32)}_tokens.json`));
    const found = await tokenFilesBelow([root]);
    expect(found).toHaveLength(4);
    for (const { tokens: read } of found) expect(read?.accessToken).toBeUndefined();
  });

  it('is told by who has issued it, and by when it ends', async () => {
    await write(
      `mcp-remote-v1/${name}_tokens.json`,
      JSON.stringify({ ...tokens, expires_at: 1_795_296_711_361, issuer: 'https://as.example' }),
    );
    expect(await only()).toMatchObject({ issuer: 'https://as.example', tokens: { accessUntilMs: 1_795_296_711_361 } });
  });
});

describe('a sign-in that somebody is at work on', () => {
  it('is told by the process that says so, as long as it is there', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      await write(`mcp-remote-0.1.37/${name}_lock.json`, JSON.stringify({ pid: child.pid, port: 7560, timestamp: 1 }));
      expect((await only()).heldBy).toBe(child.pid);
    } finally {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    expect((await only()).heldBy).toBeUndefined();
    await write(`mcp-remote-0.1.37/${name}_lock.json`, '{"pid":"1"}');
    expect((await only()).heldBy).toBeUndefined();
  });
});

describe('deleting', () => {
  it('takes all files of one sign-in, and the folder with the last of them', async () => {
    await writeRemoteFiles(join(root, 'mcp-remote-v1'), { address: 'http://127.0.0.1:36139/mcp', tokens });
    await write(`mcp-remote-v1/${name}_code_verifier_a-b.txt`, 'v');
    await write(`mcp-remote-v1/${name}_discovery_state_a-b.json`, '{}');
    await write(`mcp-remote-v1/${name}_debug.log`, 'acc_1');
    await write(`mcp-remote-v1/${name}_tokens.json.12.34.tmp`, '{}');
    await deleteTokenFiles(await only());
    expect(await readdir(root)).toEqual([]);
  });

  it('leaves what is called otherwise, what belongs to another sign-in, and the root', async () => {
    await write(`${name}_tokens.json`, JSON.stringify(tokens));
    await write(`mcp-remote-v1/${name}_tokens.json`, JSON.stringify(tokens));
    await write(`mcp-remote-v1/${'0'.repeat(32)}_tokens.json`, JSON.stringify(tokens));
    await write(`mcp-remote-v1/${name}_notes.json`, 'mine');
    await write('mcp-remote-v1/tokens.json', 'mine');
    await write('mcp-remote-notes.txt', 'mine');
    await write(`mine/${name}_tokens.json`, 'mine');
    for (const one of await tokenFilesBelow([root])) if (one.name === name) await deleteTokenFiles(one);
    expect((await readdir(root, { recursive: true })).sort()).toEqual(
      [
        'mcp-remote-notes.txt',
        'mcp-remote-v1',
        `mcp-remote-v1/${'0'.repeat(32)}_tokens.json`,
        `mcp-remote-v1/${name}_notes.json`,
        'mcp-remote-v1/tokens.json',
        'mine',
        `mine/${name}_tokens.json`,
      ].sort(),
    );
  });

  it('follows no link, neither of a file nor of a folder', async () => {
    await write('elsewhere/mine.json', JSON.stringify(tokens));
    await write(`else/${name}_tokens.json`, JSON.stringify(tokens));
    await write(`mcp-remote-v1/${name}_client_info.json`, '{"client_id":"c"}');
    await symlink(join(root, 'elsewhere', 'mine.json'), join(root, `mcp-remote-v1/${name}_tokens.json`));
    await symlink(join(root, 'else'), join(root, 'mcp-remote-0.1.37'));
    const found = await only();
    expect(found.tokens).toBeUndefined();
    await deleteTokenFiles(found);
    expect(await readFile(join(root, 'elsewhere', 'mine.json'), 'utf8')).toBe(JSON.stringify(tokens));
    expect(await readdir(join(root, 'else'))).toEqual([`${name}_tokens.json`]);
    expect(await readdir(join(root, 'mcp-remote-v1'))).toEqual([`${name}_tokens.json`]);
  });

  it('leaves everything where the tokens were written again meanwhile', async () => {
    await write(`mcp-remote-v1/${name}_tokens.json`, JSON.stringify(tokens));
    const found = await only();
    await write(`mcp-remote-v1/${name}_tokens.json`, JSON.stringify({ ...tokens, refresh_token: 'ref_2' }));
    await expect(deleteTokenFiles(found)).rejects.toMatchObject({
      code: 'input-invalid',
      detail: { thing: 'remote-running' },
    });
    expect(await readdir(join(root, 'mcp-remote-v1'))).toHaveLength(1);
  });

  it('of what is gone already is no trouble', async () => {
    await write(`mcp-remote-v1/${name}_tokens.json`, JSON.stringify(tokens));
    const found = await only();
    await rm(join(root, 'mcp-remote-v1'), { recursive: true });
    await deleteTokenFiles(found);
  });
});
