/** What an uninstaller has the program do: its entries go, byte for byte, and what belongs to others stays. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClients } from '../electron/core/clients/clients.ts';
import { placeRelay, relayPlace } from '../electron/core/clients/relay-place.ts';
import { type RemoveEntriesNeeds, removeEntries, removeExitCodes } from '../electron/remove-entries.ts';
import { autostartFile, autostartPath } from '../electron/shell/autostart.ts';
import type { ClientId } from '../shared/clients.ts';

let home = '';
let dataDir = '';
let said: string[] = [];
const settingsOf = { cursor: '.cursor/mcp.json', zed: '.config/zed/settings.json', codex: '.codex/config.toml' };
const before = {
  cursor: '\ufeff{\r\n\t"mcpServers": { "files": { "command": "npx", "env": { "KEY": "a neighbour’s" } } },\r\n}\r\n',
  zed: '// mine\n{\n  "context_servers": {},\n  "theme": "One Dark", // dark\n}\n',
  codex: 'model = "o3" # the usual one\n\n[mcp_servers.files]\ncommand = "npx"\n',
};
type Program = keyof typeof before;
const programs = Object.keys(before) as Program[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
  dataDir = join(home, '.config/Conexor');
  said = [];
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (const name of programs) await writeAt(settingsOf[name], before[name]);
  await writeAt('relay built.cjs', '// the relay');
  await writeAt('conexor-desktop', '');
});
afterEach(async () => {
  await chmod(join(home, '.cursor'), 0o755).catch(() => undefined);
  await rm(home, { recursive: true, force: true });
});

async function writeAt(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
}

const computer = () => ({ platform: 'linux', homedir: home, env: {} });
const textOf = (name: Program) => readFile(join(home, settingsOf[name]), 'utf8');
const there = (path: string) =>
  readdir(path).then(
    () => true,
    () => false,
  );
const autostart = () => autostartFile(autostartPath({}, home), [join(home, 'conexor-desktop')]);

/** As a person has left it: entries in three programs, the relay in its place, started at login. */
async function used(): Promise<void> {
  const app = [join(home, 'conexor-desktop'), '--hidden'];
  const relay = await placeRelay({ built: join(home, 'relay built.cjs'), program: { app }, dataDir });
  const clients = createClients({
    computer: computer(),
    dataDir,
    log: () => undefined,
    now: Date.now,
    relay: () => [process.execPath, relay],
    isRunning: async () => false,
    starts: () => [],
  });
  for (const name of programs) {
    expect((await clients.add(name)).failed).toEqual([]);
    expect(await textOf(name)).toContain(relay);
  }
  await mkdir(join(dataDir, 'bundles'));
  autostart().set(true);
  await writeFile(join(dataDir, 'vault.jwe'), 'sealed');
}

const uninstall = (change: Partial<RemoveEntriesNeeds> = {}) =>
  removeEntries({
    computer: computer(),
    dataDir,
    relay: [process.execPath, relayPlace(dataDir)],
    stopRunning: () => Promise.reject(new Error('none runs')),
    isRunning: async () => false,
    ownPrograms: [join(home, 'conexor-desktop')],
    autostart: autostart(),
    language: 'en',
    say: (line) => said.push(line),
    log: () => undefined,
    ...change,
  });

describe('uninstalling', () => {
  it('leaves every file as it was, says which, and where the sign-ins are', async () => {
    await used();
    const stopped: string[] = [];
    expect(await uninstall({ stopRunning: async () => stopped.push('stopped') })).toBe(removeExitCodes.done);
    for (const name of programs) expect(await textOf(name)).toBe(before[name]);
    expect(stopped).toEqual(['stopped']);
    expect(said.toSorted()).toEqual(
      [
        ...programs.map((name) => `Conexor's entry was taken out of ${join(home, settingsOf[name])}.`),
        `Your sign-ins are kept in ${dataDir}. Delete that folder if you do not want them any more.`,
      ].toSorted(),
    );
    expect(autostart().status()).toBe('off');
    expect([await there(join(dataDir, 'bin')), await there(join(dataDir, 'bundles'))]).toEqual([false, false]);
    expect(await readFile(join(dataDir, 'vault.jwe'), 'utf8')).toBe('sealed');
    // Once more, as when an uninstaller is run again.
    said = [];
    expect(await uninstall()).toBe(removeExitCodes.done);
    expect(said).toHaveLength(1);
  });

  it('finds what nobody has written down, and leaves it with what it starts where the list cannot be read', async () => {
    await used();
    await rm(join(dataDir, 'client-entries.json'));
    await mkdir(join(dataDir, 'client-entries.json'));
    expect(await uninstall()).toBe(removeExitCodes.left);
    for (const name of programs) expect(said.join('\n')).toContain(join(home, settingsOf[name]));
    expect(await there(join(dataDir, 'bin'))).toBe(true);
    await rm(join(dataDir, 'client-entries.json'), { recursive: true });
    expect(await uninstall()).toBe(removeExitCodes.done);
    for (const name of programs) expect(await textOf(name)).not.toContain('relay.cjs');
    expect(await there(join(dataDir, 'bin'))).toBe(false);
  });

  it('takes out the own entry alone where others have written since', async () => {
    await used();
    await writeFile(join(home, settingsOf.zed), (await textOf('zed')).replace('One Dark', 'Ayu Light'));
    expect(await uninstall()).toBe(removeExitCodes.done);
    expect(await textOf('zed')).toContain('Ayu Light');
    expect(await textOf('zed')).not.toContain('conexor');
  });

  it('says what stays and why, in the person’s language, and keeps what that entry starts', async () => {
    await used();
    const runs = new Set<ClientId>(['cursor']);
    await rm(join(home, settingsOf.codex));
    await mkdir(join(home, settingsOf.codex));
    expect(await uninstall({ isRunning: async ({ id }) => runs.has(id), language: 'es' })).toBe(removeExitCodes.left);
    expect(said.find((line) => line.includes(settingsOf.codex))).toMatch(
      /^La entrada de Conexor sigue en .*\. .+\. .+/,
    );
    expect(await textOf('zed')).toBe(before.zed);
    expect(await there(join(dataDir, 'bin'))).toBe(true);
  });

  it('touches nothing where another Conexor uses the entries by now', async () => {
    await used();
    await writeAt('other/headless.mjs', '');
    const headless = join(home, 'other/headless.mjs');
    await placeRelay({ built: join(home, 'relay built.cjs'), program: { headless }, dataDir });
    const texts = await Promise.all(programs.map(textOf));
    expect(await uninstall()).toBe(removeExitCodes.done);
    expect(await Promise.all(programs.map(textOf))).toEqual(texts);
    expect(said).toEqual([expect.stringContaining(`another Conexor uses it (${headless})`)]);
    expect(autostart().status()).toBe('on');
    // That one is gone: then they are nobody else's.
    await rm(headless);
    expect(await uninstall()).toBe(removeExitCodes.done);
    expect(await textOf('cursor')).toBe(before.cursor);
  });

  it('makes nothing where Conexor was never used', async () => {
    await rm(dataDir, { recursive: true });
    expect(await uninstall()).toBe(removeExitCodes.done);
    expect(await there(dataDir)).toBe(false);
    expect(said).toEqual([]);
  });

  it('ends in time, whatever does not answer', async () => {
    await used();
    const never = new Promise<never>(() => undefined);
    expect(await uninstall({ isRunning: () => never, stopRunning: async () => undefined, waitMs: 200 })).toBe(
      removeExitCodes.failed,
    );
    expect(said).toEqual(['Not everything that Conexor wrote into other programs could be taken out.']);
  });
});
