/** Taking over from `mcp-remote` for our own faces: built over the broker, and what each control method does with it. */
import type { takeOverMethods } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Broker } from '../broker/create-broker.ts';
import type { SignInOutcome } from '../broker/sign-in.ts';
import type { Computer } from '../clients/client-program.ts';
import type { Clients } from '../clients/clients.ts';
import { createTakeOver, type TakeOver } from '../clients/take-over/take-over.ts';
import { oauthFetch } from '../oauth/http.ts';
import type { Platform } from '../platform.ts';
import { connectPasted } from './connect-pasted.ts';
import type { ControlHandlers } from './door.ts';

export interface BrokerTakeOverNeeds {
  readonly platform: Pick<Platform, 'http' | 'httpOnce' | 'now' | 'log'>;
  readonly computer: Computer;
  readonly broker: Broker;
  readonly clients: Clients;
  /** There when somebody asks. */
  readonly addConnection: () => ControlHandlers['addConnection'];
}

export function brokerTakeOver({ platform, computer, broker, clients, addConnection }: BrokerTakeOverNeeds): TakeOver {
  const { http, httpOnce, now, log } = platform;
  return createTakeOver({
    computer,
    now,
    log,
    http,
    oauth: oauthFetch(httpOnce),
    clients,
    resources: () => broker.snapshot().connections.map(({ resource }) => resource),
    nameOf: (target) => broker.snapshot().connections.find(({ resource }) => resource === target)?.name,
    keeps: () => broker.snapshot().vault.kind !== 'memory',
    connect: async (server, how) => connectPasted(addConnection(), broker.snapshot(), server, how),
    async signIn(connectionId, wayIn, given) {
      const attempt = await broker.signIns.start(connectionId, { fresh: true, wayIn, given });
      requireDone(await broker.signIns.outcome(attempt.id));
    },
    async disconnect(connectionId) {
      await broker.removeConnection(connectionId);
    },
  });
}

/** Throws why it did not work. A server that wants no sign-in needs none. */
function requireDone(outcome: SignInOutcome): void {
  switch (outcome.kind) {
    case 'done':
    case 'open':
      return;
    case 'failed':
      throw outcome.fault;
    case 'denied':
      throw new Fault('consent-denied');
    case 'cancelled':
      throw new Fault('sign-in-cancelled');
    case 'timed-out':
      throw new Fault('sign-in-timed-out');
  }
}

/** `language` of the words about single entries; for the command line without. */
export function takeOverHandlers(
  takeOver: TakeOver,
  language: () => Language | undefined = () => undefined,
): Pick<ControlHandlers, keyof typeof takeOverMethods> {
  return {
    findTakeOvers: () => takeOver.find(language()),
    takeOver: (wish) => takeOver.take(wish, language()),
  };
}
