/** The desktop app takes the place of a broker that runs already, and does not wait for ever for one that stays. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSocketDoor, type SocketDoor } from '../electron/core/bridge/socket-door.ts';
import { type ControlHandlers, serveControl } from '../electron/core/control/door.ts';
import type { Started } from '../electron/core/start.ts';
import { startTakingOver } from '../electron/take-over.ts';

let folder = '';
let socketPath = '';
let door: Listening | undefined;
let asked: string[] = [];
type Listening = Extract<SocketDoor, { kind: 'listening' }>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
  socketPath = join(folder, 'broker.sock');
  asked = [];
});
afterEach(async () => {
  await gone();
  await rm(folder, { recursive: true, force: true });
});

/** A broker's socket; `onStop` is what it does when it is asked to. */
async function listen(onStop: () => void): Promise<void> {
  const handlers = {
    stop() {
      asked.push('stop');
      setImmediate(onStop);
      return {};
    },
  };
  const opened = await openSocketDoor({
    path: socketPath,
    log: () => undefined,
    ready: Promise.resolve(),
    onControl: (stream) => serveControl(stream, handlers as unknown as ControlHandlers, () => undefined),
    onMcp: (stream) => stream.destroy(),
  });
  if (opened.kind !== 'listening') throw new Error(opened.kind);
  door = opened;
}

async function gone(): Promise<void> {
  const closing = door;
  door = undefined;
  await closing?.close();
}

/** Starts where nobody listens, as the core does. */
async function start(): Promise<Started> {
  return door ? { kind: 'already-running' } : ({ kind: 'running' } as Started);
}

const options = () => ({ socketPath, log: () => undefined, stopWaitMs: 300 });

describe('taking over', () => {
  it('starts at once where nobody runs', async () => {
    expect((await startTakingOver(start, options())).kind).toBe('running');
    expect(asked).toEqual([]);
  });

  it('asks the one that runs to stop, and takes its place', async () => {
    await listen(() => void gone());
    expect((await startTakingOver(start, options())).kind).toBe('running');
    expect(asked).toEqual(['stop']);
  });

  it('tries again where a relay was faster, and starts', async () => {
    let others = 0;
    await listen(() => void gone());
    const racing = async () => {
      const started = await start();
      if (started.kind === 'running' && others < 2) {
        others += 1;
        await listen(() => void gone());
        return start();
      }
      return started;
    };
    expect((await startTakingOver(racing, options())).kind).toBe('running');
    expect(asked).toEqual(['stop', 'stop', 'stop']);
  });

  it('gives up on one that stays, and on one that comes back for ever', async () => {
    await listen(() => undefined);
    expect((await startTakingOver(start, options())).kind).toBe('already-running');
    expect(asked).toEqual(['stop']);
    await gone();
    let starts = 0;
    const always = async (): Promise<Started> => {
      starts += 1;
      return { kind: 'already-running' };
    };
    expect((await startTakingOver(always, options())).kind).toBe('already-running');
    expect(starts).toBe(4);
  });

  it('tells what went wrong at the start', async () => {
    await expect(startTakingOver(() => Promise.reject(new Error('vault')), options())).rejects.toThrow('vault');
  });
});
