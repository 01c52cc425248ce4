/**
 * A program that changes a settings file as the first word says, for tests that need a process of their own: to kill it
 * at a step, to be another user, or to have no more files. Says on its last line what came of it.
 */
import { openSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { readConfig, replaceConfig } from '../../../../electron/core/clients/file/config-file.ts';
import { createConfig, deleteConfig } from '../../../../electron/core/clients/file/new-file.ts';
import { asFault } from '../../../../shared/faults.ts';

const [what = '', path = '', killAtStep = '0', user = '', files = ''] = process.argv.slice(2);
const promises: typeof import('node:fs/promises') = createRequire(import.meta.url)('node:fs/promises');

let step = 0;
/** A power cut in front of the nth thing that the disk is asked to do. */
function count(): void {
  step += 1;
  if (step === Number(killAtStep)) process.kill(process.pid, 'SIGKILL');
}

function counted(target: object, name: string): void {
  const asked: unknown = Reflect.get(target, name);
  if (typeof asked !== 'function') throw new Error(`no ${name}`);
  Reflect.set(target, name, function (this: unknown, ...words: unknown[]): unknown {
    count();
    return Reflect.apply(asked, this, words);
  });
}

const probe = await promises.open(process.execPath);
const handles: object = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['rename', 'link', 'rm', 'chmod', 'chown', 'open', 'symlink']) counted(promises, name);
counted(handles, 'sync');
const writeFile: (this: unknown, bytes: unknown) => Promise<void> = Reflect.get(handles, 'writeFile');
Reflect.set(handles, 'writeFile', async function (this: unknown, bytes: string | Buffer) {
  count();
  // Half of it is there when the next step is counted.
  const half = Math.floor(bytes.length / 2);
  await writeFile.call(this, bytes.slice(0, half));
  count();
  await writeFile.call(this, bytes.slice(half));
});
syncBuiltinESMExports();

/** As many as this process may have. */
function openAll(): void {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // There are no more.
  }
}

if (user !== '') {
  process.setgroups?.([]);
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
try {
  const file = what === 'create' ? undefined : await readConfig(path);
  if (files !== '') openAll();
  step = 0;
  if (!file) await createConfig(path, '{"new":1}');
  else if (what === 'replace') await replaceConfig(file, '{"new":1}', Date.UTC(2026, 2, 1));
  else await deleteConfig(file);
  process.stdout.write(`done ${step}`);
} catch (thrown) {
  const { code, detail } = asFault(thrown);
  process.stdout.write(`${code} ${detail.thing ?? detail.reason ?? ''}`);
}
