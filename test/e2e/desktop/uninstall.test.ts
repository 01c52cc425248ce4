/** The desktop app as an uninstaller starts it: no screen, no window, its entries taken out, and an exit code. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClients } from '../../../electron/core/clients/clients.ts';
import { electron, partMissing } from '../../fakes/parts.ts';
import { repository } from './app.ts';

const run = promisify(execFile);
const before = '{\n  "mcpServers": {}, // none yet\n}\n';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-uninstall-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe.skipIf(partMissing('electron') !== undefined)('the app, told to remove its entries', () => {
  it('does so and ends, where there is neither a screen nor a broker', async () => {
    const dataDir = join(home, '.config/Conexor');
    const settings = join(home, '.cursor/mcp.json');
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await mkdir(join(home, '.cursor'));
    await writeFile(settings, before);
    const clients = createClients({
      computer: { platform: 'linux', homedir: home, env: {} },
      dataDir,
      log: () => undefined,
      now: Date.now,
      relay: () => [process.execPath, '/nowhere/relay.cjs'],
      isRunning: async () => false,
      starts: () => [],
    });
    await clients.add('cursor');
    expect(await readFile(settings, 'utf8')).not.toBe(before);
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const words = [...asRoot, repository, '--remove-entries', '--ozone-platform=headless'];
    const { stdout } = await run(electron() ?? '', words, {
      env: { HOME: home, PATH: process.env['PATH'], LANG: 'es_ES.UTF-8' },
      timeout: 30_000,
    });
    expect(stdout).toContain(`Se ha quitado la entrada de Conexor de ${settings}.\n`);
    expect(await readFile(settings, 'utf8')).toBe(before);
    expect(await readdir(dataDir)).not.toContain('broker.sock');
  });
});
