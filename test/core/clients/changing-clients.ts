/** A program that changes Cursor's settings and is killed in front of its nth rename, as by a power cut. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { createClients } from '../../../electron/core/clients/clients.ts';

const [what = '', home = '', dataDir = '', relay = '', killAt = '0'] = process.argv.slice(2);
const promises: typeof import('node:fs/promises') = createRequire(import.meta.url)('node:fs/promises');
const rename = promises.rename;
let renames = 0;
Reflect.set(promises, 'rename', async (from: string, to: string) => {
  renames += 1;
  if (renames === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  return rename(from, to);
});
syncBuiltinESMExports();

const clients = createClients({
  computer: { platform: 'linux', homedir: home, env: {} },
  dataDir,
  now: Date.now,
  log: () => undefined,
  relay: () => [process.execPath, relay],
  isRunning: async () => false,
  starts: () => [],
});
if (what === 'add') await clients.add('cursor');
else {
  const entries = [{ name: 'sales', connection: 'sales', isMeant: () => true }];
  await clients.replace({ client: 'cursor', path: join(home, '.cursor/mcp.json'), entries });
}
process.stdout.write(`done ${renames}`);
