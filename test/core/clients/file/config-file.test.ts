/** Other programs' files on a real disk: what is refused, what a replaced file keeps, and what is left when it fails. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync, watch } from 'node:fs';
import { chmod, link, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupsOf, keepNewest, removeBackups } from '../../../../electron/core/clients/file/backups.ts';
import { readConfig, replaceConfig } from '../../../../electron/core/clients/file/config-file.ts';
import { parseConfig } from '../../../../electron/core/clients/text/config-text.ts';
import { asFault } from '../../../../shared/faults.ts';

const nowMs = Date.UTC(2026, 2, 1, 12, 30, 59, 999);
const onUnix = it.skipIf(process.platform === 'win32');
const canGrant = spawnSync('setfacl', ['--version']).status === 0;
const attributes = (path: string) =>
  execFileSync('getfacl', ['--omit-header', '--absolute-names', path], { encoding: 'utf8' });

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-config-'));
  path = join(folder, 'config.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const faultOf = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was done');
    },
    (thrown: unknown) => asFault(thrown),
  );

describe('a file that is read', () => {
  it('keeps its bytes, byte order mark and all', async () => {
    const bytes = Buffer.from('\ufeff{\r\n\t"é": "😀"\r\n}', 'utf8');
    await writeFile(path, bytes);
    const file = await readConfig(path);
    expect(Buffer.from(file.text, 'utf8')).toEqual(bytes);
    expect(parseConfig(file.text, path)).toMatchObject({ mark: '\ufeff' });
  });

  it('is refused in one sentence where it cannot be read', async () => {
    await writeFile(join(folder, 'latin'), Buffer.from('{"a":"\xe9"}', 'latin1'));
    await writeFile(join(folder, 'utf16'), Buffer.from('\ufeff{}', 'utf16le'));
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'large'), Buffer.alloc(17 * 1024 * 1024, ' '));
    await symlink(join(folder, 'b'), join(folder, 'a'));
    await symlink(join(folder, 'a'), join(folder, 'b'));
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
    for (const name of ['none', 'latin', 'utf16', 'folder', 'config.json/x']) {
      const fault = await faultOf(readConfig(join(folder, name)));
      expect(fault).toMatchObject({ code: 'input-invalid', detail: { thing: 'config-file' } });
    }
    expect(await faultOf(readConfig(join(folder, 'a')))).toMatchObject({ detail: { thing: 'config-link-circle' } });
    expect(await faultOf(readConfig(join(folder, 'dangling')))).toMatchObject({
      detail: { thing: 'config-link-nowhere' },
    });
    expect(await faultOf(readConfig(join(folder, 'large')))).toMatchObject({
      code: 'too-large',
      detail: { thing: 'config-file-too-large' },
    });
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"mcpServers":{"a":{"url":"x"'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['two values', '{}{}'],
    ['a comma too many', '{"a":1,,"b":2}'],
    ['single quotes', "{'a':1}"],
    ['deep nesting', `{"a":${'['.repeat(100_000)}`],
    ['a line end in a text', '{"a":"x\ny"}'],
  ])('is refused where it holds %s', (_, text) => {
    expect(() => parseConfig(text, path)).toThrow(
      expect.objectContaining({ code: 'input-invalid', detail: expect.objectContaining({ advice: 'config-broken' }) }),
    );
  });
});

describe('a file that is replaced', () => {
  onUnix('keeps mode and links, and a copy that only this user may read lies beside it', async () => {
    const linked = join(folder, 'link.json');
    await writeFile(path, '{"old":1}');
    await chmod(path, 0o664);
    await symlink(path, linked);
    const backup = await replaceConfig(await readConfig(linked), '{"new":1}', nowMs);
    expect(backup).toBe(`${path}.conexor-20260301-123059.bak`);
    expect(await readFile(backup, 'utf8')).toBe('{"old":1}');
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect((await lstat(linked)).isSymbolicLink()).toBe(true);
    expect(await readFile(linked, 'utf8')).toBe('{"new":1}');
    expect((await stat(path)).mode & 0o777).toBe(0o664);
    expect((await readdir(folder)).sort()).toEqual([
      'config.json',
      `config.json.conexor-20260301-123059.bak`,
      'link.json',
    ]);
  });

  it.skipIf(!canGrant)('stays open to whom its access list names, also with a narrower mode', async () => {
    await writeFile(path, '{"old":1}', { mode: 0o600 });
    execFileSync('setfacl', ['--modify', 'user:4711:rw,group:4712:r', path]);
    await chmod(path, 0o640);
    const before = attributes(path);
    expect(before).toContain('user:4711:rw-');
    const backup = await replaceConfig(await readConfig(path), '{"new":1}', nowMs);
    expect(await readFile(path, 'utf8')).toBe('{"new":1}');
    expect(attributes(path)).toBe(before);
    // What a copy holds is for this user alone.
    expect(attributes(backup)).not.toContain('4711');
  });

  it('has as many copies as changes, the newest five, and none when they are deleted', async () => {
    for (let n = 0; n < 7; n++) {
      await writeFile(path, `{"n":${n}}`);
      await replaceConfig(await readConfig(path), '{}', nowMs + Math.floor(n / 2) * 1000);
    }
    await writeFile(`${path}.bak`, 'somebody else’s');
    expect(await backupsOf(path)).toHaveLength(7);
    await keepNewest(path);
    const kept = await backupsOf(path);
    const texts = await Promise.all(kept.map((one) => readFile(one, 'utf8')));
    expect(texts, 'the oldest first, also of one second').toEqual([2, 3, 4, 5, 6].map((n) => `{"n":${n}}`));
    expect(await removeBackups(path)).toEqual(kept);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'config.json.bak']);
  });

  it('shows and loses what a killed change has left, at the next change and when copies are deleted', async () => {
    const stale = `${path}.conexor-0123456789ab.tmp`;
    await writeFile(path, '{"old":1}');
    await writeFile(stale, '{"half"');
    await writeFile(join(folder, '.conexor-x.tmp'), 'somebody else’s');
    expect(await backupsOf(path)).toEqual([stale]);
    const backup = await replaceConfig(await readConfig(path), '{}', nowMs);
    await keepNewest(path);
    expect(await backupsOf(path)).toEqual([backup]);
    await writeFile(stale, '{"half"');
    expect(await removeBackups(path)).toEqual([stale, backup]);
    expect((await readdir(folder)).sort()).toEqual(['.conexor-x.tmp', 'config.json']);
  });

  it.skipIf(process.platform !== 'linux')('lies there for nobody else to read until it is whole', async () => {
    await writeFile(path, '{"old":1}');
    await chmod(path, 0o666);
    const seen: number[] = [];
    const watcher = watch(folder, (_, name) => {
      if (!name?.endsWith('.tmp')) return;
      try {
        const { mode, size } = statSync(join(folder, name));
        if (size < 8_000_000) seen.push(mode & 0o777);
      } catch {
        // In its place already.
      }
    });
    await replaceConfig(await readConfig(path), `{"x":"${'y'.repeat(8_000_000)}"}`, nowMs);
    watcher.close();
    expect(new Set(seen)).toEqual(new Set([0o600]));
    expect((await stat(path)).mode & 0o777).toBe(0o666);
  });

  onUnix('is left as it is where it has a second name, or gets one meanwhile', async () => {
    await writeFile(path, '{"old":1}');
    const file = await readConfig(path);
    await link(path, join(folder, 'second'));
    expect(await faultOf(replaceConfig(file, '{}', nowMs))).toMatchObject({ detail: { advice: 'config-changed' } });
    expect(await faultOf(replaceConfig(await readConfig(path), '{}', nowMs))).toMatchObject({
      detail: { thing: 'config-file-linked' },
    });
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'second']);
    expect(await readFile(path, 'utf8')).toBe('{"old":1}');
  });

  it('is left as it is where another program has written it meanwhile', async () => {
    await writeFile(path, '{"old":1}');
    const file = await readConfig(path);
    await writeFile(path, '{"theirs":1}');
    expect(await faultOf(replaceConfig(file, '{}', nowMs))).toMatchObject({ detail: { advice: 'config-changed' } });
    expect(await readFile(path, 'utf8')).toBe('{"theirs":1}');
    // The same bytes in another file are another program's work, too.
    const again = await readConfig(path);
    await writeFile(join(folder, 'other'), '{"theirs":1}');
    await rm(path);
    await link(join(folder, 'other'), path);
    expect(await faultOf(replaceConfig(again, '{}', nowMs))).toMatchObject({ detail: { advice: 'config-changed' } });
    await rm(path);
    expect(await faultOf(replaceConfig(again, '{}', nowMs))).toMatchObject({ code: expect.any(String) });
    expect(await readdir(folder)).toEqual(['other']);
  });

  onUnix('is left as it is where somebody has changed meanwhile who may read it', async () => {
    await writeFile(path, '{"old":1}', { mode: 0o644 });
    const tightened = replaceConfig(await readConfig(path), '{"new":1}', nowMs, () => chmod(path, 0o600));
    expect(await faultOf(tightened)).toMatchObject({ detail: { advice: 'config-changed' } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  onUnix('is left as it is where it must not be written', async () => {
    await writeFile(path, '{"old":1}');
    await chmod(path, 0o444);
    expect(await faultOf(replaceConfig(await readConfig(path), '{}', nowMs))).toMatchObject({
      code: 'file-not-writable',
      detail: { subject: path },
    });
    expect(await readFile(path, 'utf8')).toBe('{"old":1}');
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  it.skipIf(process.platform !== 'linux')('is left as it is where nothing can be put beside it', async () => {
    // A folder of the system in which nobody, root neither, can make a file.
    await writeFile(path, '{}');
    const file = await readConfig('/proc/version');
    const fault = await faultOf(replaceConfig({ ...file, stats: await stat(path) }, '{}', nowMs));
    expect(fault.code).toBe('file-not-writable');
  });
});
