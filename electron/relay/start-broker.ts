/**
 * Starting a broker where none is: a process of its own, nobody's child. Only from a Node of its own: inside another
 * program's Electron, as Claude runs bundles, `process.execPath` is that program.
 */
import type { ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import { dataDirOf, socketPath, socketTrust } from '../core/bridge/socket-path.ts';
import { notRunning } from './answers.ts';
import { findProgram } from './program.ts';

/** A broker that is started for us has this long to be ready. */
const startWaitMs = 8_000;
/** The desktop app says nothing; its socket is looked for this often. */
const lookEveryMs = 100;

const openIt = "Conexor isn't running. Open it, then try again.";

/** Resolves when it listens. Rejects with what the host is to read. */
export async function startBroker(dataDir: string | undefined): Promise<void> {
  // A process that a packaged Windows app starts lives in that app's sandbox (DESKTOP section 5).
  if (process.platform === 'win32')
    throw new Error("Conexor isn't running. Open it from the Start menu, then try again.");
  if (process.versions['electron'] !== undefined) throw new Error(openIt);
  const surroundings = { env: process.env, platform: process.platform, homedir: homedir(), dataDir };
  const program = findProgram(__dirname, dataDirOf(surroundings));
  if (!program) throw new Error(notRunning);
  const { spawn } = await import('node:child_process');
  // A secret given to the one who started us is none of the broker's surroundings.
  const { CONEXOR_CLIENT_SECRET: _, ...env } = process.env;
  if ('headless' in program) {
    const words = [program.headless, '--background', ...(dataDir === undefined ? [] : ['--data', dataDir])];
    await ready(spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env }));
    return;
  }
  const [file, ...words] = program.app;
  const own = dataDir === undefined ? env : { ...env, CONEXOR_DATA_DIR: dataDir };
  await listening(spawn(file, words, { detached: true, stdio: 'ignore', env: own }), socketPath(surroundings));
}

/** Waits for the one line that it says on its stdout. */
async function ready(child: ChildProcess): Promise<void> {
  const said = await new Promise<string>((resolve) => {
    let text = '';
    const timer = setTimeout(resolve, startWaitMs, '');
    const finish = () => {
      clearTimeout(timer);
      resolve(text);
    };
    child.on('error', finish);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) finish();
    });
    child.stdout?.on('end', finish);
  });
  child.stdout?.destroy();
  child.unref();
  const line = said.split('\n', 1)[0]?.trim() ?? '';
  if (line !== 'ready') throw new Error(line.length > 0 && line.length < 500 ? line : notRunning);
}

/** Waits for its socket; an app that ends before has handed over to another or could not start. */
async function listening(child: ChildProcess, path: string): Promise<void> {
  child.unref();
  await new Promise<void>((resolve, reject) => {
    const untilMs = performance.now() + startWaitMs;
    const look = setInterval(() => {
      if (socketTrust(path) !== 'ours' && performance.now() < untilMs) return;
      clearInterval(look);
      if (socketTrust(path) === 'ours') resolve();
      else reject(new Error(notRunning));
    }, lookEveryMs);
    child.once('error', () => {
      clearInterval(look);
      reject(new Error(notRunning));
    });
  });
}
