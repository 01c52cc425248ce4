import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, link, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnProcess } from '../../../electron/core/clients/own-process.ts';
import { claudeDesktop } from '../../../electron/core/clients/programs/claude-desktop.ts';
import { n8n } from '../../../electron/core/clients/programs/n8n.ts';
import {
  createRunning,
  isRunning,
  processesOf,
  processesOfTaskList,
  processOfProc,
  runningProcesses,
} from '../../../electron/core/clients/running.ts';
import { tableOfCim, tableOfPs } from '../../../electron/core/processes/process-table.ts';

const { darwin = [], win32 = [], linux = [] } = claudeDesktop.processes;
const own = (marks: typeof darwin, path: string, words: readonly string[] = []) => isOwnProcess(marks, { path, words });

describe("Claude Desktop's own process", () => {
  it.each([
    '/Applications/Claude.app/Contents/MacOS/Claude',
    '/Users/ana/Applications/Claude.app/Contents/MacOS/Claude',
    '/Applications/Claude.app/Contents/Frameworks/Claude Helper (Renderer).app/Contents/MacOS/Claude Helper (Renderer)',
    '/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper',
  ])('on macOS is %s', (path) => {
    expect(own(darwin, path)).toBe(true);
  });

  it.each([
    '/Users/ana/.local/bin/claude',
    '/opt/homebrew/bin/claude',
    '/Users/ana/.local/share/claude/versions/2.1.40',
    // Claude Code as Claude Desktop keeps it.
    '/Users/ana/Library/Application Support/Claude/claude-code/2.1.40/claude.app/Contents/MacOS/claude',
    // Started by the browser, whether Claude runs or not.
    '/Applications/Claude.app/Contents/Helpers/chrome-native-host',
    '/Applications/Claudette.app/Contents/MacOS/Claudette',
  ])('on macOS is not %s', (path) => {
    expect(own(darwin, path)).toBe(false);
  });

  it.each([
    String.raw`C:\Users\ana\AppData\Local\AnthropicClaude\app-1.0.211\claude.exe`,
    String.raw`C:\Program Files\WindowsApps\Claude_1.1.4498.0_x64__pzs8sxrjxfjjc\app\Claude.exe`,
    String.raw`c:\program files\windowsapps\claude_1.2.0.0_arm64__pzs8sxrjxfjjc\app\claude.exe`,
  ])('on Windows is %s', (path) => {
    expect(own(win32, path)).toBe(true);
  });

  it.each([
    String.raw`C:\Users\ana\.local\bin\claude.exe`,
    String.raw`C:\Users\ana\AppData\Roaming\npm\claude.exe`,
    String.raw`C:\Users\ana\AppData\Roaming\Claude\claude-code\2.1.40\claude.exe`,
    String.raw`C:\Users\ana\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\claude-code\2.1.40\claude.exe`,
    String.raw`C:\Program Files\WindowsApps\Claude_1.1.4498.0_x64__pzs8sxrjxfjjc\app\resources\cowork-svc.exe`,
  ])('on Windows is not %s', (path) => {
    expect(own(win32, path)).toBe(false);
  });

  it('on Linux is its program, or an Electron that runs its archive', () => {
    expect(own(linux, '/usr/lib/claude-desktop/claude-desktop')).toBe(true);
    expect(own(linux, '/tmp/.mount_claudeAb12/usr/bin/claude-desktop')).toBe(true);
    expect(
      own(linux, '/usr/lib/claude-desktop/node_modules/electron/dist/electron', ['one title --type=renderer']),
    ).toBe(true);
    expect(
      own(linux, '/usr/lib/electron/electron', ['/usr/lib/electron/electron', '/usr/lib/claude-desktop/app.asar']),
    ).toBe(true);
    const title = '/usr/lib/electron/electron --type=gpu-process --app-path=/usr/lib/claude-desktop/app.asar --x';
    expect(own(linux, '/usr/lib/electron/electron', [title])).toBe(true);
    expect(own(linux, '/usr/lib/electron/electron', ['electron', '/usr/lib/other/app.asar'])).toBe(false);
    expect(own(linux, '/home/ana/.local/share/claude/versions/2.1.40', ['claude'])).toBe(false);
    expect(own(linux, '/usr/bin/node', ['node', '/usr/bin/claude'])).toBe(false);
  });
});

