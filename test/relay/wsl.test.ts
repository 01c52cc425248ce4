/** A relay in WSL: which Conexor it takes, and how it is joined to the one of Windows. Windows is a tree of scripts here. */
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWsl } from '../../electron/relay/in-wsl.ts';
import { type WslSurroundings, windowsRelay } from '../../electron/relay/wsl.ts';
import { eventually } from '../fakes/line-host.ts';
import { type BuiltRelay, buildRelay, type Relay, startRelay } from '../fakes/relay.ts';
import { asServer, ScriptedBroker } from '../fakes/scripted-broker.ts';
import { soon } from '../fakes/soon.ts';

let built: BuiltRelay;
let folder: string;
beforeAll(async () => {
  built = await buildRelay();
});
afterAll(() => built?.remove());

const drives = () => join(folder, 'mnt');
const home = 'c/Users/José Pérez/AppData';
const relayOfWindows = () => join(drives(), home, 'Roaming/Conexor/bin/relay.cjs');
const nodeOfWindows = () => join(drives(), 'c/Program Files/nodejs/node.exe');
const windowsData = () => join(folder, 'data of Windows');
/** What was asked of Windows. */
const asked = () => readFile(join(folder, 'asked'), 'utf8').catch(() => '');

async function script(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "$(basename "$0") $*" >>'${folder}/asked'\n${text}\n`);
  await chmod(path, 0o755);
}

const variables = {
  ALLUSERSPROFILE: 'C:\\ProgramData',
  APPDATA: 'C:\\Users\\José Pérez\\AppData\\Roaming',
  LOCALAPPDATA: 'C:\\Users\\José Pérez\\AppData\\Local',
  Path: 'C:\\Windows\\system32;C:\\a & b\\;"C:\\Program Files\\nodejs\\"',
  ProgramFiles: 'C:\\Program Files',
  ODD: '%PATH% & calc = 1',
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-wsl-'));
  const said = Object.entries(variables).map((pair) => pair.join('='));
  await writeFile(join(folder, 'set'), Buffer.from(`${said.join('\r\n')}\r\n`, 'utf16le'));
  await script(join(folder, 'bin/wslpath'), `[ "$*" = '-u C:\\' ] && echo '${drives()}/c/'`);
  await script(join(drives(), 'c/Windows/System32/cmd.exe'), `[ "$*" = '/d /u /c set' ] && cat '${folder}/set'`);
  await mkdir(dirname(relayOfWindows()), { recursive: true });
  await copyFile(built.path, relayOfWindows());
  // A Node of Windows that is the real one: paths of Windows mean those of the tree to it, and it knows no WSL.
  const realNode = [
    `[ "$1" = --version ] && exec '${process.execPath}' --version`,
    `file=$(printf %s "$1" | sed 's#\\\\#/#g; s#^C:#${drives()}/c#'); shift`,
    `exec env -i PATH="$PATH" HOME='${folder}' CONEXOR_DATA_DIR='${windowsData()}' '${process.execPath}' "$file" "$@"`,
  ];
  await script(nodeOfWindows(), realNode.join('\n'));
  await mkdir(windowsData(), { mode: 0o700 });
  await writeFile(join(folder, 'on'), 'enabled\ninterpreter /init\n');
  await writeFile(join(folder, 'off'), 'disabled\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function inWsl(change: Partial<WslSurroundings> = {}, env: Record<string, string> = {}): WslSurroundings {
  return {
    env: { PATH: `${folder}/bin:${process.env['PATH']}`, ...env },
    dataDir: join(folder, 'own'),
    isNamed: false,
    interop: [join(folder, 'on')],
    ...change,
  };
}

const toWindows = { words: ['C:\\Users\\José Pérez\\AppData\\Roaming\\Conexor\\bin\\relay.cjs'] };

describe('whether it is WSL', () => {
  it.each([
    [{ WSL_DISTRO_NAME: 'Ubuntu' }, '6.1.0-generic', true],
    [{ WSL_INTEROP: '/run/WSL/8_interop' }, '', true],
    [{}, '5.15.153.1-microsoft-standard-WSL2\n', true],
    [{}, '4.4.0-19041-Microsoft\n', true],
    [{}, '6.1.0-27-amd64\n', false],
    [{}, undefined, false],
  ])('%j with the kernel %j: %s', async (env, kernel, is) => {
    const file = join(folder, 'osrelease');
    if (kernel !== undefined) await writeFile(file, kernel);
    expect(isWsl(env, file)).toBe(is);
  });
});

describe('which Conexor is taken', () => {
  it('that of Windows, where this Linux has none: by its variables, whatever is in them', async () => {
    expect(await windowsRelay(inWsl())).toEqual({
      ...toWindows,
      file: nodeOfWindows(),
      cwd: dirname(relayOfWindows()),
    });
    expect((await asked()).split('\n')).toEqual(['wslpath -u C:\\', 'cmd.exe /d /u /c set', 'node.exe --version', '']);
  });

  it('that of this Linux, where it has kept something or was named; nothing is asked of Windows then', async () => {
    const own = inWsl({ isNamed: true });
    expect(await windowsRelay(own)).toBeUndefined();
    await mkdir(join(folder, 'own'));
    await writeFile(join(folder, 'own/vault.jwe'), 'sealed');
    expect(await windowsRelay(inWsl())).toBeUndefined();
    expect(await asked()).toBe('');
    expect(await windowsRelay(inWsl({ isNamed: true }, { CONEXOR_WSL: 'windows' }))).toMatchObject(toWindows);
  });

  it.each<[string, () => Promise<Partial<WslSurroundings> | undefined>, RegExp]>([
    ['interop is off', async () => ({ interop: [join(folder, 'off')] }), /^Windows programs cannot be started/],
    ['nobody says whether it is on', async () => ({ interop: [join(folder, 'no')] }), /^Windows programs cannot be/],
    ['paths cannot be told', () => gone(join(folder, 'bin/wslpath')), /^Windows programs cannot be started/],
    ['Windows does not answer', () => gone(join(drives(), 'c/Windows')), /^Windows programs cannot be started/],
    ['Windows never answers', hangs, /^Windows programs cannot be started/],
    ['Conexor is not there', () => gone(relayOfWindows()), /none was found in Windows\. Open Conexor in Windows once/],
    ['Node is not there', () => gone(nodeOfWindows()), /^Conexor was found in Windows, but no Node\.js 20/],
    ['Node is too old', () => script(nodeOfWindows(), 'echo v18.20.4').then(() => undefined), /but no Node\.js 20/],
    ['Node does not start', () => script(nodeOfWindows(), 'exit 1').then(() => undefined), /but no Node\.js 20/],
  ])('one sentence and what to do, where %s', async (_, change, words) => {
    const surroundings = inWsl((await change()) ?? {});
    const said = await windowsRelay(surroundings).then(
      () => 'found',
      (thrown: Error) => thrown.message,
    );
    expect(said).toMatch(words);
    expect(said).toMatch(/or start one here: npx conexor start$/);
  });
});

async function gone(path: string): Promise<undefined> {
  await rm(path, { recursive: true });
}

async function hangs(): Promise<Partial<WslSurroundings>> {
  await script(join(drives(), 'c/Windows/System32/cmd.exe'), 'exec sleep 60');
  return { waitMs: 300 };
}

describe('the built relay, joined to the one of Windows', () => {
  let broker: ScriptedBroker;
  let relay: Relay;
  beforeEach(async () => {
    broker = await new ScriptedBroker(windowsData()).start();
    broker.onMessage = asServer();
  });
  afterEach(async () => {
    relay.child.kill('SIGKILL');
    await relay.ended;
    await broker.kill();
  });

  const start = (env: Record<string, string> = {}) => {
    relay = startRelay(built.path, ['--client', 'claude-code', '--connection', 'sales'], folder, {
      PATH: `${folder}/bin:${process.env['PATH']}`,
      CONEXOR_WSL: 'windows',
      ...env,
    });
    return relay;
  };
  const helloAt = (at: number) => JSON.parse(broker.connections[at]?.hello ?? '{}');

  it('carries the conversation with its own client and connection, and ends with the host', async () => {
    const { host, ended } = start();
    expect((await host.ask('initialize', { protocolVersion: '2025-11-25' })).result).toBeDefined();
    expect(helloAt(0)).toMatchObject({ door: 'mcp', client: 'claude-code', connection: 'sales' });
    expect((await host.ask('tools/list')).error).toBeUndefined();
    host.end();
    expect(await soon(ended)).toMatchObject({ code: 0, stderr: '' });
    await eventually(() => broker.last.socket.destroyed);
  });

  it('ended by a signal, takes the other one along', async () => {
    const { host, child, ended } = start();
    await host.ask('initialize', { protocolVersion: '2025-11-25' });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    await eventually(() => broker.last.socket.destroyed);
  });

  it('a relay of Windows that ends is followed by another, and the conversation goes on', async () => {
    const { host } = start();
    await host.ask('initialize', { protocolVersion: '2025-11-25' });
    host.notify('notifications/initialized');
    const { pid } = helloAt(0).process;
    broker.onMessage = () => undefined;
    host.say({ jsonrpc: '2.0', id: 'lost', method: 'tools/call', params: { name: 'never' } });
    await eventually(() => broker.last.heard.some(({ id }) => id === 'lost'));
    process.kill(pid, 'SIGKILL');
    expect((await host.answer('lost')).error?.data).toEqual({ fault: 'answer-lost' });
    broker.onMessage = asServer();
    host.say({ jsonrpc: '2.0', id: 'again', method: 'tools/list' });
    await host.wait(({ id }) => id === 'again', 8_000);
    expect(helloAt(1)).toMatchObject({ client: 'claude-code', connection: 'sales' });
  });

  it('where Windows has none, the host reads why and what to do', async () => {
    await rm(relayOfWindows());
    const { host, ended } = start();
    const { error } = await host.ask('initialize', { protocolVersion: '2025-11-25' });
    expect(error?.message).toContain('Open Conexor in Windows once, or start one here: npx conexor start');
    host.end();
    expect(await ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Conexor does not run in this WSL.*\n$/),
    });
  });
});
