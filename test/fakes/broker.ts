/**
 * A broker for tests of the doors: one or more connections whose accounts, sign-in and tokens a test switches as it
 * likes. It remembers what it was told.
 */

import type {
  Access,
  AccessRequest,
  BridgeBroker,
  ToolCall,
  UpstreamOutcome,
} from '../../electron/core/broker/broker.ts';
import type { KeyPlace } from '../../electron/core/broker/local-clients.ts';
import { createQuestions } from '../../electron/core/broker/questions.ts';
import { type Credential, headerCredential } from '../../electron/core/credentials/credential.ts';
import { Secret } from '../../electron/core/vault/secret.ts';
import { Fault, type FaultCode } from '../../shared/faults.ts';
import type { ConnectionView, Snapshot, State } from '../../shared/snapshot.ts';
import type { WayInId, WayInOfferView } from '../../shared/ways-in.ts';

interface FakeConnection {
  readonly id: string;
  readonly name: string;
  readonly resource: string;
  readonly wantsSignIn: boolean;
  readonly speaks: 'mcp' | 'rest';
  state: State;
  accountId: string | undefined;
  /** Who is signed in, bound or not. */
  readonly signedIn: Set<string>;
  token: string;
  fault: FaultCode | undefined;
}

export interface Seen {
  readonly reports: UpstreamOutcome[];
  readonly uses: string[];
  readonly calls: ToolCall[];
  readonly signIns: string[];
  gets: number;
  refreshes: number;
}

export class FakeBroker implements BridgeBroker {
  readonly seen: Seen = { reports: [], uses: [], calls: [], signIns: [], gets: 0, refreshes: 0 };
  readonly keys = new Map([
    ['key-of-cursor', 'cursor'],
    ['key-of-n8n', 'n8n'],
  ]);
  /** Keys that begin with `container-` are good for containers, and nowhere else. */
  letsContainers = true;
  /** What a rejected token is replaced by; undefined: the refresh says that one has to sign in again. */
  nextToken: string | undefined;
  signInFault: FaultCode | undefined;
  /** A 401 is that place's own: the service itself takes the access still. */
  takesElsewhere = false;
  /** No access before this has come. */
  accessHeld: Promise<void> | undefined;
  /** Of every connection. */
  wayIn: WayInId = 'authorization-code';
  waysIn: WayInOfferView[] = [{ id: 'authorization-code', fields: [], keepsTyped: false, legacy: false }];
  /** What a token becomes on requests. */
  credentialOf = (token: string): Credential => headerCredential('authorization', 'Bearer', new Secret(token));
  readonly questions = createQuestions({ now: Date.now, changed: () => this.#changed() });
  readonly #connections = new Map<string, FakeConnection>();
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  #generation = 0;

  constructor(resource?: string, signedIn = true) {
    if (resource !== undefined) this.add('sales', resource, signedIn);
  }

  add(name: string, resource: string, signedIn = true, wantsSignIn = true, speaks: 'mcp' | 'rest' = 'mcp'): void {
    this.#connections.set(`id-${name}`, {
      id: `id-${name}`,
      name,
      resource,
      wantsSignIn,
      speaks,
      state: signedIn ? 'connected' : 'sign-in-again',
      accountId: signedIn && wantsSignIn ? 'ada' : undefined,
      signedIn: new Set(signedIn && wantsSignIn ? ['ada'] : []),
      token: signedIn ? 'token-of-ada' : '',
      fault: undefined,
    });
    this.#changed();
  }

  removeKey(key: string): void {
    this.keys.delete(key);
    this.#changed();
  }

  remove(name: string): void {
    this.#connections.delete(`id-${name}`);
    this.#changed();
  }

