/** `npm start` itself, with a small program in Electron's place: its words, its exit code, and what happens when it crashes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../build/lib.mjs';

let folder = '';
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conexor-start-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  await rm(folder, { recursive: true, force: true });
});

async function electron(script: string): Promise<void> {
  await writeFile(join(folder, 'electron'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'electron'), 0o755);
}

/** In the place of the person's browser: writes down what it is to open. */
async function browser() {
  const list = join(folder, 'opened');
  await writeFile(join(folder, 'browser'), `#!/bin/sh\necho "$1" >>${list}\n`);
  await chmod(join(folder, 'browser'), 0o755);
  return {
    opened: async () => (await readFile(list, 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
  };
}

function start(words: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'build/start.mjs'), ...words], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_CACHE_HOME: folder,
      DISPLAY: ':no-such-screen',
      ELECTRON_OVERRIDE_DIST_PATH: folder,
      CONEXOR_DATA_DIR: join(folder, 'data'),
      CONEXOR_BROWSER: existsSync(join(folder, 'browser')) ? join(folder, 'browser') : '/bin/true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const says = (wanted: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => wanted.test(said) && resolve();
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without saying ${wanted}: ${said}`)));
    });
  return { child, ended, says, said: () => said };
}

// Each builds first where something has changed.
describe.skipIf(process.platform !== 'linux')('npm start', { timeout: 60_000 }, () => {
  it('runs the desktop app with our words, and its exit code is ours', async () => {
    await electron('echo "desktop: $*"; exit 7');
    const run = start(['--no-sandbox', '--hidden']);
    expect(await run.ended).toBe(7);
    expect(run.said()).toContain(`desktop: --no-sandbox ${root} --hidden\n`);
  });

  it('opens the window in the browser where the desktop app crashes at once, and says so', async () => {
    await electron('kill -ABRT $$');
    const run = start(['--no-sandbox']);
    await run.says(
      /The desktop app could not start here[\s\S]*Its window is open in your browser[\s\S]*Ctrl\+C|Ctrl\+C[\s\S]*open in your browser/,
    );
    expect(run.said()).toContain('The desktop app could not start here');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  it('opens the window once, by an address that works; a second start opens that of the first', async () => {
    const { opened } = await browser();
    const first = start(['--headless', '--port', '0']);
    await first.says(/Ctrl\+C stops it/);
    expect(await opened()).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/window\/open\?key=/)]);
    const second = start(['--headless', '--port', '0']);
    expect(await second.ended).toBe(0);
    expect(second.said()).toMatch(/^Conexor runs already/m);
    const addresses = await opened();
    expect(addresses.length).toBe(2);
    expect(new URL(addresses[1] ?? '').origin).toBe(new URL(addresses[0] ?? '').origin);
    for (const address of addresses) {
      expect(first.said() + second.said()).toContain(address);
      expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
    }
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });

  it('in the background opens nothing and says one word', async () => {
    const { opened } = await browser();
    const run = start(['--headless', '--background', '--port', '0']);
    await run.says(/^ready$/m);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.said().trim().split('\n').at(-1)).toBe('ready');
    expect(await opened()).toEqual([]);
  });

  it('is the broker alone where that is wanted, and opens nothing', async () => {
    await electron('echo desktop');
    const run = start(['--headless', '--no-window', '--port', '0']);
    await run.says(/Ctrl\+C stops it/);
    expect(run.said()).not.toMatch(/window\/open|desktop/);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });
});
