/** A person at a real terminal: the built command line on a pseudo terminal, which `script` of util-linux gives it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Terminal, until } from './terminal.ts';

export const hasTerminals = (() => {
  try {
    return process.platform === 'linux' && execFileSync('script', ['--version']).toString().includes('util-linux');
  } catch {
    return false;
  }
})();

const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));

export interface AtTerminal {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  screen(): string;
  /** Types an answer when this is on the screen. */
  when(question: string, answer: string): Promise<void>;
}

export function atTerminal({ env }: Pick<Terminal, 'env'>, ...words: string[]): AtTerminal {
  const line = [process.execPath, cli, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qefc', `stty cols 120 rows 60; ${line}`, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let screen = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  return {
    child,
    ended: new Promise((resolve) => child.once('close', resolve)),
    screen: () => screen,
    async when(question, answer) {
      await until(() => screen.includes(question), `"${question}" in ${screen}`);
      child.stdin?.write(answer);
    },
  };
}
