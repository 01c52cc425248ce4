/**
 * A person's terminal: the built command line as a child process, with a data folder of its own and no keychain unless
 * one is handed in. Whatever a command says is held against the rules of the face: plain sentences, and with `--json`
 * nothing but one JSON value. Ends every process that was started over its folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { snapshotSchema } from '../../shared/snapshot.ts';
import { answerConsent, type ConsentAnswer, type ConsentOutcome } from '../fakes/consent.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a person sees them. */
  readonly words: string;
}

/** A command that runs still. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Said>;
  /** Resolves with the first match in what it has said so far or will say; rejects when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface Terminal {
  readonly dataDir: string;
  /** A good key file, outside the data folder. */
  readonly keyFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Everything that any command has printed. */
  readonly printed: string[];
  run(...words: string[]): Promise<Said>;
  /** `connect` with a person who answers the consent page. */
  connect(answer: ConsentAnswer, ...words: string[]): Promise<Said & { readonly browser: ConsentOutcome }>;
  /** The same with `--json`: what came on standard output, parsed. */
  json(...words: string[]): Promise<Said & { readonly value: unknown }>;
  /** The labels of all accounts in `list`. */
  accounts(): Promise<readonly string[]>;
  begin(words: readonly string[], env?: NodeJS.ProcessEnv): Command;
  /** Another built program over the same folder. */
  program(file: string, words: readonly string[]): Command;
  /** The processes of brokers over this folder. */
  brokers(): readonly number[];
  stop(): Promise<void>;
}

/** As `connect` prints it. */
export const authorizationAddress = /http:\/\/\S+\?response_type=\S+/;

export async function openTerminal(surroundings: NodeJS.ProcessEnv = withoutKeychain()): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'cx-'));
  const dataDir = join(folder, 'data');
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  const env: NodeJS.ProcessEnv = { ...surroundings, CONEXOR_DATA_DIR: dataDir };
  const printed: string[] = [];
  const children = new Set<ChildProcess>();

  function program(file: string, words: readonly string[], extra: NodeJS.ProcessEnv = {}): Command {
    const child = spawn(process.execPath, [join(distDir, file), ...words], {
      env: { ...env, ...extra },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.add(child);
    return follow(child, (text) => printed.push(text));
  }
  const begin = (words: readonly string[], extra?: NodeJS.ProcessEnv) => program('cli.mjs', words, extra);
  async function run(...words: string[]): Promise<Said> {
    const command = begin(words);
    command.child.stdin?.end();
    const said = await command.ended;
    expectPlain(said);
    return said;
  }

  const json = async (...words: string[]) => {
    const said = await run(...words, '--json');
    return { ...said, value: JSON.parse(said.stdout) as unknown };
  };

  return {
    dataDir,
    keyFile,
    env,
    printed,
    run,
    json,
    async accounts() {
      const { connections } = snapshotSchema.parse((await json('list')).value);
      return connections.flatMap((connection) => connection.accounts.map(({ label }) => label));
    },
    async connect(answer, ...words) {
      const command = begin(['connect', ...words, '--no-browser']);
      const [address] = await command.says(authorizationAddress);
      const browser = await answerConsent(address, answer);
      const said = await command.ended;
      expectPlain(said);
      return { ...said, browser };
    },
    begin,
    program: (file, words) => program(file, words),
    brokers: () => processesWith('headless.mjs', dataDir),
    async stop() {
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
      for (const pid of processesWith(dataDir)) process.kill(pid, 'SIGTERM');
      await until(() => processesWith(dataDir).length === 0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The surroundings of this process, without a keychain, a screen or a folder of another Conexor. */
function withoutKeychain(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  for (const name of Object.keys(env)) if (/^(DISPLAY|WAYLAND_DISPLAY|WSL_|CONEXOR_)/.test(name)) delete env[name];
  return env;
}

function follow(child: ChildProcess, heard: (text: string) => void): Command {
  let stdout = '';
  let stderr = '';
  let isOver = false;
  const listeners = new Set<() => void>();
  const hear = (text: string) => {
    heard(text);
    for (const listener of [...listeners]) listener();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    hear(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    hear(text);
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<Said>((resolve) => {
    child.once('close', (code) => {
      isOver = true;
      resolve({ code, stdout, stderr, words: stdout + stderr });
      for (const listener of [...listeners]) listener();
    });
  });
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout + stderr);
          if (!found && !isOver) return;
          clearTimeout(timer);
          listeners.delete(look);
          if (found) resolve(found);
          else reject(new Error(`it ended without saying ${pattern}: ${stdout}${stderr}`));
        };
        const timer = setTimeout(() => reject(new Error(`it never said ${pattern}: ${stdout}${stderr}`)), 10_000);
        listeners.add(look);
        look();
      }),
  };
}

/** What no person should have to read (PRODUCT, rule 11). */
const notPlain: readonly RegExp[] = [
  /^\s+at .+:\d+/m,
  /\bE[A-Z]{3,}[A-Z0-9_]*\b/,
  /\b(invalid|unauthorized|unsupported|access)_[a-z]+\b/,
  /\bundefined\b|\[object|\bNaN\b/,
  /\w*Error:/,
  /node:[a-z_]+|\.mjs:\d/,
  /json-?rpc|zod|\bfetch failed\b/i,
];

function expectPlain({ stderr }: Said): void {
  const words = stderr.replace(authorizationAddress, '');
  for (const pattern of notPlain) {
    const found = pattern.exec(words);
    if (found) throw new Error(`no plain words (${found[0]}): ${stderr}`);
  }
}

/** Bounded: rejects when it is not so within ten seconds. */
export async function until(isSo: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`${what} did not come about`);
    await wait(20);
  }
}

/** Processes whose command line has all these words. Linux only; none elsewhere. */
function processesWith(...words: readonly string[]): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid)
    .filter((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.every((word) => commandLine.includes(word));
      } catch {
        return false;
      }
    });
}

/** The parameters of a host's handshake. */
export const initialize = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

/** As a host on the program's standard input and output: what it answers. */
export async function ask(program: Command, id: number, method: string, params: object): Promise<unknown> {
  const messages = [
    { jsonrpc: '2.0', id, method, params },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
  ];
  for (const message of method === 'initialize' ? messages : messages.slice(0, 1)) {
    program.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
  const [line] = await program.says(new RegExp(`^.*"id":${id}[,}].*$`, 'm'));
  return JSON.parse(line);
}

/** Whether anybody listens there on 127.0.0.1. */
export function connects(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(Number(port), '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
