/**
 * The built programs on a stage of their own: a data folder, a keychain where one can be had, the practice service,
 * and the broker as its own process. Used by the demo, the end-to-end suites and the benchmark.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDoor } from '../../electron/broker-process.ts';
import { type ControlClient, createControlClient } from '../../electron/core/control/client.ts';
import { type PracticeOptions, type PracticeService, startPractice } from '../../electron/practice/service.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { answerConsent, type ConsentOutcome } from '../fakes/consent.ts';
import { type Keyring, keyringAvailable, startKeyring } from '../fakes/keyring.ts';

export interface Stage {
  readonly dataDir: string;
  readonly socketPath: string;
  readonly env: NodeJS.ProcessEnv;
  /** What stands in for the person's keychain, in words. */
  readonly keychain: string;
  readonly keyring: Keyring | undefined;
  readonly practice: PracticeService;
  readonly control: ControlClient;
  readonly brokerPid: number;
  /** Adds the practice service as a connection and signs in as one of its accounts. */
  signIn(
    account: string,
    another?: boolean,
  ): Promise<{ connection: ConnectionView; account: string; browser: ConsentOutcome }>;
  /** Ends the broker and starts it again over the same folder. */
  restartBroker(): Promise<void>;
  stop(): Promise<void>;
}

export interface StageOptions extends PracticeOptions {
  /** `own`: a private GNOME Keyring where it can be had. `none`: memory only. */
  readonly keychain?: 'own' | 'none';
  readonly distDir: string;
  /** Added to the broker's environment and to that of the programs started with it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The built programs beside this one (when it is built itself) or in the repository's dist. */
export const distBeside = (url: string): string => fileURLToPath(new URL('.', url));

export async function setStage(options: StageOptions): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cx-'));
  const missing = options.keychain === 'none' ? 'none wanted' : keyringAvailable();
  const keyring = missing === undefined ? await startKeyring() : undefined;
  const env = { ...(keyring?.env ?? process.env), CONEXOR_DATA_DIR: dataDir, ...options.env };
  const practice = await startPractice(options);
  const socketPath = join(dataDir, 'broker.sock');
  const start = () => runBroker({ distDir: options.distDir, dataDir, env, memory: keyring === undefined });
  let broker = await start();
  return {
    dataDir,
    socketPath,
    env,
    keychain: keyring ? 'a GNOME Keyring of its own' : `memory only (${missing})`,
    keyring,
    practice,
    get control() {
      return broker.control;
    },
    get brokerPid() {
      return broker.pid;
    },
    signIn: (account, another = false) => signInAt(broker.control, practice.resource, account, another),
    async restartBroker() {
      await broker.end();
      broker = await start();
    },
    async stop() {
      await broker.end();
      await practice.stop();
      await keyring?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface BrokerRun {
  readonly pid: number;
  readonly control: ControlClient;
  end(): Promise<void>;
}

/** The built broker as a process of its own, ready when this resolves. */
export async function runBroker(options: {
  readonly distDir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly memory: boolean;
}): Promise<BrokerRun> {
  const words = ['--background', '--data', options.dataDir, '--port', '0', ...(options.memory ? ['--memory'] : [])];
  const broker = spawn(process.execPath, [join(options.distDir, 'headless.mjs'), ...words], {
    env: options.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => broker.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    broker.once('exit', (code) => reject(new Error(`the broker ended with ${code}: ${said}`)));
    broker.stdout.setEncoding('utf8');
    broker.stdout.on('data', (text: string) => {
      said += text;
      if (/^ready$/m.test(said)) resolve();
    });
  });
  const stream = await openDoor(join(options.dataDir, 'broker.sock'), { conexor: 1, door: 'control' });
  return {
    pid: broker.pid ?? 0,
    control: createControlClient(stream),
    async end() {
      broker.kill('SIGTERM');
      await ended;
    },
  };
}

/** Connects the practice service under the name `sales`, where it is not yet, and signs in as one of its accounts. */
export async function signInAt(
  control: ControlClient,
  resource: string,
  account: string,
  another: boolean,
): Promise<{ connection: ConnectionView; account: string; browser: ConsentOutcome }> {
  const known = (await control.ask('snapshot', {})).connections.some((connection) => connection.resource === resource);
  if (!known) await control.ask('addConnection', { target: resource, service: 'practice', name: 'sales' });
  const attempt = await control.ask('startSignIn', { connection: resource, another, openBrowser: false });
  const browser = await answerConsent(attempt.authorizationUrl ?? '', { account, allow: true });
  const outcome = await control.ask('signInOutcome', { attempt: attempt.attempt });
  if (outcome.kind !== 'done') throw new Error(`the sign-in ended with ${JSON.stringify(outcome)}`);
  return { connection: outcome.connection, account: outcome.account, browser };
}
