/**
 * Who owns a socket's path. A candidate brings a socket that listens already, under a name of its own, and links it
 * to the path: link(2) has one winner. A socket in the way that nobody listens on is dead for good, but between seeing
 * that and replacing it another candidate may have done so; hence the right to replace a dead socket is itself a name,
 * made of the dead one's identity and won by link(2) as well. Its owner can be asked whether it lives in the same way,
 * so a candidate that dies in the middle only makes the chain longer.
 */
import { createHash } from 'node:crypto';
import { link, lstat, rename, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';

/** More dead candidates in a row than this is no crash but a fault of ours. */
const maxChain = 32;

/** True if the path now leads to `own`; false where another one lives. Throws what the file system throws. */
export async function claim(own: string, path: string): Promise<boolean> {
  for (let round = 0; round < maxChain; round += 1) {
    const outcome = await claimOnce(own, path);
    if (outcome !== 'changed') return outcome === 'ours';
  }
  return false;
}

async function claimOnce(own: string, path: string): Promise<'ours' | 'theirs' | 'changed'> {
  /** The dead sockets on the way, each with the identity it was seen with. */
  const dead: { readonly name: string; readonly identity: string }[] = [];
  let name = path;
  for (;;) {
    if (await links(own, name)) break;
    const identity = await identityOf(name);
    if (await isAlive(name)) return 'theirs';
    // What was found dead has to be what is remembered as dead: a faster candidate may have put itself there between.
    if (identity === undefined || (await identityOf(name)) !== identity) return 'changed';
    dead.push({ name, identity });
    if (dead.length > maxChain) throw new Error('too many dead sockets');
    name = join(dirname(path), nameOf(identity));
  }
  if (dead.length === 0) return 'ours';
  // The right holds only while everything it is made of is as it was seen; nobody else can change it from here on.
  for (const one of dead) {
    if ((await identityOf(one.name)) !== one.identity) {
      await unlink(name);
      return 'changed';
    }
  }
  await rename(own, path);
  for (const rest of [...dead.slice(1).map((one) => one.name), name]) await unlink(rest).catch(() => undefined);
  return 'ours';
}

/** Short, because it is connected to as well and paths of sockets are limited. */
function nameOf(identity: string): string {
  return `.c${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`;
}

async function links(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** A socket's identity for as long as it exists: linking and renaming leave its inode and making time alone. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs } = await lstat(path, { bigint: true });
    return `${ino.toString(36)}-${mtimeNs.toString(36)}`;
  } catch {
    return undefined;
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Only a refusal proves that nobody listens; a full queue or a lack of memory does not.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT' && error.code !== 'ENOTSOCK');
    });
  });
}
