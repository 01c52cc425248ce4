/** What an organisation forbids in a program: as each system's own command tells it (recorded by hand), and what then is offered. */
import { describe, expect, it } from 'vitest';
import { waysOf } from '../../../electron/core/clients/client-ways.ts';
import { forbiddenWays, requireAllowed } from '../../../electron/core/clients/policy.ts';
import { clientProgram } from '../../../electron/core/clients/programs/catalogue.ts';
import type { outputOf } from '../../../electron/core/processes/program-output.ts';
import { Fault } from '../../../shared/faults.ts';

const claude = clientProgram('claude-desktop');
const windows = { platform: 'win32', homedir: 'C:\\Users\\ana', env: { SystemRoot: 'C:\\Windows' } };
const mac = { platform: 'darwin', homedir: '/Users/ana', env: {} };
const linux = { platform: 'linux', homedir: '/home/ana', env: {} };

/** Answers by the words asked; everything else is not there. */
const system =
  (answers: Readonly<Record<string, string>>): typeof outputOf =>
  async (program, words) => {
    const stdout = answers[[program, ...words].join(' ')];
    return { code: stdout === undefined ? 1 : 0, stdout: stdout ?? '', stderr: '' };
  };

const query = 'C:\\Windows\\System32\\reg.exe query HKLM\\SOFTWARE\\Policies\\Claude';
const read = (name: string) =>
  `/usr/bin/defaults read /Library/Managed Preferences/com.anthropic.claudefordesktop ${name}`;

describe('what an organisation does not allow', () => {
  it('is read from the registry of Windows', async () => {
    const registry = (extension: string, local: string) =>
      system({
        [query]: `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude\r\n    isDesktopExtensionEnabled    REG_DWORD    ${extension}\r\n    isLocalDevMcpEnabled    REG_DWORD    ${local}\r\n    other    REG_SZ    0x0\r\n\r\n`,
      });
    expect([...(await forbiddenWays(claude, windows, registry('0x0', '0x1')))]).toEqual(['bundle']);
    expect([...(await forbiddenWays(claude, windows, registry('0x1', '0x0')))]).toEqual(['file']);
    expect([...(await forbiddenWays(claude, windows, registry('0x1', '0x10')))]).toEqual([]);
    expect([...(await forbiddenWays(claude, windows, system({})))]).toEqual([]);
  });

  it('is read from the managed preferences of macOS', async () => {
    const preferences = system({ [read('isDesktopExtensionEnabled')]: '0\n', [read('isLocalDevMcpEnabled')]: '1\n' });
    expect([...(await forbiddenWays(claude, mac, preferences))]).toEqual(['bundle']);
  });

  it('is nothing where there is no such place, and for programs without one', async () => {
    const all = system({ [query]: '    isLocalDevMcpEnabled    REG_DWORD    0x0\r\n' });
    expect([...(await forbiddenWays(claude, linux, all))]).toEqual([]);
    expect([...(await forbiddenWays(clientProgram('cursor'), windows, all))]).toEqual([]);
    await expect(requireAllowed(claude, 'file', linux)).resolves.toBeUndefined();
  });

  it('is not offered, and is refused in a sentence with what to do', async () => {
    const ask = system({ [read('isDesktopExtensionEnabled')]: '0', [read('isLocalDevMcpEnabled')]: '1' });
    const needs = { computer: mac, relay: () => ['node', 'relay.cjs'], bundle: async () => '/x.mcpb', ask };
    expect(await waysOf(needs, claude, true)).toEqual(['file']);
    const refused = await requireAllowed(claude, 'bundle', mac, ask).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: 'program-policy', detail: { subject: 'Claude Desktop' } });
  });

  it('is offered all the same where nothing at all is allowed: trying says so', async () => {
    const ask = system({ [read('isDesktopExtensionEnabled')]: '0', [read('isLocalDevMcpEnabled')]: '0' });
    const needs = { computer: mac, relay: () => ['node', 'relay.cjs'], bundle: async () => '/x.mcpb', ask };
    expect(await waysOf(needs, claude, true)).toEqual(['file', 'bundle']);
  });
});
