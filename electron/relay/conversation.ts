/**
 * What of a conversation outlives the broker's process: the host's handshake, its requests that have no answer yet and
 * its subscriptions. From it a new broker is told what the old one knew, and the host what has become of its requests.
 * No time and no streams in here.
 */
import { answerOfLost, notification } from './answers.ts';
import { type Glance, glance, members } from './glance.ts';

/** Said again to the next broker instead of being given up: they begin something, and carry nothing out. */
const beginnings: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'subscriptions/listen']);
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
const listOf: Readonly<Record<string, string>> = {
  toolsListChanged: 'notifications/tools/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
};

interface Asked {
  readonly method: string | undefined;
  /** Kept for `beginnings` alone. */
  readonly line: Buffer | undefined;
  /** Of a subscription: the broker has acknowledged it, so the next one's acknowledgement is not the host's. */
  acknowledged: boolean;
}

export interface Loss {
  /** For the host. */
  readonly toHost: readonly Buffer[];
  /** The host's own lines, to be said to the next broker as if for the first time. */
  readonly again: readonly Buffer[];
}

export class Conversation {
  /** The host's handshake; with `version` it has been answered, and a new broker is told of it. */
  #handshake: { readonly id: string; readonly line: Buffer; version?: string; initialized?: Buffer } | undefined;
  readonly #asked = new Map<string, Asked>();
  /** Requests of the service that the host has not answered. */
  readonly #askedOfHost = new Set<string>();
  /** Such requests of a broker that is gone: their late answers would be taken for those of new ones. */
  readonly #tooLate = new Set<string>();
  /** Subscriptions that a new broker has been told of and has not acknowledged. */
  readonly #resuming = new Map<string, Buffer>();

  get established(): boolean {
    return this.#handshake?.version !== undefined;
  }

  /** A line of the host's that is about to be sent. False: it must not be. */
  fromHost(line: Buffer): boolean {
    const seen = glance(line);
    const alone = seen.length === 1;
    for (const one of seen) this.#hostSays(one, line, alone);
    const late = alone && seen[0]?.kind === 'response' ? seen[0].id : undefined;
    return late === undefined || !this.#tooLate.delete(late);
  }

  #hostSays({ kind, id, method }: Glance, line: Buffer, alone: boolean): void {
    if (kind === 'response' && id !== undefined) this.#askedOfHost.delete(id);
    if (kind === 'notification') this.note(method, line);
    if (kind !== 'request' || id === undefined) return;
    // A copy: the line is part of a larger chunk, which would stay with it.
    const kept = alone && method !== undefined && beginnings.has(method) ? Buffer.from(line) : undefined;
    this.#asked.set(id, { method, line: kept, acknowledged: false });
    if (method === 'initialize' && kept) this.#handshake = { id, line: kept };
  }

  /** A notification of the host's, whether there is a broker or not; true if a new broker is told by the handshake. */
  note(method: string | undefined, line: Buffer): boolean {
    if (method === 'notifications/initialized' && this.#handshake) {
      this.#handshake.initialized = Buffer.from(line);
      return this.established;
    }
    // The host waits for no answer to it any more.
    if (method === 'notifications/cancelled') {
      const id = JSON.stringify(cancelledBy(line));
      this.#asked.delete(id);
      this.#resuming.delete(id);
    }
    return false;
  }

  /** An answer of the host's while there is no broker: what it answers has gone with the last one. */
  late(id: string): void {
    this.#tooLate.delete(id);
  }

  /** A line of the broker's: what the host is to hear in its place. */
  fromBroker(line: Buffer): readonly Buffer[] {
    for (const { kind, id, method } of glance(line)) {
      if (kind === 'request' && id !== undefined) {
        this.#askedOfHost.add(id);
        // The older request of this id was cancelled, so the next answer is the newer one's.
        this.#tooLate.delete(id);
      }
      if (kind === 'response' && id !== undefined) this.#answered(id, line);
      if (method === 'notifications/subscriptions/acknowledged') {
        const resumed = this.#acknowledged(line);
        if (resumed) return resumed;
      }
    }
    return [line];
  }

  #answered(id: string, line: Buffer): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    this.#resuming.delete(id);
    if (asked?.method !== 'initialize' || this.#handshake?.id !== id) return;
    const version = versionIn(line);
    if (version !== undefined) this.#handshake.version = version;
  }

  /** What a resumed subscription asked to hear of may have changed meanwhile. */
  #acknowledged(line: Buffer): readonly Buffer[] | undefined {
    const id = JSON.stringify(metaOf(members(line)['params'])[subscriptionId]);
    const asked = this.#asked.get(id);
    if (asked) asked.acknowledged = true;
    const listen = this.#resuming.get(id);
    if (!listen) return undefined;
    this.#resuming.delete(id);
    const wanted = objectIn(objectIn(members(listen)['params'])['notifications']);
    return Object.entries(listOf)
      .filter(([filter]) => wanted[filter] === true)
      .map(([, method]) => notification(method, { _meta: { [subscriptionId]: JSON.parse(id) } }));
  }

  /** The broker is gone. */
  lost(): Loss {
    const toHost: Buffer[] = [];
    const again: Buffer[] = [];
    for (const [id, { line, acknowledged }] of this.#asked) {
      if (line === undefined) toHost.push(answerOfLost(id));
      else if (acknowledged || this.#resuming.has(id)) this.#resuming.set(id, line);
      else again.push(line);
    }
    for (const id of this.#askedOfHost) {
      this.#tooLate.add(id);
      const params = { requestId: JSON.parse(id), reason: 'The connection to Conexor was lost.' };
      toHost.push(notification('notifications/cancelled', params));
    }
    this.#asked.clear();
    this.#askedOfHost.clear();
    return { toHost, again };
  }

  /** The host's `initialize` for a new broker, in the revision that the host was told. */
  get initialize(): { readonly id: string; readonly line: Buffer } | undefined {
    if (this.#handshake?.version === undefined) return undefined;
    const { id, line, version } = this.#handshake;
    const message = members(line);
    const params = objectIn(message['params']);
    if (params['protocolVersion'] === version) return { id, line };
    const adapted = { ...message, params: { ...params, protocolVersion: version } };
    return { id, line: Buffer.from(`${JSON.stringify(adapted)}\n`) };
  }

  /** Whether a new broker's answer to `initialize` keeps what the host was told. */
  agrees(answer: Buffer): boolean {
    return versionIn(answer) === this.#handshake?.version;
  }

  /** What follows the handshake: for the broker, and for the host, which has to look at its lists again. */
  resume(): { readonly toBroker: readonly Buffer[]; readonly toHost: readonly Buffer[] } {
    const initialized = this.#handshake?.version === undefined ? undefined : this.#handshake.initialized;
    for (const [id, line] of this.#resuming) {
      this.#asked.set(id, { method: 'subscriptions/listen', line, acknowledged: false });
    }
    return {
      toBroker: [...(initialized ? [initialized] : []), ...this.#resuming.values()],
      toHost: initialized ? Object.values(listOf).map((method) => notification(method)) : [],
    };
  }
}

/** The id that a `notifications/cancelled` names. */
export function cancelledBy(line: Buffer): unknown {
  return objectIn(members(line)['params'])['requestId'];
}

function versionIn(answer: Buffer): string | undefined {
  const version = objectIn(members(answer)['result'])['protocolVersion'];
  return typeof version === 'string' ? version : undefined;
}

function metaOf(params: unknown): Readonly<Record<string, unknown>> {
  return objectIn(objectIn(params)['_meta']);
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
