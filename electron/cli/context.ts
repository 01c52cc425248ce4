/** What every command is given: the person's words, a way to speak, and the broker, which is started where none runs. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../shared/faults.ts';
import type { Hello } from '../../shared/hello.ts';
import { type BrokerProcess, openDoor, openDoorStarting } from '../broker-process.ts';
import { dataDirOf, socketPath } from '../core/bridge/socket-path.ts';
import { type ControlClient, createControlClient } from '../core/control/client.ts';
import type { Options } from './options.ts';
import type { Output } from './output.ts';

export interface Context {
  readonly parameters: readonly string[];
  readonly options: Options;
  readonly output: Output;
  readonly broker: BrokerProcess;
  readonly env: NodeJS.ProcessEnv;
  /** The control door; with `mayStart` a broker is started where none runs. */
  control(mayStart?: boolean): Promise<ControlClient>;
  door(hello: Hello): ReturnType<typeof openDoor>;
}

export function brokerProcessOf(options: Options, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): BrokerProcess {
  const surroundings = { env, platform, homedir: homedir(), dataDir: options.data ?? env['CONEXOR_DATA_DIR'] };
  const parameters = [
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options['vault-key-file'] === undefined ? [] : ['--vault-key-file', options['vault-key-file']]),
    ...(options.memory ? ['--memory'] : []),
    ...(options['log-level'] === undefined ? [] : ['--log-level', options['log-level']]),
  ];
  try {
    return {
      socketPath: socketPath(surroundings),
      dataDir: dataDirOf(surroundings),
      headlessPath: join(dirname(fileURLToPath(import.meta.url)), 'headless.mjs'),
      parameters,
    };
  } catch (cause) {
    throw new Fault('data-folder-unusable', { subject: dataDirOf(surroundings), cause });
  }
}

export function createContext(
  parameters: readonly string[],
  options: Options,
  output: Output,
  env: NodeJS.ProcessEnv,
): Context {
  const broker = brokerProcessOf(options, env, process.platform);
  const hello: Hello = { conexor: 1, door: 'control' };
  return {
    parameters,
    options,
    output,
    broker,
    env,
    async control(mayStart = true) {
      const stream = mayStart ? await openDoorStarting(broker, hello) : await openDoor(broker.socketPath, hello);
      return createControlClient(stream);
    },
    door: (wanted) => openDoorStarting(broker, wanted),
  };
}

/** The secret of a client registered by hand: from a file or the environment, never from the command line, where others could read it. */
export async function clientSecretOf(context: Pick<Context, 'options' | 'env'>): Promise<string | undefined> {
  const path = context.options['client-secret-file'];
  if (path === undefined) return context.env['CONEXOR_CLIENT_SECRET'] || undefined;
  try {
    const secret = (await readFile(path, 'utf8')).trim();
    if (secret !== '') return secret;
  } catch {
    // Said below: an unreadable file and an empty one ask the same of a person.
  }
  throw new Fault('input-invalid', { subject: `the secret file ${path}` });
}
