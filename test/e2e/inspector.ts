/** The official MCP inspector's command line at one of our doors. Ask `partMissing('inspector')` first. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inspector } from '../fakes/parts.ts';
import type { Way } from './mcp-hosts.ts';

const run = promisify(execFile);

/** Gives what it printed. Rejects, with what it complained about, when it fails. It writes into `home`. */
export async function runInspector(home: string, way: Way, words: readonly string[]): Promise<string> {
  const { command, args } = inspector();
  const target =
    way.door === 'relay'
      ? [...words, '--', way.command, ...way.args]
      : [way.url, '--transport', 'http', '--header', `Authorization: Bearer ${way.key}`, ...words];
  const env = { ...process.env, ...(way.door === 'relay' ? way.env : {}), HOME: home };
  return (await run(command, [...args, ...target], { env, timeout: 15_000 })).stdout;
}
