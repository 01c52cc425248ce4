/** Starting a broker where none is: a process of its own beside this file, nobody's child. */
import { notRunning } from './answers.ts';

/** A broker that is started for us has this long to be ready. */
const startWaitMs = 8_000;

/** Waits for the one line that it says on its stdout. Rejects with what the host is to read. */
export async function startBroker(dataDir: string | undefined): Promise<void> {
  // A process that a packaged Windows app starts lives in that app's sandbox (DESKTOP section 5).
  if (process.platform === 'win32')
    throw new Error("Conexor isn't running. Open it from the Start menu, then try again.");
  const { spawn } = await import('node:child_process');
  const program = `${__dirname}/headless.mjs`;
  // A secret given to the one who started us is none of the broker's surroundings.
  const { CONEXOR_CLIENT_SECRET: _, ...env } = process.env;
  const words = [program, '--background', ...(dataDir === undefined ? [] : ['--data', dataDir])];
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
  const said = await new Promise<string>((resolve) => {
    let text = '';
    const timer = setTimeout(resolve, startWaitMs, '');
    const finish = () => {
      clearTimeout(timer);
      resolve(text);
    };
    child.on('error', finish);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) finish();
    });
    child.stdout.on('end', finish);
  });
  child.stdout.destroy();
  child.unref();
  const line = said.split('\n', 1)[0]?.trim() ?? '';
  if (line !== 'ready') throw new Error(line.length > 0 && line.length < 500 ? line : notRunning);
}
