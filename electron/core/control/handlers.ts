/** What each control method does, in terms of the broker. The faces differ, this does not. */

import type { ControlResult } from '../../../shared/control.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Broker } from '../broker/create-broker.ts';
import { type KeyPlace, listedName } from '../broker/local-clients.ts';
import type { SignOutResult } from '../broker/revocations.ts';
import type { SignInOutcome } from '../broker/sign-in.ts';
import { everyConnection } from '../clients/client-program.ts';
import type { Clients } from '../clients/clients.ts';
import type { Imports } from '../clients/imports.ts';
import type { TakeOver } from '../clients/take-over/take-over.ts';
import { practice } from '../services/practice.ts';
import { clientHandlers } from './client-handlers.ts';
import type { ControlHandlers } from './door.ts';
import { type NewConnectionNeeds, newConnection } from './new-connection.ts';
import { takeOverHandlers } from './take-over-handlers.ts';

export interface ControlNeeds extends NewConnectionNeeds {
  readonly broker: Broker;
  readonly status: () => ControlResult<'status'>;
  /** The local address of a connection on the HTTP face, as it is for a program there. */
  readonly localUrl: (connectionName: string, from: KeyPlace) => string;
  readonly containers: {
    view(): Promise<ControlResult<'containers'>>;
    set(on: boolean): Promise<ControlResult<'containers'>>;
  };
  readonly examine: () => Promise<ControlResult<'examine'>>;
  /** What other programs have written down. */
  readonly imports: Imports;
  /** Our own entry in their settings. */
  readonly clients: Clients;
  /** What reaches its services there without us. */
  readonly takeOver: TakeOver;
  /** What a connection's current account offers. */
  readonly tools: (connectionId: string) => Promise<readonly ControlResult<'tools'>['tools'][number][]>;
  readonly stop: () => void;
  /** Brings the window up: on the screen, or as an address with a key for one opening. */
  readonly openWindow: (openBrowser: boolean) => Promise<ControlResult<'openWindow'>>;
}

