/**
 * A Claude Desktop that misbehaves as people report (claude-desktop-program.mjs), as a process whose program file is
 * called claude-desktop, so that it is found and believed as the real one is.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ClaudeServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ClaudeOptions {
  /** Whose settings it reads; also where its program is put. */
  readonly home: string;
  /** When it drops all servers out of its settings. */
  readonly wipe?: 'start' | 'quit';
  /** Installed bundles by name, run as it runs them: by its own Electron. */
  readonly extensions?: Readonly<Record<string, ClaudeServer>>;
}

export interface FakeClaude {
  readonly pid: number;
  /** Of each server that answered, by its name. */
  readonly tools: ReadonlyMap<string, readonly string[]>;
  /** Resolves when all servers have been started twice and have listed their tools, or could not. */
  readonly ready: Promise<void>;
  call(server: string, tool: string, input?: object): Promise<unknown>;
  /** Drops all servers out of its settings while it runs. */
  wipe(): Promise<void>;
  /** Writes its settings again from its memory. */
  rewrite(): Promise<void>;
  /** Resolves when it has quit completely. */
  quit(): Promise<void>;
}

export function claudeConfig(home: string): string {
  return join(home, '.config/Claude/claude_desktop_config.json');
}

/** What it wrote about a server, which is what a person finds there. */
export function claudeLog(home: string, server?: string): Promise<string> {
  const name = server === undefined ? 'mcp.log' : `mcp-server-${server}.log`;
  return readFile(join(home, '.config/Claude/logs', name), 'utf8').catch(() => '');
}

/** Makes it look installed; gives its program file. */
export async function installClaude(home: string): Promise<string> {
  const folder = join(home, 'claude-desktop');
  const program = join(folder, 'claude-desktop');
  await mkdir(folder, { recursive: true });
  await mkdir(join(home, '.config/Claude'), { recursive: true });
  await link(process.execPath, program).catch(async (cause: NodeJS.ErrnoException) => {
    // Another disk, or a system that lets nobody link what is not his.
    if (cause.code !== 'EEXIST') await copyFile(process.execPath, program);
  });
  // What a program finds of itself inside of Electron.
  await writeFile(
    join(folder, 'electron.cjs'),
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '33.0.0' } });\n`,
  );
  return program;
}

/** Resolves when it has read and rewritten its settings. To be quit by whoever starts it. */
export async function startClaude({ home, wipe, extensions = {} }: ClaudeOptions): Promise<FakeClaude> {
  const program = await installClaude(home);
  const electron = join(home, 'claude-desktop/electron.cjs');
  const inElectron = Object.entries(extensions).map(([name, { args, env }]) => {
    // Chromium says of every process what it is for.
    return [name, { command: program, args: ['--require', electron, ...args, '--type=utility'], env }] as const;
  });
  const options = {
    config: claudeConfig(home),
    logs: join(home, '.config/Claude/logs'),
    wipe: wipe ?? 'never',
    extensions: Object.fromEntries(inElectron),
  };
  const child = fork(
    fileURLToPath(new URL('./claude-desktop-program.mjs', import.meta.url)),
    [JSON.stringify(options)],
    {
      execPath: program,
      execArgv: [],
      env: { HOME: home, PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  return talkTo(child);
}

interface Message {
  readonly event?: 'open' | 'ready' | 'tools';
  readonly name?: string;
  readonly tools?: unknown;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

async function talkTo(child: ChildProcess): Promise<FakeClaude> {
  const tools = new Map<string, readonly string[]>();
  const answers = new Map<number, (message: Message) => void>();
  const events = new Map<string, () => void>();
  const event = (name: string) => new Promise<void>((resolve) => events.set(name, resolve));
  const [open, ready] = [event('open'), event('ready')];
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (message: Message) => {
    if (message.event === 'ready') {
      for (const [name, list] of Object.entries(message.tools as Record<string, string[]>)) tools.set(name, list);
    } else if (message.event === 'tools' && message.name !== undefined) {
      tools.set(message.name, message.tools as string[]);
    }
    if (message.event) events.get(message.event)?.();
    if (message.id !== undefined) answers.get(message.id)?.(message);
  });
  let lastId = 0;
  const ask = async (wish: object): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    const answer = await new Promise<Message>((resolve, reject) => {
      answers.set(id, resolve);
      void gone.then(() => reject(new Error('Claude has quit')));
      child.send({ ...wish, id });
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
  await Promise.race([
    open,
    gone.then(() => {
      throw new Error('Claude did not start');
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    tools,
    ready,
    call: (name, tool, input = {}) => ask({ do: 'call', name, tool, input }),
    wipe: async () => void (await ask({ do: 'wipe' })),
    rewrite: async () => void (await ask({ do: 'rewrite' })),
    async quit() {
      if (child.connected) child.send({ do: 'quit' });
      await gone;
    },
  };
}
