import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, link, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../electron/core/bridge/socket-claim.ts';
import { openSocketDoor, type SocketDoor } from '../../../electron/core/bridge/socket-door.ts';
import type { McpHello } from '../../../shared/hello.ts';

let folder: string;
let path: string;
let doors: SocketDoor[];
let greeted: { hello: McpHello | 'control'; text: string; stream: Socket }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
  path = join(folder, 'run', 'broker.sock');
  doors = [];
  greeted = [];
});

afterEach(async () => {
  for (const door of doors) if (door.kind === 'listening') await door.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(at = path): Promise<SocketDoor> {
  const take = (hello: McpHello | 'control', stream: Socket) => {
    const one = { hello, text: '', stream };
    greeted.push(one);
    stream.on('data', (chunk) => {
      one.text += chunk;
      stream.write('heard\n');
    });
  };
  const door = await openSocketDoor({
    path: at,
    log: () => undefined,
    onMcp: (stream, hello) => take(hello, stream),
    onControl: (stream) => take('control', stream),
  });
  doors.push(door);
  return door;
}

/** What the door does with this much said: `closed` or what it answers. */
function say(text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve('closed'));
    socket.write(text);
  });
}

/** A socket whose owner was killed. */
async function leaveStale(at: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(at)}, () => process.stdout.write('on'))`;
  const child: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('the socket', () => {
  it('P-64 lies in a folder of 0700 with mode 0600, and leaves nothing behind', async () => {
    const door = await open();
    expect((await stat(join(folder, 'run'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'run'))).toEqual(['broker.sock']);
    if (door.kind === 'listening') await door.close();
    expect(await readdir(join(folder, 'run'))).toEqual([]);
  });

  it('a folder that others may open is closed to them before the socket is there', async () => {
    await chmod(folder, 0o755);
    path = join(folder, 'broker.sock');
    await open();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('the second start finds the first; after its end another can start', async () => {
    const first = await open();
    expect(await open()).toEqual({ kind: 'already-running' });
    expect(await readdir(join(folder, 'run'))).toEqual(['broker.sock']);
    if (first.kind === 'listening') await first.close();
    expect((await open()).kind).toBe('listening');
  });

  it('of many starts at once exactly one wins, on a clean folder and over a dead socket', async () => {
    for (const stale of [false, true]) {
      path = join(folder, stale ? 'a' : 'b', 'broker.sock');
      if (stale) {
        await (await openAndClose()).done;
        await leaveStale(path);
      }
      const started = await Promise.all(Array.from({ length: 12 }, () => open()));
      expect(started.filter((one) => one.kind === 'listening')).toHaveLength(1);
      expect(await readdir(join(path, '..'))).toEqual(['broker.sock']);
      expect(await say('{"conexor":1,"door":"control"}\nx')).toBe('heard\n');
    }
  });

  it('a start that died while it replaced a dead socket does not block the next', async () => {
    await (await openAndClose()).done;
    await leaveStale(path);
    const { createHash } = await import('node:crypto');
    const right = join(
      folder,
      'run',
      `.c${createHash('sha256')
        .update((await identityOf(path)) ?? '')
        .digest('hex')
        .slice(0, 8)}`,
    );
    const dead = join(folder, 'run', '.sdead');
    await leaveStale(dead);
    await link(dead, right);
    await rm(dead);
    const started = await Promise.all([open(), open(), open()]);
    expect(started.filter((one) => one.kind === 'listening')).toHaveLength(1);
    expect(await readdir(join(folder, 'run'))).toEqual(['broker.sock']);
  });

  it('a socket that is no longer ours is not removed at the end', async () => {
    const door = await open();
    await rm(path);
    await writeFile(path, 'somebody else’s');
    if (door.kind === 'listening') await door.close();
    expect(await readdir(join(folder, 'run'))).toEqual(['broker.sock']);
  });

  it('a folder that cannot be made is a fault with a name', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'broker.sock'))).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  async function openAndClose(): Promise<{ done: Promise<void> }> {
    const door = await open();
    return { done: door.kind === 'listening' ? door.close() : Promise.resolve() };
  }
});

describe('the hello', () => {
  it('opens the door it names and loses no byte that came with it', async () => {
    await open();
    expect(await say('{"conexor":1,"door":"mcp","client":"c","connection":"sales"}\n{"first":1}\n')).toBe('heard\n');
    expect(greeted[0]).toMatchObject({
      hello: { door: 'mcp', client: 'c', connection: 'sales' },
      text: '{"first":1}\n',
    });
    expect(await say('{"conexor":1,"door":"control"}\nping\n')).toBe('heard\n');
    expect(greeted[1]).toMatchObject({ hello: 'control', text: 'ping\n' });
  });

  it.each([
    ['no JSON', 'GET / HTTP/1.1\n'],
    ['another version', '{"conexor":2,"door":"control"}\n'],
    ['another door', '{"conexor":1,"door":"vault"}\n'],
    ['no client', '{"conexor":1,"door":"mcp"}\n'],
    ['a line without end', `{"a":"${'x'.repeat(5000)}`],
    ['a long line', `{"conexor":1,"door":"mcp","client":"${'x'.repeat(5000)}"}\n`],
  ])('%s: closed at once', async (_, text) => {
    await open();
    expect(await say(text)).toBe('closed');
    expect(greeted).toEqual([]);
  });

  it('who says nothing is let go of after five seconds', async () => {
    await open();
    const startedMs = performance.now();
    expect(await say('')).toBe('closed');
    expect(performance.now() - startedMs).toBeGreaterThan(4_500);
  });
});
