/** What each control method does, in terms of the broker. The faces differ, this does not. */

import type { ControlResult } from '../../../shared/control.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { Fault } from '../../../shared/faults.ts';
import { parseTarget } from '../broker/connections.ts';
import type { Broker } from '../broker/create-broker.ts';
import type { SignOutResult } from '../broker/revocations.ts';
import type { SignInOutcome } from '../broker/sign-in.ts';
import type { Imports } from '../clients/imports.ts';
import { requireSecureEndpoint } from '../oauth/urls.ts';
import { practice } from '../services/practice.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import { Secret } from '../vault/secret.ts';
import type { ControlHandlers } from './door.ts';

export interface ControlNeeds {
  readonly broker: Broker;
  readonly status: () => ControlResult<'status'>;
  /** The local address of a connection on the HTTP face. */
  readonly localUrl: (connectionName: string) => string;
  readonly examine: () => Promise<ControlResult<'examine'>>;
  /** Starts a practice service once and tells its address; with `port`, it has to be there. Throws `port-taken`. */
  readonly startPractice: (service: string, port?: number) => Promise<string>;
  /** What other programs have written down. */
  readonly imports: Imports;
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
    async addConnection({ redirectUri, clientId, clientSecret, ...named }) {
      const { issuer, tokenEndpoint, authorizationEndpoint, revocationEndpoint, ...input } = named;
      return broker.addConnection({
        ...input,
        ...(await practiceTarget(needs, input.target, input.service)),
        authorizationServer: serverByHand({ issuer, tokenEndpoint, authorizationEndpoint, revocationEndpoint }),
        redirect: redirectUri === undefined ? undefined : parseRedirect(redirectUri),
        client:
          clientId === undefined
            ? undefined
            : { clientId, clientSecret: clientSecret === undefined ? undefined : new Secret(clientSecret) },
      });
    },
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
    async localClientKey({ name, connection }) {
      const view = broker.findConnection(connection);
      const key = await broker.localClients.keyFor(name);
      // Whoever hands a program its key for a service means it to be used there; a refusal stays what it is.
      const answered = view.clients.some(
        (one) => one.name === name && (one.door === 'http' || one.access === 'refused'),
      );
      if (!answered) await broker.decideProgram(view.id, name, true, 'http');
      return { url: needs.localUrl(view.name), key: key.open() };
    },
    removeLocalClient: async ({ name }) => ({ removed: await broker.localClients.remove(name) }),
    startPractice: async ({ service = practice.id }) => ({ resource: await needs.startPractice(service) }),
    findImports: async ({ source }) => ({ found: await needs.imports.find(source) }),
    importServers: (wish) => needs.imports.take(wish),
    removeBackups: async ({ path }) => ({ removed: await needs.imports.removeBackups(path) }),
    examine: () => needs.examine(),
    stop() {
      needs.stop();
      return {};
    },
  };
}

/**
 * A practice service is there before anybody connects to it: at the address that was given, or where it could be had if
 * only its name was. Another one, at a port that is not its own, belongs to whoever gave its address.
 */
async function practiceTarget(
  { startPractice }: ControlNeeds,
  target: string,
  wanted: string | undefined,
): Promise<{ readonly target: string; readonly service: string | undefined }> {
  const { service, resource } = parseTarget(target, wanted);
  const url = new URL(resource);
  if (!service.practice || !(service.owns(url) || resource === service.resource)) {
    return { target, service: wanted };
  }
  if (URL.canParse(target.trim())) {
    await startPractice(service.id, Number(url.port));
    return { target, service: wanted };
  }
  const { origin } = new URL(await startPractice(service.id));
  // At another port than its own its address alone would not tell whose it is.
  return { target: resource.replace(url.origin, origin), service: service.id };
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
      };
    case 'open':
      return { kind: 'open', connection: broker.findConnection(outcome.connectionId) };
    case 'failed':
      return { kind: 'failed', fault: outcome.fault.code, ...faultWords(outcome.fault) };
    case 'denied':
    case 'cancelled':
    case 'timed-out':
      return { kind: outcome.kind };
  }
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

/** `http://localhost:3000/callback` and the like: loopback only, port and path as they are. */
function parseRedirect(redirectUri: string): NonNullable<ConnectionRecord['redirect']> {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  const host = url?.hostname;
  if (
    url?.protocol !== 'http:' ||
    (host !== '127.0.0.1' && host !== 'localhost') ||
    url.port === '' ||
    url.search ||
    url.hash
  ) {
    throw new Fault('input-invalid', { subject: redirectUri, thing: 'redirect-address' });
  }
  return { host, port: Number(url.port), path: url.pathname };
}

interface ServerByHand {
  readonly issuer?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly authorizationEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
}

/** Endpoints alone name their issuer by their origin. Throws `address-invalid`, `address-insecure`. */
function serverByHand(given: ServerByHand): ConnectionRecord['authorizationServer'] {
  const endpoints = Object.entries({
    token_endpoint: given.tokenEndpoint,
    authorization_endpoint: given.authorizationEndpoint,
    revocation_endpoint: given.revocationEndpoint,
  }).flatMap(([name, address]) => (address ? [[name, requireSecureEndpoint(address.trim()).href] as const] : []));
  const [first] = endpoints;
  const issuer = given.issuer?.trim() || (first ? new URL(first[1]).origin : '');
  if (issuer === '') return undefined;
  requireSecureEndpoint(issuer);
  return { issuer, endpoints: Object.fromEntries(endpoints) };
}
