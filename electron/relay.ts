/**
 * What an MCP client starts: its stdin and stdout, joined to the broker's socket. Bundled into one CommonJS file
 * without dependencies, because every assistant pays for its start: what is rarely needed is loaded when it is.
 * Writes no file, knows no secret, and says one plain line on stderr when something is wrong.
 */
import { connect, type Socket } from 'node:net';
import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import type { McpHello } from '../shared/hello.ts';
import { socketPath, socketTrust } from './core/bridge/socket-path.ts';

/** From the end of stdin until we are gone, at most. */
const endWaitMs = 900;
/** A broker that is started for us has this long to be ready. */
const startWaitMs = 8_000;

interface Options {
  readonly client: string;
  readonly connection: string | undefined;
  readonly dataDir: string | undefined;
}

const notRunning = "Conexor isn't running. Start Conexor, then try again.";

/** What the host says: stdin, or while a broker is being started what has come of it so far. */
let input: Readable = process.stdin;
/** The host has said all. */
let ended = false;

function main(): void {
  // Signals end us at once and as a success: the host has what it was going to get.
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => process.exit(0));
  // A host that is gone reads nothing more.
  process.stdout.on('error', () => process.exit(0));
  process.stdin.on('end', () => {
    ended = true;
    setTimeout(() => process.exit(0), endWaitMs).unref();
  });
  let path: string;
  const options = readOptions(process.argv.slice(2));
  try {
    path = socketPath({ env: process.env, platform: process.platform, homedir: homedir(), dataDir: options.dataDir });
  } catch (thrown) {
    answerInWords((thrown as Error).message);
    return;
  }
  join(path, options, () => {
    startBroker(options)
      .then(() => join(path, options, () => answerInWords(notRunning)))
      .catch((thrown: Error) => answerInWords(thrown.message));
  });
}

/** `--name value` and `--name=value`; what we do not know is left alone, a client may pass it for its own reasons. */
function readOptions(args: readonly string[]): Options {
  const value = (name: string): string | undefined => {
    const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
    const found = at < 0 ? undefined : args[at];
    return found?.includes('=') ? found.slice(found.indexOf('=') + 1) : at < 0 ? undefined : args[at + 1];
  };
  return {
    client: value('client') || 'mcp-client',
    connection: value('connection'),
    dataDir: value('data') ?? process.env['CONEXOR_DATA_DIR'],
  };
}

/** Joins stdio and socket; `absent` is called where no broker listens. */
function join(path: string, { client, connection }: Options, absent: () => void): void {
  const trust = socketTrust(path);
  if (trust !== 'ours') {
    if (trust === 'absent') absent();
    else answerInWords(trust.refusal);
    return;
  }
  const hello: McpHello = { conexor: 1, door: 'mcp', client, ...(connection === undefined ? {} : { connection }) };
  const socket = connect({ path, allowHalfOpen: true });
  socket.once('error', absent);
  socket.once('connect', () => {
    socket.off('error', absent);
    pipe(socket);
  });
  socket.write(`${JSON.stringify(hello)}\n`);
}

function pipe(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (ended) process.exit(0);
    say('Conexor has closed the connection. Start Conexor if it is not running, then connect again.');
    process.exit(1);
  });
  // The broker has no more to say; what it said is on stdout already, whose pipes are written synchronously.
  socket.on('end', () => socket.end());
  input.on('error', () => socket.end());
  input.pipe(socket);
  socket.pipe(process.stdout, { end: false });
}

/** Starts the broker beside us, as nobody's child, and waits for the one line it says on its stdout. */
async function startBroker({ dataDir }: Options): Promise<void> {
  // A process that a packaged Windows app starts lives in that app's sandbox (DESKTOP section 5).
  if (process.platform === 'win32')
    throw new Error("Conexor isn't running. Open it from the Start menu, then try again.");
  const [{ spawn }, { PassThrough }] = await Promise.all([import('node:child_process'), import('node:stream')]);
  // The end of stdin is noticed only while it is read, and a host may well give up before the broker is there.
  input = process.stdin.pipe(new PassThrough());
  const program = `${__dirname}/headless.mjs`;
  // A secret given to the one who started us is none of the broker's surroundings.
  const { CONEXOR_CLIENT_SECRET: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [program, '--background', ...(dataDir === undefined ? [] : ['--data', dataDir])],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
    },
  );
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

/** No way to the broker: every request of the host is answered with the reason, until the host ends. */
function answerInWords(message: string): void {
  say(message);
  let rest = '';
  input.setEncoding('utf8');
  input.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const id = requestId(line);
      if (id === undefined) continue;
      const data = { fault: 'broker-absent' };
      process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32050, message, data } })}\n`);
    }
  });
  input.on('end', () => process.exit(0));
}

function requestId(line: string): string | number | undefined {
  try {
    const { id, method } = JSON.parse(line);
    return typeof method === 'string' && (typeof id === 'string' || typeof id === 'number') ? id : undefined;
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main();
