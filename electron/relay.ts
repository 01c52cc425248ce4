/**
 * What an MCP client starts: its stdin and stdout, joined to the broker's socket for as long as the client wants, with
 * whichever broker there is. Bundled into one CommonJS file without dependencies, because every assistant pays for its
 * start: what is rarely needed is loaded when it is. Writes no file, knows no secret, and says one plain line on stderr
 * when something is wrong.
 */
import { homedir } from 'node:os';
import type { McpHello } from '../shared/hello.ts';
import { socketPath } from './core/bridge/socket-path.ts';
import { Link, type LinkOptions } from './relay/link.ts';

function main(): void {
  // Signals end us at once and as a success: the host has what it was going to get.
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => process.exit(0));
  const { client, connection, dataDir } = readOptions(process.argv.slice(2));
  const hello: McpHello = {
    conexor: 1,
    door: 'mcp',
    client,
    ...(connection === undefined ? {} : { connection }),
    process: { pid: process.pid, parentPid: process.ppid, platform: process.platform },
  };
  const words = ['--client', client, ...(connection === undefined ? [] : ['--connection', connection])];
  new Link({ path: pathOf(dataDir), hello: `${JSON.stringify(hello)}\n`, dataDir, words }).begin();
}

function pathOf(dataDir: string | undefined): LinkOptions['path'] {
  try {
    return socketPath({ env: process.env, platform: process.platform, homedir: homedir(), dataDir });
  } catch (thrown) {
    return { refusal: (thrown as Error).message };
  }
}

interface Options {
  readonly client: string;
  readonly connection: string | undefined;
  readonly dataDir: string | undefined;
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

main();
