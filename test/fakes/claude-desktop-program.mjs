/**
 * The process of a Claude Desktop as people report it (CLIENTS.md 1.1): reads its settings once, at its start; skips
 * entries with a `url`; starts every server twice; speaks stdio and protocol 2025-11-25 only; writes its settings again
 * from its memory, and drops `mcpServers` when it is told to. Controlled over IPC by claude-desktop.ts, which starts it.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** @typedef {{ command: string, args?: string[], env?: Record<string, string> }} Server */
/** @typedef {{ config: string, logs: string, wipe: 'never' | 'start' | 'quit', extensions: Record<string, Server> }} Options */

/** @type {Options} */
const options = JSON.parse(process.argv[2] ?? '');
/** @type {Record<string, unknown>} */
let memory = {};
/** @type {Map<string, Client>} */
const running = new Map();
/** @type {Map<string, string[]>} */
const tools = new Map();

mkdirSync(options.logs, { recursive: true });

/** @param {string} name @param {string} line */
const log = (name, line) => appendFileSync(join(options.logs, name), `${line}\n`);
/** @param {object} message */
const tell = (message) => process.send?.(message);

function readConfig() {
  try {
    memory = JSON.parse(readFileSync(options.config, 'utf8'));
  } catch (error) {
    memory = {};
    log('mcp.log', `Could not load app settings: ${error}`);
  }
}

/** As the running app does at many occasions: what it has in memory, not what stands there. @param {boolean} wiped */
function writeConfig(wiped) {
  const { mcpServers, ...rest } = memory;
  const preferences = { ...(memory.preferences ?? {}), menuBarEnabled: true };
  const content = { ...(wiped || mcpServers === undefined ? {} : { mcpServers }), ...rest, preferences };
  memory = content;
  mkdirSync(dirname(options.config), { recursive: true });
  writeFileSync(options.config, JSON.stringify(content, undefined, 2));
}

/** @returns {[string, Server][]} */
function usable() {
  const all = Object.entries(memory.mcpServers ?? {});
  const skipped = all.filter(([, entry]) => typeof entry?.command !== 'string').map(([name]) => name);
  if (skipped.length > 0) {
    log(
      'mcp.log',
      `The following entries in claude_desktop_config.json are not valid MCP server configurations and were skipped: ${skipped.join(', ')}`,
    );
  }
  return [...all.filter(([name]) => !skipped.includes(name)), ...Object.entries(options.extensions)];
}

/** @param {string} name @param {Server} server */
async function connect(name, server) {
  const transport = new StdioClientTransport({
    command: server.command,
    args: server.args ?? [],
    // A subset of the surroundings, as every host does.
    env: { HOME: process.env.HOME ?? '', PATH: process.env.PATH ?? '', ...server.env },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk) => log(`mcp-server-${name}.log`, String(chunk).trimEnd()));
  const client = new Client({ name: 'claude-ai', version: '0.1.0' });
  await client.connect(transport);
  return client;
}

/** @param {Client} client */
const namesOf = async (client) => (await client.listTools()).tools.map(({ name }) => name);

/** @param {string} name @param {Server} server */
async function use(name, server) {
  try {
    const first = await connect(name, server);
    await namesOf(first);
    await first.close();
    const client = await connect(name, server);
    client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
      tools.set(name, await namesOf(client));
      tell({ event: 'tools', name, tools: tools.get(name) });
    });
    running.set(name, client);
    tools.set(name, await namesOf(client));
  } catch (error) {
    log(`mcp-server-${name}.log`, `Server disconnected: ${error}`);
  }
}

async function quit() {
  if (options.wipe === 'quit') writeConfig(true);
  // Closes its stdin first.
  await Promise.all([...running.values()].map((client) => client.close()));
  process.exit(0);
}

/** @type {Record<string, (wish: any) => unknown>} */
const wishes = {
  wipe: () => writeConfig(true),
  /** A login, another tab: it writes what it has in memory. */
  rewrite: () => writeConfig(false),
  call: ({ name, tool, input }) => running.get(name)?.callTool({ name: tool, arguments: input }),
};

process.on('message', async (/** @type {any} */ wish) => {
  if (wish.do === 'quit') {
    await quit();
    return;
  }
  try {
    tell({ id: wish.id, result: (await wishes[wish.do]?.(wish)) ?? null });
  } catch (error) {
    tell({ id: wish.id, error: String(error) });
  }
});
// Whoever started us is gone.
process.on('disconnect', quit);

readConfig();
const servers = usable();
writeConfig(options.wipe === 'start');
tell({ event: 'open' });
await Promise.all(servers.map(([name, server]) => use(name, server)));
tell({ event: 'ready', tools: Object.fromEntries(tools) });