  signedInAs(accountId: string, name = 'sales'): void {
    this.#of(name).signedIn.add(accountId);
    Object.assign(this.#of(name), { accountId, token: `token-of-${accountId}`, state: 'connected', fault: undefined });
    this.#changed();
  }

  /** One that is not the bound one, after a switch. */
  otherSignedOut(accountId: string, name = 'sales'): void {
    this.#of(name).signedIn.delete(accountId);
    this.#changed();
  }

  signedOut(name = 'sales'): void {
    this.#of(name).signedIn.clear();
    Object.assign(this.#of(name), { accountId: undefined, token: '', state: 'sign-in-again' });
    this.#changed();
  }

  setState(state: State, name = 'sales'): void {
    this.#of(name).state = state;
    this.#changed();
  }

  /** `accessTokens.get` throws this until it is taken back. */
  fail(fault: FaultCode | undefined, name = 'sales'): void {
    this.#of(name).fault = fault;
    this.#changed();
  }

  readonly accessTokens = {
    get: (request: AccessRequest) => this.#get(request),
    isTaken: async () => this.takesElsewhere,
    admit: ({ connectionId }: Pick<AccessRequest, 'connectionId'>) => {
      const connection = this.#connections.get(connectionId);
      if (connection?.state === 'paused') throw new Fault('paused', { subject: 'Sales' });
      if (connection?.fault?.startsWith('program-')) throw new Fault(connection.fault, { subject: 'program' });
    },
  };

  /** Nothing of these by itself: a test gives what it needs, or uses a whole broker. */
  signIns: BridgeBroker['signIns'] = {
    start: notHere,
    find: notHere,
    openBrowser: notHere,
    handOut: notHere,
    deliver: notHere,
    outcome: notHere,
    cancel: notHere,
    isWaiting: () => false,
    waitingView: () => undefined,
    cancelAll: () => undefined,
    close: async () => undefined,
  };
  validate: BridgeBroker['validate'] = notHere;
  registration: BridgeBroker['registration'] = notHere;
  hasRegistration: BridgeBroker['hasRegistration'] = () => true;
  signOut: BridgeBroker['signOut'] = notHere;

  async #get({ connectionId, rejected }: AccessRequest): Promise<Access> {
    this.seen.gets += 1;
    await this.accessHeld;
    const connection = this.#connections.get(connectionId);
    if (!connection) throw new Fault('connection-unknown', { subject: connectionId });
    if (connection.state === 'paused') throw new Fault('paused', { subject: 'Sales' });
    if (connection.fault) throw new Fault(connection.fault, { subject: connection.name });
    const base = { connectionId, resource: connection.resource };
    if (!connection.wantsSignIn) return base;
    if (connection.accountId === undefined) throw new Fault('sign-in-needed', { subject: connection.name });
    if (rejected?.credential?.secret.open() === connection.token && !this.takesElsewhere) {
      this.seen.refreshes += 1;
      if (this.nextToken === undefined) throw new Fault('sign-in-needed', { subject: connection.name });
      connection.token = this.nextToken;
    }
    return {
      ...base,
      accountId: connection.accountId,
      accountLabel: connection.accountId,
      credential: this.credentialOf(connection.token),
    };
  }

  snapshot(): Snapshot {
    return {
      generation: this.#generation,
      vault: { kind: 'memory' },
      connections: [...this.#connections.values()].map((one) => this.#viewOf(one)),
      pendingRevocations: [],
      questions: this.questions.list(),
      localClients: [],
    };
  }

  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  findConnection(reference: string | undefined): ConnectionView {
    const all = [...this.#connections.values()];
    const [only, another] = all;
    if (reference === undefined && another) throw new Fault('connection-ambiguous');
    const found =
      reference === undefined ? only : all.find((one) => [one.id, one.name, one.resource].includes(reference));
    if (!found) throw new Fault('connection-unknown', reference === undefined ? {} : { subject: reference });
    return this.#viewOf(found);
  }

  boundAccountId(connectionId: string): string | undefined {
    return this.#connections.get(connectionId)?.accountId;
  }

  report(_access: Access, outcome: UpstreamOutcome): void {
    this.seen.reports.push(outcome);
    const connection = this.#connections.get(_access.connectionId);
    if (!connection) return;
    if (outcome.kind === 'answered') connection.state = 'connected';
    if (outcome.kind === 'plan-limit' || outcome.kind === 'unreachable') connection.state = outcome.kind;
    this.#changed();
  }

  noteUse(connectionId: string, client: string, door: 'stdio' | 'http'): void {
    this.seen.uses.push(`${connectionId} ${client} ${door}`);
  }

  meetProgram(word: string): string {
    return word;
  }

  noteCall(call: ToolCall): void {
    this.seen.calls.push(call);
  }

  async signIn(connectionId: string): Promise<{ authorizationUrl: string; host: string; userCode?: string }> {
    this.seen.signIns.push(connectionId);
    if (this.signInFault) throw new Fault(this.signInFault);
    if (this.wayIn === 'device-code') {
      return { authorizationUrl: 'https://app.example/device', host: 'app.example', userCode: 'WDJB-MJHT' };
    }
    return { authorizationUrl: 'https://app.example/oauth/consent?state=1', host: 'app.example' };
  }

  clientOfKey(key: string, from: KeyPlace = 'here'): string | undefined {
    const isContainers = key.startsWith('container-');
    if (isContainers !== (from === 'container') || (isContainers && !this.letsContainers)) return undefined;
    return this.keys.get(key);
  }

  get subscribers(): number {
    return this.#listeners.size;
  }

  #of(name: string): FakeConnection {
    const found = this.#connections.get(`id-${name}`);
    if (!found) throw new Error(`no connection ${name}`);
    return found;
  }

  #viewOf(connection: FakeConnection): ConnectionView {
    return { ...viewOf(connection), wayIn: this.wayIn, waysIn: this.waysIn };
  }

  #changed(): void {
    this.#generation += 1;
    const snapshot = this.snapshot();
    for (const listener of this.#listeners) listener(snapshot);
  }
}

function notHere(): never {
  throw new Error('the fake broker cannot do that');
}

function viewOf(connection: FakeConnection): ConnectionView {
  const { id, name, resource, state, accountId } = connection;
  return {
    id,
    name,
    service: 'custom',
    title: 'Sales',
    resource,
    host: new URL(resource).host,
    access: connection.wantsSignIn ? 'sign-in' : 'none',
    speaks: connection.speaks,
    wayIn: 'authorization-code',
    waysIn: [],
    paused: state === 'paused',
    state,
    accounts: [...connection.signedIn].map((one) => ({
      id: one,
      label: one,
      current: one === accountId,
      state: 'connected' as const,
      requestedScopes: [],
      grantedScopes: [],
      neededScopes: [],
      addedAtMs: 0,
      renewsItself: true,
      bound: false,
      wayIn: 'authorization-code' as const,
    })),
    clients: [],
  };
}