describe('what the systems say', () => {
  it('macOS: paths with spaces', () => {
    const files = [
      '    1     0 /sbin/launchd',
      '  412     1 /Applications/Claude.app/Contents/MacOS/Claude',
      '  413   412 /Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper',
      '99021     1 node',
      '',
    ].join('\n');
    const found = processesOf(tableOfPs(files, '    1 /sbin/launchd\n'));
    expect(found?.map(({ pid }) => pid)).toEqual([1, 412, 413]);
    expect(isRunning(darwin, found)).toBe(true);
    expect(isRunning(darwin, found?.slice(2))).toBe(true);
    expect(isRunning(darwin, found?.slice(0, 1))).toBe(false);
    expect(processesOf(tableOfPs('', ''))).toBeUndefined();
  });

  it('Windows: rows of CIM, one alone, and those of other users', () => {
    const path = String.raw`C:\Program Files\WindowsApps\Claude_1.1.4498.0_x64__pzs8sxrjxfjjc\app\Claude.exe`;
    const claude = { ProcessId: 5120, ParentProcessId: 4242, Name: 'claude.exe', ExecutablePath: path };
    const system = { ProcessId: 4, ParentProcessId: 0, Name: 'System', ExecutablePath: null };
    const others = { ...system, ProcessId: 77, Name: 'claude.exe' };
    const many = processesOf(tableOfCim(`\uFEFF${JSON.stringify([system, others, claude])}`));
    expect(many?.map((one) => [one.pid, one.path])).toEqual([[5120, path]]);
    expect(isRunning(win32, many)).toBe(true);
    expect(processesOf(tableOfCim(JSON.stringify(claude)))).toHaveLength(1);
    for (const text of ['', 'Get-CimInstance : Access denied', '[]', 'null', '[{"ProcessId":"x"}]']) {
      expect(processesOf(tableOfCim(text))).toBeUndefined();
    }
  });

  it('Windows: the task list names files only: no claude.exe is closed, one is not known', () => {
    const rows = ['"System Idle Process","0","Services","0","8 K"', '"explorer.exe","4242","Console","1","120,004 K"'];
    expect(isRunning(win32, processesOfTaskList(rows.join('\r\n')))).toBe(false);
    rows.push('"claude.exe","5120","Console","1","320,004 K"', '');
    expect(isRunning(win32, processesOfTaskList(rows.join('\r\n')))).toBeUndefined();
    expect(processesOfTaskList('INFO: No tasks are running.')).toBeUndefined();
  });

  it('Linux: a program that was updated while it runs, and one without words', () => {
    const exe = '/usr/lib/claude-desktop/claude-desktop (deleted)';
    expect(processOfProc(7, exe, '/usr/bin/claude-desktop\0--ozone=x y\0')).toEqual({
      pid: 7,
      path: '/usr/lib/claude-desktop/claude-desktop',
      words: ['/usr/bin/claude-desktop', '--ozone=x y'],
    });
    expect(processOfProc(7, '/x', '').words).toEqual([]);
  });

  it('T a system that does not tell is not the same as closed', async () => {
    expect(isRunning(win32, undefined)).toBeUndefined();
    expect(isRunning(undefined, [])).toBeUndefined();
    expect(isRunning([], [])).toBeUndefined();
    expect(isRunning(win32, [])).toBe(false);
    const env = { SystemRoot: '/nowhere' };
    expect(await runningProcesses({ platform: 'win32', homedir: '/', env })).toBeUndefined();
    expect(await runningProcesses({ platform: 'aix', homedir: '/', env: {} })).toBeUndefined();
  });
});

describe.skipIf(process.platform !== 'linux')('a real process', () => {
  let folder = '';
  let program = '';
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'cx-run-')));
    program = join(folder, 'claude-desktop/claude-desktop');
    await mkdir(dirname(program));
    await link(process.execPath, program).catch(() => copyFile(process.execPath, program));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Resolves when it runs. */
  async function start(home: string, more: Record<string, string> = {}): Promise<ChildProcess> {
    const words = ['-e', 'process.stdout.write("up"); process.stdin.resume()', 'a word'];
    child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], env: { HOME: home, ...more } });
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    return child;
  }

  async function end(): Promise<void> {
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.stdin?.end();
    await gone;
  }

  it('is found as Claude Desktop while it runs, and not before or after', async () => {
    const computer = { platform: 'linux', homedir: folder, env: {} };
    const runs = createRunning(computer);
    expect(await runs(claudeDesktop)).toBe(false);
    const { pid } = await start(folder);
    expect(await runs(claudeDesktop)).toBe(true);
    const found = (await runningProcesses(computer))?.find((one) => one.pid === pid);
    expect(found).toMatchObject({ path: program });
    expect(found?.words.at(-1)).toBe('a word');
    await end();
    expect(await runs(claudeDesktop)).toBe(false);
  });

  it('T with the settings of another home it is none of ours', async () => {
    const runs = createRunning({ platform: 'linux', homedir: folder, env: {} });
    await start(join(folder, 'other'));
    expect(await runs(claudeDesktop)).toBe(false);
    await end();
    await start(join(folder, 'other'), { XDG_CONFIG_HOME: join(folder, '.config') });
    expect(await runs(claudeDesktop)).toBe(true);
    await end();
    expect(await createRunning({ platform: 'linux', homedir: folder, env: {} })(n8n)).toBeUndefined();
  });
});
