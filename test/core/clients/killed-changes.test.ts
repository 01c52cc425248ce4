/** A change whose process is killed in the middle: it is made and known, or not made and not known. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BundledProgram, bundleProgram } from '../../fakes/bundle.ts';
import { type ClientHome, openClientHome } from '../../fakes/client-home.ts';

let program: BundledProgram;
let home: ClientHome;
beforeAll(async () => {
  program = await bundleProgram(new URL('./changing-clients.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(async () => {
  home = await openClientHome();
});
afterEach(() => home.end());

const file = '.cursor/mcp.json';
const before = '{"mcpServers":{"sales":{"command":"npx","args":["mcp-remote"],"env":{"K":"a-secret"}}}}';

async function change(what: 'add' | 'replace', killAt: number): Promise<string> {
  const words = [program.path, what, home.home, home.dataDir, home.computer.relay?.[1] ?? '', String(killAt)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return said;
}

describe.each(['add', 'replace'] as const)('%s', (what) => {
  // What is meant, the settings, what is known.
  it('renames three files', async () => {
    await home.put(file, before);
    expect(await change(what, 0)).toBe('done 3');
  });

  it.each([1, 2])('killed before its rename %i is not made, and nothing is known of it', async (killAt) => {
    await home.put(file, before);
    expect(await change(what, killAt)).toBe('');
    expect(await home.read(file)).toBe(before);
    expect(await home.clients.written()).toEqual([]);
    expect((await home.clients.view('cursor')).files[0]).not.toHaveProperty('undo');
    expect((await home.clients.undo('cursor')).changed).toEqual([]);
  });

  it('killed once the settings are changed is known, and goes back byte for byte', async () => {
    await home.put(file, before);
    expect(await change(what, 3)).toBe('');
    expect(await home.read(file)).not.toBe(before);
    expect(await home.clients.written()).toHaveLength(1);
    expect((await home.clients.view('cursor')).files[0]?.undo).toBe('bytes');
    expect((await home.clients.undo('cursor')).changed).toHaveLength(1);
    expect(await home.read(file)).toBe(before);
    expect(await home.clients.written()).toEqual([]);
  });
});
