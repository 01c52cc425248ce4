/** Which program a relay starts from its stable place, and from where it starts none. */
import type { ChildProcess } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeRelay } from '../../electron/core/clients/relay-place.ts';
import { eventually } from '../fakes/line-host.ts';
import { type BuiltRelay, buildRelay, type Relay, startRelay } from '../fakes/relay.ts';

let built: BuiltRelay;
let folder = '';
let dataDir = '';
let children: ChildProcess[] = [];

beforeAll(async () => {
  built = await buildRelay();
});
afterAll(() => built?.remove());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-start-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
  if (pid > 0) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A broker of a few lines: it writes down how it was started, and answers every request with nothing. */
const broker = (says: string) => `
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
const folder = ${JSON.stringify('FOLDER')};
writeFileSync(folder + '/pid', String(process.pid));
writeFileSync(folder + '/words', JSON.stringify({ words: process.argv.slice(2), data: process.env.CONEXOR_DATA_DIR ?? null }));
createServer((socket) => {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      const { id } = JSON.parse(line);
      if (id !== undefined) socket.write(JSON.stringify({ jsonrpc: '2.0', id, result: {} }) + '\\n');
    }
  });
}).listen(folder + '/data/broker.sock', () => {
  chmodSync(folder + '/data/broker.sock', 0o600);
  ${says}
});
`;

async function program(name: string, says: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, broker(says).replace('FOLDER', folder));
  return path;
}

function start(relay: string): Relay {
  const started = startRelay(relay, ['--data', dataDir, '--client', 'claude-desktop'], folder);
  children.push(started.child);
  return started;
}

const wordsOfBroker = async () => JSON.parse(await readFile(join(folder, 'words'), 'utf8'));

describe('a relay that finds no broker', () => {
  it('starts the program that the file beside its stable place names', async () => {
    const headless = await program('headless.mjs', `process.stdout.write('ready\\n');`);
    const relay = await placeRelay({ built: built.path, program: { headless }, dataDir });
    expect((await start(relay).host.ask('initialize', {})).result).toEqual({});
    expect(await wordsOfBroker()).toEqual({ words: ['--background', '--data', dataDir], data: null });
  });

  it('starts the program of another place after it has moved and was started there once', async () => {
    const gone = { headless: join(folder, 'old/headless.mjs') };
    const relay = await placeRelay({ built: built.path, program: gone, dataDir });
    const first = start(relay);
    expect((await first.host.ask('initialize', {})).error?.data).toEqual({ fault: 'broker-absent' });
    const headless = await program('moved.mjs', `process.stdout.write('ready\\n');`);
    await placeRelay({ built: built.path, program: { headless }, dataDir });
    expect((await start(relay).host.ask('initialize', {})).result).toEqual({});
  });

  it('starts the desktop app, which says nothing, and waits for its socket', async () => {
    const script = await program('app.mjs', '');
    const app = [process.execPath, script, '--hidden'];
    const relay = await placeRelay({ built: built.path, program: { app }, dataDir });
    expect((await start(relay).host.ask('initialize', {})).result).toEqual({});
    expect(await wordsOfBroker()).toEqual({ words: ['--hidden'], data: dataDir });
  });

  it('from elsewhere, as out of a bundle, starts the program that the data folder names', async () => {
    const headless = await program('headless.mjs', `process.stdout.write('ready\\n');`);
    await placeRelay({ built: built.path, program: { headless }, dataDir });
    const elsewhere = await mkdtemp(join(tmpdir(), 'cx-elsewhere-'));
    try {
      await copyFile(built.path, join(elsewhere, 'relay.cjs'));
      expect((await start(join(elsewhere, 'relay.cjs')).host.ask('initialize', {})).result).toEqual({});
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('T runs nothing that somebody else could have written there', async () => {
    const headless = await program('headless.mjs', `process.stdout.write('ready\\n');`);
    const relay = await placeRelay({ built: built.path, program: { headless }, dataDir });
    await rm(headless);
    const other = await program('other.mjs', `process.stdout.write('ready\\n');`);
    await writeFile(join(dataDir, 'bin/program.json'), JSON.stringify({ conexor: 1, headless: other }));
    await chmod(join(dataDir, 'bin/program.json'), 0o666);
    const { host, child } = start(relay);
    expect((await host.ask('initialize', {})).error?.message).toContain("Conexor isn't running.");
    await expect(readFile(join(folder, 'pid'))).rejects.toThrow();
    host.end();
    await eventually(() => child.exitCode !== null);
  });
});
