/** Takes our entries out of every program without a broker: no keychain is opened, and nothing is started. */
import { homedir } from 'node:os';
import type { ChangedClient } from '../shared/clients.ts';
import type { BrokerProcess } from './broker-process.ts';
import { createClients } from './core/clients/clients.ts';
import { relayPlace } from './core/clients/relay-place.ts';
import { createRunning } from './core/clients/running.ts';
import { relayCommand } from './relay-command.ts';

export async function removeAllHere(
  { dataDir }: Pick<BrokerProcess, 'dataDir'>,
  env: NodeJS.ProcessEnv,
): Promise<readonly ChangedClient[]> {
  const computer = { platform: process.platform, homedir: homedir(), env };
  const relay = relayCommand(process.execPath, relayPlace(dataDir), { ...computer, dataDir });
  return createClients({
    computer,
    dataDir,
    now: Date.now,
    log: () => undefined,
    relay: () => relay,
    isRunning: createRunning(computer),
    starts: () => [],
  }).removeAll();
}
