/**
 * A real GNOME Keyring on a private D-Bus, with its own HOME and runtime folder: nothing of the person's own keyring
 * is seen or touched. The bus starts no other service, so that without the daemon there is no Secret Service at all.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ownBusName } from './dbus-name.ts';

const run = promisify(execFile);
const password = 'test';
const programs = ['dbus-daemon', 'gnome-keyring-daemon', 'gdbus'];

export interface Keyring {
  /** The whole environment for a program that is to use this keyring. */
  readonly env: NodeJS.ProcessEnv;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** Ends the daemon and starts it again over the same HOME, unlocked. */
  restart(): Promise<void>;
  /** Ends the daemon: the bus stays, without a Secret Service. */
  endService(): Promise<void>;
  /** The daemon stops answering, as one that hangs, until the function this gives is called. */
  freeze(): () => void;
  /** From now on a prompt of the daemon stays open unanswered, until the function this gives is called. */
  leavePromptsOpen(): Promise<() => void>;
  stop(): Promise<void>;
}

/** Why a real keyring cannot run here, in plain words; undefined when it can. */
export function keyringAvailable(): string | undefined {
  if (process.platform !== 'linux') return 'a GNOME Keyring needs Linux';
  const missing = programs.filter((program) => !onPath(program));
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;
}

export async function startKeyring(): Promise<Keyring> {
  const folder = await mkdtemp(join(tmpdir(), 'keyring-'));
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  await mkdir(home, { mode: 0o700 });
  await mkdir(runtime, { mode: 0o700 });
  const address = `unix:path=${join(folder, 'bus')}`;
  await writeFile(join(folder, 'bus.conf'), busConfiguration(address));

  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_RUNTIME_DIR: runtime };
  for (const name of Object.keys(env)) {
    if (/^(DISPLAY|WAYLAND_DISPLAY|GNOME_KEYRING_.*|XDG_(DATA|CONFIG|CACHE)_HOME)$/.test(name)) delete env[name];
  }
  env.DBUS_SESSION_BUS_ADDRESS = address;

  const bus = spawn('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--print-address=1'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    bus.stdout?.once('data', () => resolve());
    bus.once('error', reject);
    bus.once('exit', (code) => reject(new Error(`dbus-daemon ended with ${code}`)));
  });

  let daemon = await startDaemon(env);
  const endAll = () => {
    daemon.kill('SIGKILL');
    bus.kill('SIGKILL');
  };
  process.once('exit', endAll);

  return {
    env,
    async lock() {
      const path = '/org/freedesktop/secrets';
      const method = [
        '-o',
        path,
        '-m',
        'org.freedesktop.Secret.Service.Lock',
        `[objectpath "${path}/collection/login"]`,
      ];
      await run('gdbus', ['call', '--session', '-d', 'org.freedesktop.secrets', ...method], { env });
    },
    unlock: () => unlockAt(join(runtime, 'keyring', 'control')),
    async restart() {
      await end(daemon);
      daemon = await startDaemon(env);
    },
    endService: () => end(daemon),
    freeze() {
      const frozen = daemon;
      frozen.kill('SIGSTOP');
      return () => frozen.kill('SIGCONT');
    },
    leavePromptsOpen: () => ownBusName(join(folder, 'bus'), 'org.gnome.keyring.SystemPrompter'),
    async stop() {
      process.removeListener('exit', endAll);
      await end(daemon);
      await end(bus);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startDaemon(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.stdin?.end(password);
  try {
    await run('gdbus', ['wait', '--session', '--timeout', '10', 'org.freedesktop.secrets'], { env });
  } catch (cause) {
    await end(daemon);
    throw new Error('gnome-keyring-daemon did not come up', { cause });
  }
  return daemon;
}

/** As PAM does at login: a byte that carries who we are, then length, operation 1 and the password; answered by 0. */
function unlockAt(controlSocket: string): Promise<void> {
  const request = Buffer.alloc(1 + 12 + password.length);
  request.writeUInt32BE(12 + password.length, 1);
  request.writeUInt32BE(1, 5);
  request.writeUInt32BE(password.length, 9);
  request.write(password, 13);
  return new Promise((resolve, reject) => {
    const socket = createConnection(controlSocket, () => socket.write(request));
    let answer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
    });
    socket.once('error', reject);
    socket.once('end', () => {
      socket.end();
      if (answer.length >= 8 && answer.readUInt32BE(4) === 0) resolve();
      else reject(new Error(`the keyring was not unlocked: ${answer.toString('hex')}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended(child);
  clearTimeout(kill);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function busConfiguration(address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}