export function controlHandlers(needs: ControlNeeds): ControlHandlers {
  const { broker } = needs;
  return {
    status: () => needs.status(),
    snapshot: () => broker.snapshot(),
    async unlock() {
      await broker.unlock();
      return {};
    },
    services: () => ({ services: broker.services() }),
    addConnection: async (input) => broker.addConnection(await newConnection(needs, input)),
    findConnection: ({ connection }) => broker.findConnection(connection),
    async startSignIn({ connection, account, another, scopes, wayIn, given, openBrowser }) {
      const { id, accounts } = broker.findConnection(connection);
      if (account !== undefined && !accounts.some((one) => one.id === account)) throw new Fault('account-unknown');
      const attempt = await broker.signIns.start(id, {
        fresh: true,
        ...(account === undefined ? {} : { accountId: account }),
        ...(another === undefined ? {} : { another }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(wayIn === undefined ? {} : { wayIn }),
        ...(given === undefined ? {} : { given }),
      });
      const browserOpened = openBrowser && (await opened(broker, attempt.id));
      return {
        attempt: attempt.id,
        ...(attempt.authorizationUrl === undefined ? {} : { authorizationUrl: attempt.authorizationUrl }),
        ...(attempt.device === undefined ? {} : { device: attempt.device }),
        host: attempt.host,
        permissions: [...attempt.permissions],
        browserOpened,
      };
    },
    signInOutcome: async ({ attempt }) => outcomeView(broker, await broker.signIns.outcome(attempt)),
    async finishSignIn({ attempt, redirectUrl }) {
      await broker.signIns.deliver(attempt, redirectUrl);
      return {};
    },
    cancelSignIn({ attempt }) {
      broker.signIns.cancel(attempt);
      return {};
    },
    useAccount: ({ connection, account, client }) =>
      broker.useAccount(broker.findConnection(connection).id, account, client),
    renameAccount: ({ connection, account, label }) =>
      broker.renameAccount(broker.findConnection(connection).id, account, label),
    async validate({ connection, account }) {
      const view = broker.findConnection(connection);
      const { scopes, ...validation } = await broker.validate(view.id, account ?? onlyAccount(view));
      return { ...validation, scopes: [...scopes] };
    },
    async registration({ connection, action }) {
      const found = await broker.registration(broker.findConnection(connection).id, action);
      return { ...found, redirectUris: [...found.redirectUris], alsoUsedBy: [...found.alsoUsedBy] };
    },
    answerQuestion({ question, allow }) {
      broker.questions.answer(question, allow);
      return {};
    },
    async signOut({ connection, account }) {
      const view = broker.findConnection(connection);
      const chosen = account ?? onlyAccount(view);
      return signOutView(await broker.signOut(view.id, chosen));
    },
    async signOutAll() {
      const signedOut = await broker.signOutAll();
      return { signedOut: signedOut.map(({ connection, result }) => ({ ...signOutView(result), connection })) };
    },
    setPaused: ({ connection, paused }) =>
      broker.setPaused(connection === undefined ? undefined : broker.findConnection(connection).id, paused),
    decideProgram: ({ connection, program, allow, door }) =>
      broker.decideProgram(broker.findConnection(connection).id, program, allow, door),
    removeProgram: ({ program, connection }) =>
      broker.removeProgram(program, connection === undefined ? undefined : broker.findConnection(connection).id),
    retry: ({ connection }) => broker.retry(broker.findConnection(connection).id),
    tools: async ({ connection }) => ({ tools: [...(await needs.tools(broker.findConnection(connection).id))] }),
    openWindow: ({ openBrowser }) => needs.openWindow(openBrowser),
    async removeConnection({ connection }) {
      const view = broker.findConnection(connection);
      const results = await broker.removeConnection(view.id);
      return { name: view.name, signedOut: results.map(signOutView) };
    },
    async localClientKey({ name: word, connection, container = false }) {
      const isForAll = connection === everyConnection;
      const views = isForAll ? broker.snapshot().connections : [broker.findConnection(connection)];
      const from = container ? 'container' : 'here';
      const key = await broker.localClients.keyFor(word, from);
      const name = listedName(word, from);
      // Whoever hands a program its key for a service means it to be used there; a refusal stays what it is.
      for (const { id, clients } of views) {
        const answered = clients.some((one) => one.name === name && (one.door === 'http' || one.access === 'refused'));
        if (!answered) await broker.decideProgram(id, name, true, 'http');
      }
      const url = needs.localUrl(isForAll ? everyConnection : (views[0]?.name ?? ''), from);
      return { name, url, key: key.open() };
    },
    removeLocalClient: async ({ name }) => ({ removed: await broker.localClients.remove(name) }),
    containers: () => needs.containers.view(),
    setContainers: ({ on }) => needs.containers.set(on),
    startPractice: async ({ service = practice.id }) => ({ resource: await needs.startPractice(service) }),
    findImports: async ({ source }) => ({ found: await needs.imports.find(source) }),
    importServers: (wish) => needs.imports.take(wish),
    removeBackups: async ({ path }) => ({ removed: await needs.imports.removeBackups(path) }),
    ...clientHandlers(needs.clients),
    ...takeOverHandlers(needs.takeOver),
    examine: () => needs.examine(),
    stop() {
      needs.stop();
      return {};
    },
  };
}

/** A browser that cannot be opened does not end the attempt: the address can still be opened by hand. */
async function opened(broker: Broker, attempt: string): Promise<boolean> {
  try {
    await broker.signIns.openBrowser(attempt);
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'browser-unavailable') return false;
    throw thrown;
  }
}

function onlyAccount(view: ReturnType<Broker['findConnection']>): string {
  const current = view.accounts.find((account) => account.current);
  const only = current ?? (view.accounts.length === 1 ? view.accounts[0] : undefined);
  if (only) return only.id;
  if (view.accounts.length === 0) throw new Fault('sign-in-needed', { subject: view.name });
  throw new Fault('account-ambiguous', { subject: view.accounts.map((account) => account.label).join(', ') });
}

function outcomeView(broker: Broker, outcome: SignInOutcome): ControlResult<'signInOutcome'> {
  switch (outcome.kind) {
    case 'done':
      return {
        kind: 'done',
        account: outcome.account.label,
        accountId: outcome.account.id,
        known: outcome.known,
        current: outcome.current,
        connection: broker.findConnection(outcome.account.connectionId),
        works: outcome.answer.kind === 'worked',
        ...(outcome.answer.kind === 'stopped' ? { stop: inWords(outcome.answer.fault) } : {}),
      };
    case 'open':
      return { kind: 'open', connection: broker.findConnection(outcome.connectionId) };
    case 'failed':
      return { kind: 'failed', ...inWords(outcome.fault) };
    case 'denied':
    case 'cancelled':
    case 'timed-out':
      return { kind: outcome.kind };
  }
}

/** A fault as people are told of it; for programs and the command line unless a language is given. */
export function inWords(fault: Fault, language?: Language) {
  return { fault: fault.code, ...faultWords(fault, language) };
}

function signOutView(result: SignOutResult): ControlResult<'signOut'> {
  return {
    account: result.account.label,
    service: result.service,
    proof: result.proof,
    wayIn: result.account.wayIn,
    ...(result.accessUntilMs === undefined ? {} : { accessUntilMs: result.accessUntilMs }),
  };
}
