/** A settings file that was not there, made whole; and one that is ours alone, taken away again. */
import { open, readFile, rm } from 'node:fs/promises';
import { Fault } from '../../../shared/faults.ts';
import { type ConfigFile, changed } from './file/config-file.ts';
import { reasonOf } from './own-file.ts';

/** For this user alone. Throws `input-invalid` where there is one by now, and `file-not-writable`. */
export async function createConfig(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw reasonOf(cause) === 'EEXIST' ? changed({ path }) : new Fault('file-not-writable', { subject: path, cause });
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
  } catch (cause) {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw new Fault('file-not-writable', { subject: path, reason: reasonOf(cause), cause });
  }
}

/** Throws `input-invalid` where it is no longer what was read, and `file-not-writable`. */
export async function deleteConfig(file: ConfigFile): Promise<void> {
  const now = await readFile(file.realPath).catch(() => undefined);
  if (!now?.equals(file.bytes)) throw changed(file);
  await rm(file.realPath).catch((cause: unknown) => {
    throw new Fault('file-not-writable', { subject: file.path, reason: reasonOf(cause), cause });
  });
}
