/** What the packages do besides being unpacked: the uninstallers have the program undo what it wrote elsewhere. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configuration } from '../../build/packaging.mjs';
import { removeEntriesWord, removeExitCodes } from '../../electron/remove-entries.ts';

const run = promisify(execFile);
const { deb, nsis, linux } = configuration({ output: '/nowhere', electronVersion: '33.0.0' });
const beforeRemove = /^--before-remove=(.*)$/.exec(String(deb?.fpm?.[0]))?.[1] ?? '';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cx-prerm-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

describe('the Debian package', () => {
  const { uid } = userInfo();
  const started = async () =>
    (await readFile(join(root, 'started'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

  /** The script over a computer in a folder: its people, and a program that writes down who started it, with what. */
  async function remove(words: readonly string[], exitCode = 0): Promise<void> {
    await mkdir(join(root, 'bin'));
    const installed = join(root, linux?.executableName ?? '');
    await program(
      installed,
      `echo "$(id -un) $HOME $USER ${'$'}{SUDO_USER:-} $*" >>'${root}/started'\nexit ${exitCode}`,
    );
    const people = ['ana', 'bea', 'carlos'].map((name) => `${name}:x:${uid}:100:${name}:${root}/${name}:/bin/sh`);
    await program(join(root, 'bin/getent'), `printf '%s\\n' ${people.map((one) => `'${one}'`).join(' ')}`);
    // Becoming somebody else needs root, and real people.
    await program(join(root, 'bin/runuser'), `echo "as $2" >>'${root}/started'; shift 3; exec "$@"`);
    await mkdir(join(root, 'ana/.config/Conexor'), { recursive: true });
    await mkdir(join(root, 'carlos/.config/Conexor'), { recursive: true });
    const text = await readFile(beforeRemove, 'utf8');
    expect(text).toContain(`program=/opt/Conexor/${linux?.executableName}\n`);
    await writeFile(join(root, 'prerm'), text.replace('/opt/Conexor/conexor-desktop', installed));
    const env = { PATH: `${root}/bin:/usr/bin:/bin`, SUDO_USER: 'ana', ODD: 'yes' };
    await run('sh', [join(root, 'prerm'), ...words], { env });
  }

  it('has everybody who has used Conexor take out the own entries, as that person and with nothing of root’s', async () => {
    await remove(['remove']);
    const noSandbox = uid === 0 ? ' --no-sandbox' : '';
    const line = (name: string) =>
      `${userInfo().username} ${root}/${name} ${name}  ${removeEntriesWord} --ozone-platform=headless${noSandbox}`;
    expect(await started()).toEqual(['as ana', line('ana'), 'as carlos', line('carlos')]);
  });

  it.each(['upgrade', 'failed-upgrade', 'abort-install'])('does nothing at %s', async (why) => {
    await remove([why, '2.0.0']);
    expect(await started()).toEqual([]);
  });

  it('is removed also where something stays, or the program fails', async () => {
    await remove(['remove'], removeExitCodes.left);
    expect(await started()).toHaveLength(4);
  });

  it('has a script that every shell understands', async () => {
    await expect(run('sh', ['-n', beforeRemove])).resolves.toBeDefined();
    expect(await readFile(beforeRemove, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  });
});

describe('the Windows installer', () => {
  it('has the program take out its entries before its files go, not at updates, and asks again where some stay', async () => {
    const text = await readFile(String(nsis?.include), 'utf8');
    const [, body = ''] = /!macro customUnInstall\n([\s\S]*)!macroend/.exec(text) ?? [];
    const isUpdate = body.indexOf(`\${ifNot} \${isUpdated}`);
    const removal = body.indexOf(`\${APP_EXECUTABLE_FILENAME}" ${removeEntriesWord}'`);
    expect(isUpdate).toBeGreaterThanOrEqual(0);
    expect(removal).toBeGreaterThan(isUpdate);
    expect(body).toContain(`\${If} $R0 == ${removeExitCodes.left}\n`);
    // Every block is closed, and every jump has its label.
    expect(body.match(/\$\{(?:If|ifNot)\} /g)).toHaveLength(body.match(/\$\{(?:EndIf|endIf)\}/g)?.length ?? 0);
    for (const [, label] of body.matchAll(/IDRETRY (\w+)/g)) expect(body).toContain(`${label}:\n`);
  });

  it('leaves the sign-ins where they are', () => {
    expect(nsis?.deleteAppDataOnUninstall).toBe(false);
  });
});
