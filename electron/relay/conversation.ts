/**
 * What of a conversation outlives the broker's process: the host's handshake, its requests that have no answer yet and
 * its subscriptions. From it a new broker is told what the old one knew, and the host what has become of its requests.
 * No time and no streams in here.
 */
import { answerOfLost, notification } from './answers.ts';
import { type Glance, glance, glanceAtShort, members } from './glance.ts';
import { linesOf, linesWith } from './lines.ts';

/** Said again to the next broker instead of being given up: they begin something, and carry nothing out. */
const beginnings: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'subscriptions/listen']);
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
const listOf: Readonly<Record<string, string>> = {
  toolsListChanged: 'notifications/tools/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
};

/** Every message with an id has this in its line. */
const idMark = Buffer.from('"id"');
const initializedMark = Buffer.from('notifications/initialized');
const cancelledMark = Buffer.from('notifications/cancelled');
const acknowledgedMark = Buffer.from('notifications/subscriptions/acknowledged');

const shortBytes = 960;

/** A line, or the chunks of one. */
export type Line = Buffer | readonly Buffer[];

interface Asked {
  readonly method: string | undefined;
  /** Kept for `beginnings` alone. */
  readonly line: Buffer | undefined;
  /** Of a subscription: the host has heard that it is acknowledged, and is not to hear it again. */
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
  /** Those of them that are subscriptions. */
  readonly #listening = new Set<string>();
  /** Subscriptions that the next broker has to be told of. */
  readonly #resuming = new Map<string, Buffer>();
  /** Requests of the service that the host has not answered. */
  readonly #askedOfHost = new Set<string>();
  /** Such requests of a broker that is gone: their late answers would be taken for those of new ones. */
  readonly #tooLate = new Set<string>();

  get established(): boolean {
    return this.#handshake?.version !== undefined;
  }

  /** What the host says, in whole lines that are about to be sent: what of it is to be. */
  fromHost(block: Buffer): Buffer {
    if (isShort(block) && this.#tooLate.size === 0) {
      this.#shortFromHost(block.toString('latin1'), block);
      return block;
    }
    let sent = block;
    if (this.#tooLate.size === 0) for (const line of linesWith(block, idMark)) this.lineFromHost(line);
    else sent = Buffer.concat([...linesOf(block)].filter((line) => !line.includes(idMark) || this.lineFromHost(line)));
    const isNew = this.#handshake !== undefined && !this.#handshake.initialized;
    for (const mark of isNew ? [initializedMark, cancelledMark] : [cancelledMark]) {
      for (const line of linesWith(block, mark)) this.note(glance(line)[0]?.method, line);
    }
    return sent;
  }

  /** The usual case in the fewest steps: one message, and not a long one. */
  #shortFromHost(text: string, line: Buffer): void {
    for (const one of glanceAtShort(text, line)) {
      if (one.id === undefined) this.note(one.method, line);
      else this.#hostSays(one, line);
    }
  }

  /** One line of the host's, or the chunks of one. False: it must not be sent. */
  lineFromHost(line: Line): boolean {
    const seen = glance(line);
    for (const one of seen) if (!this.#hostSays(one, seen.length === 1 ? line : undefined)) return false;
    return true;
  }

  /** False: a late answer. */
  #hostSays({ kind, id, method }: Glance, line: Line | undefined): boolean {
    if (id === undefined) return true;
    if (kind === 'request') this.#hostAsks(id, method, line);
    if (kind === 'response') this.#askedOfHost.delete(id);
    return kind !== 'response' || !this.#tooLate.delete(id);
  }

