/**
 * Finding the one broker of this person, or starting it: a process of its own that outlives whoever started it. The
 * new broker says `ready` on its standard output when its socket listens, or one plain sentence and ends.
 */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { Fault } from '../shared/faults.ts';
import type { Hello } from '../shared/hello.ts';
import { socketTrust } from './core/bridge/socket-path.ts';

/** A broker that has said nothing by then is taken for one that cannot start. */
const startTimeoutMs = 15_000;

export interface BrokerProcess {
  readonly socketPath: string;
  /** The built headless host beside this program. */
  readonly headlessPath: string;
  readonly dataDir: string;
  /** Further words of the command line for a broker that has to be started. */
  readonly parameters?: readonly string[];
}

/**
 * A stream to the broker with the hello already said. Rejects with `broker-absent` where none listens, and with
 * `data-folder-unusable` where somebody else could be listening in its place.
 */
export function openDoor(socketPath: string, hello: Hello): Promise<Socket> {
  const trust = socketTrust(socketPath);
  if (trust !== 'ours' && trust !== 'absent') {
    const subject = dirname(socketPath);
    return Promise.reject(new Fault('data-folder-unusable', { subject, reason: 'open to others' }));
  }
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('error', (cause) => reject(new Fault('broker-absent', { cause })));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      socket.write(`${JSON.stringify(hello)}\n`);
      resolve(socket);
    });
  });
}

/** The surroundings of a broker: without the secret that a person gave to one command, which is sent over the socket. */
export function brokerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { CONEXOR_CLIENT_SECRET: _, ...rest } = env;
  return rest;
}

/** Starts a broker and waits for its word. Rejects with `broker-absent` and the broker's own sentence. */
export function startBroker(broker: BrokerProcess): Promise<void> {
  const parameters = [broker.headlessPath, '--background', '--data', broker.dataDir, ...(broker.parameters ?? [])];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: brokerEnvironment(process.env),
    });
    let said = '';
    const settle = (error?: Fault) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => settle(new Fault('broker-absent', { reason: 'no word in time' })), startTimeoutMs);
    child.once('error', (cause) => settle(new Fault('broker-absent', { cause })));
    child.once('close', () => settle(new Fault('broker-absent', said.trim() === '' ? {} : { next: said.trim() })));
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      said += text;
      if (/^ready$/m.test(said)) settle();
    });
  });
}

/** As `openDoor`, starting a broker where none listens. */
export async function openDoorStarting(broker: BrokerProcess, hello: Hello): Promise<Socket> {
  try {
    return await openDoor(broker.socketPath, hello);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'broker-absent') throw thrown;
    await startBroker(broker);
    return openDoor(broker.socketPath, hello);
  }
}
