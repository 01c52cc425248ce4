/**
 * The broker's socket: a folder of 0700, a socket of 0600, one broker per person. Whoever starts finds the first one,
 * and a socket that a dead broker left behind is replaced without a moment in which two can win.
 */
import { randomBytes } from 'node:crypto';
import { chmod, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { helloSchema, type McpHello } from '../../../shared/hello.ts';
import type { Log } from '../platform.ts';
import { prepareOwnFolder } from '../vault/own-folder.ts';
import { claim, identityOf } from './socket-claim.ts';

export interface SocketDoorOptions {
  readonly path: string;
  /**
   * Listeners are to be there when it is fulfilled: the stream flows from then on, unless it is gone. So for `onControl`
   * when it returns.
   */
  readonly onMcp: (stream: Socket, hello: McpHello) => unknown;
  readonly onControl: (stream: Socket) => void;
  /** Programs that come before this is fulfilled wait; by then the path is already ours. */
  readonly ready?: Promise<unknown>;
  readonly log: Log;
}

export type SocketDoor = { readonly kind: 'listening'; close(): Promise<void> } | { readonly kind: 'already-running' };

const maxHelloBytes = 4 * 1024;
const helloWaitMs = 5_000;

/** Throws `data-folder-unusable` where the folder is somebody else's or the socket cannot be made. */
export async function openSocketDoor(options: SocketDoorOptions): Promise<SocketDoor> {
  const { path } = options;
  const streams = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (stream) => {
    streams.add(stream);
    stream.on('close', () => streams.delete(stream));
    stream.on('error', () => stream.destroy());
    if (options.ready === undefined) greet(stream, options);
    else
      options.ready.then(
        () => greet(stream, options),
        () => stream.destroy(),
      );
  });
  const isPipe = path.startsWith('\\\\');
  try {
    if (isPipe) {
      if (!(await listensOnPipe(server, path))) return { kind: 'already-running' };
    } else if (!(await listensOnFile(server, path))) {
      await closed(server);
      return { kind: 'already-running' };
    }
  } catch (thrown) {
    server.close();
    if (thrown instanceof Fault) throw thrown;
    throw new Fault('data-folder-unusable', {
      subject: dirname(path),
      reason: String((thrown as { code?: unknown }).code),
      cause: thrown,
    });
  }
  const identity = isPipe ? undefined : await identityOf(path);
  return {
    kind: 'listening',
    async close() {
      // Removed while it still listens: until then nobody else can have put a socket of theirs there.
      if (identity !== undefined && (await identityOf(path)) === identity) await unlink(path).catch(() => undefined);
      for (const stream of streams) stream.destroy();
      await closed(server);
    },
  };
}

async function listensOnFile(server: Server, path: string): Promise<boolean> {
  const folder = dirname(path);
  await prepareOwnFolder(folder);
  // Shorter than the socket's own name, so that the limit on socket paths holds for both.
  const temporary = join(folder, `.s${randomBytes(4).toString('hex')}`);
  await listening(server, temporary);
  try {
    await chmod(temporary, 0o600);
    return await claim(temporary, path);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** The first to make a named pipe is the only one (FILE_FLAG_FIRST_PIPE_INSTANCE). */
async function listensOnPipe(server: Server, path: string): Promise<boolean> {
  try {
    await listening(server, path);
    return true;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'EADDRINUSE') return false;
    throw thrown;
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Reads the first line, bounded in size and time, and opens the door it asks for. */
function greet(stream: Socket, { onMcp, onControl, log }: SocketDoorOptions): void {
  let received: Buffer = Buffer.alloc(0);
  const refuse = (reason: string) => {
    log('warn', 'socket: refused', { reason });
    stream.destroy();
  };
  const timer = setTimeout(refuse, helloWaitMs, 'no hello in time');
  // Another broker that starts looks whether this one lives, and goes.
  const onEnd = () => stream.destroy();
  const onData = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf(0x0a);
    if (end < 0 && received.length <= maxHelloBytes) return;
    clearTimeout(timer);
    stream.off('data', onData);
    stream.off('end', onEnd);
    if (end < 0 || end > maxHelloBytes) return refuse('hello too long');
    const hello = parseHello(received.subarray(0, end));
    if (!hello) return refuse('hello not understood');
    stream.pause();
    if (end + 1 < received.length) stream.unshift(received.subarray(end + 1));
    const opened = hello.door === 'mcp' ? onMcp(stream, hello) : onControl(stream);
    if (opened instanceof Promise) {
      opened.then(
        () => stream.resume(),
        () => stream.destroy(),
      );
    } else stream.resume();
  };
  stream.on('data', onData);
  stream.on('end', onEnd);
  stream.on('close', () => clearTimeout(timer));
}

function parseHello(line: Buffer) {
  try {
    return helloSchema.safeParse(JSON.parse(line.toString())).data;
  } catch {
    return undefined;
  }
}