  #hostAsks(id: string, method: string | undefined, line: Line | undefined): void {
    const kept = line && method !== undefined && beginnings.has(method) ? copyOf(line) : undefined;
    this.#asked.set(id, { line: kept, method, acknowledged: false });
    if (kept && method === 'initialize') this.#handshake = { id, line: kept };
    if (kept && method === 'subscriptions/listen') this.#listening.add(id);
  }

  /** A notification of the host's, whether there is a broker or not; true if a new broker is told by the handshake. */
  note(method: string | undefined, line: Buffer): boolean {
    if (method === 'notifications/initialized' && this.#handshake) {
      this.#handshake.initialized = copyOf(line);
      return this.established;
    }
    // The host waits for no answer to it any more.
    if (method === 'notifications/cancelled') {
      const id = JSON.stringify(cancelledBy(line));
      this.#forget(id);
      this.#resuming.delete(id);
    }
    return false;
  }

  /** An answer of the host's while there is no broker: what it answers has gone with the last one. */
  late(id: string): void {
    this.#tooLate.delete(id);
  }

  /** What the broker says, in whole lines: what of it the host is to hear. */
  fromBroker(block: Buffer): Buffer {
    if (isShort(block) && this.#listening.size === 0) {
      for (const one of glanceAtShort(block.toString('latin1'), block)) this.#brokerSays(one, block);
      return block;
    }
    for (const line of linesWith(block, idMark)) this.lineFromBroker(line);
    if (this.#listening.size === 0 || !block.includes(acknowledgedMark)) return block;
    const lines = [...linesOf(block)];
    return Buffer.concat(lines.flatMap((line) => (line.includes(acknowledgedMark) ? this.#acknowledged(line) : line)));
  }

  /** One line of the broker's, or the chunks of one. */
  lineFromBroker(line: Line): void {
    for (const one of glance(line)) this.#brokerSays(one, line);
  }

  #brokerSays({ kind, id }: Glance, line: Line): void {
    if (id === undefined) return;
    if (kind === 'response') this.#answered(id, line);
    else {
      this.#askedOfHost.add(id);
      // The older request of this id was cancelled, so the next answer is the newer one's.
      this.#tooLate.delete(id);
    }
  }

  #answered(id: string, line: Line): void {
    const asked = this.#asked.get(id);
    this.#forget(id);
    if (asked?.method !== 'initialize' || this.#handshake?.id !== id) return;
    const version = versionIn(copyOf(line));
    if (version !== undefined) this.#handshake.version = version;
  }

  #forget(id: string): void {
    this.#asked.delete(id);
    this.#listening.delete(id);
  }

  /** Of a resumed subscription the host hears, in place of another acknowledgement, that its lists may have changed. */
  #acknowledged(line: Buffer): readonly Buffer[] {
    const id = JSON.stringify(objectIn(objectIn(members(line)['params'])['_meta'])[subscriptionId]);
    const asked = this.#asked.get(id);
    if (!asked?.line) return [line];
    const { acknowledged } = asked;
    asked.acknowledged = true;
    if (!acknowledged) return [line];
    const wanted = objectIn(objectIn(members(asked.line)['params'])['notifications']);
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
      else if (acknowledged) this.#resuming.set(id, line);
      else again.push(line);
    }
    for (const id of this.#askedOfHost) {
      this.#tooLate.add(id);
      const params = { requestId: JSON.parse(id), reason: 'The connection to Conexor was lost.' };
      toHost.push(notification('notifications/cancelled', params));
    }
    this.#asked.clear();
    this.#listening.clear();
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
  agrees(answer: Line): boolean {
    return versionIn(copyOf(answer)) === this.#handshake?.version;
  }

  /** What follows the handshake: for the broker, and for the host, which has to look at its lists again. */
  resume(): { readonly toBroker: readonly Buffer[]; readonly toHost: readonly Buffer[] } {
    const initialized = this.established ? this.#handshake?.initialized : undefined;
    const listens = [...this.#resuming.values()];
    for (const [id, line] of this.#resuming) {
      this.#asked.set(id, { method: 'subscriptions/listen', line, acknowledged: true });
      this.#listening.add(id);
    }
    this.#resuming.clear();
    return {
      toBroker: initialized ? [initialized, ...listens] : listens,
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

/** One line that is no longer than most. */
function isShort(block: Buffer): boolean {
  return block.length <= shortBytes && block.indexOf(0x0a) === block.length - 1;
}

/** A copy, because a line is part of a larger chunk, which would stay with it. */
function copyOf(line: Line): Buffer {
  return Buffer.isBuffer(line) ? Buffer.from(line) : Buffer.concat(line);
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
