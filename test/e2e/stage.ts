/**
 * The built programs on a stage of their own: a data folder, a keychain where one can be had, the practice service,
 * and the broker as its own process. Used by the demo, the end-to-end suites and the benchmark.
 */
import { type ChildProcess, spawn } from 'node:child_process';
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
}

/** The built programs beside this one (when it is built itself) or in the repository's dist. */
export const distBeside = (url: string): string => fileURLToPath(new URL('.', url));

export async function setStage(options: StageOptions): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cx-'));
  const missing = options.keychain === 'none' ? 'none wanted' : keyringAvailable();
  const keyring = missing === undefined ? await startKeyring() : undefined;
  const env = { ...(keyring?.env ?? process.env), CONEXOR_DATA_DIR: dataDir };
  const practice = await startPractice(options);
  const socketPath = join(dataDir, 'broker.sock');
  let broker: ChildProcess;
  let control: ControlClient;

  async function startBroker(): Promise<void> {
    const memory = keyring ? [] : ['--memory'];
    broker = spawn(
      process.execPath,
      [join(options.distDir, 'headless.mjs'), '--background', '--data', dataDir, '--port', '0', ...memory],
      { env, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise<void>((resolve, reject) => {
      let said = '';
      broker.once('exit', (code) => reject(new Error(`the broker ended with ${code}: ${said}`)));
      broker.stdout?.setEncoding('utf8');
      broker.stdout?.on('data', (text: string) => {
        said += text;
        if (/^ready$/m.test(said)) resolve();
      });
    });
    control = createControlClient(await openDoor(socketPath, { conexor: 1, door: 'control' }));
  }

  async function endBroker(): Promise<void> {
    const ended = new Promise((resolve) => broker.once('exit', resolve));
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    broker.kill('SIGTERM');
    await ended;
  }

  await startBroker();
  return {
    dataDir,
    socketPath,
    env,
    keychain: keyring ? 'a GNOME Keyring of its own' : `memory only (${missing})`,
    keyring,
    practice,
    get control() {
      return control;
    },
    get brokerPid() {
      return broker.pid ?? 0;
    },
    async signIn(account, another = false) {
      const { connection } = await control
        .ask('addConnection', {
          target: practice.resource,
          service: 'practice',
          name: 'sales',
        })
        .catch(async () => ({ connection: await control.ask('findConnection', { connection: 'sales' }) }));
      const attempt = await control.ask('startSignIn', { connection: connection.id, another, openBrowser: false });
      const browser = await answerConsent(attempt.authorizationUrl ?? '', { account, allow: true });
      const outcome = await control.ask('signInOutcome', { attempt: attempt.attempt });
      if (outcome.kind !== 'done') throw new Error(`the sign-in ended with ${JSON.stringify(outcome)}`);
      return { connection: outcome.connection, account: outcome.account, browser };
    },
    async restartBroker() {
      await endBroker();
      await startBroker();
    },
    async stop() {
      await endBroker();
      await practice.stop();
      await keyring?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
