/**
 * The host's streams joined to whichever broker there is. A broker that goes is waited for, and where a program needs
 * one, started: the host keeps its conversation. Away from a broker, what the host says is kept for a while, and what
 * it asks is answered in words after that.
 */
import { connect, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { socketTrust } from '../core/bridge/socket-path.ts';
import { answerOfAbsent, answerOfEnded, answerOfPing, conversationEnded, notRunning, tooLong } from './answers.ts';
import { Conversation, cancelledBy, type Line } from './conversation.ts';
import { glance } from './glance.ts';
import { Lines, linesOf } from './lines.ts';
import { startBroker } from './start-broker.ts';
import { Waiting } from './waiting.ts';

/** The broker's own limit, and a little for line ends and the like. */
const maxLineBytes = 65 * 1024 * 1024;
/** From the end of stdin until we are gone, at most. */
const endWaitMs = 900;
/** A broker that was stopped on purpose may be about to be followed by another: one that is started would be in its way. */
const successorWaitMs = 3_000;
/** A request waits this long for a broker. */
const askWaitMs = 15_000;
/** A broker that could not be started is not started again before. */
const startPauseMs = 10_000;
/** A new broker has this long to answer the handshake. */
const handshakeWaitMs = 10_000;
/** A connection that held this long was a good one. */
const goodMs = 5_000;
const firstPauseMs = 50;
/** Pauses between two looks for a broker: while a request waits, in the first minutes, and after that. */
const longestPausesMs = { asked: 500, first: 5_000, later: 30_000 } as const;
const firstMinutesMs = 5 * 60_000;

export interface LinkOptions {
  /** The broker's socket, or why it cannot be used. */
  readonly path: string | { readonly refusal: string };
  /** The first line to every broker. */
  readonly hello: string;
  readonly dataDir: string | undefined;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #conversation = new Conversation();
  readonly #waiting = new Waiting();
  readonly #hostLines = new Lines(maxLineBytes);
  #brokerLines = new Lines(maxLineBytes);
  #state: 'away' | 'joining' | 'joined' = 'away';
  #socket: Socket | undefined;
  #handshake: { readonly id: string; readonly timer: NodeJS.Timeout } | undefined;
  /** The host has said all. */
  #ended = false;
  #wasJoined = false;
  #joinedAtMs = 0;
  #awayFromMs = now();
  #starting: 'not-yet' | 'running' | 'done' | 'no' = 'not-yet';
  #startFromMs = 0;
  #pauseMs = firstPauseMs;
  #lookedAtMs = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #lookAtMs = 0;
  #giveUpTimer: NodeJS.Timeout | undefined;
  /** Why there is no broker, as the host was told last. */
  #words: string | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  begin(): void {
    const { stdin, stdout } = process;
    // A host that is gone reads nothing more.
    stdout.on('error', () => process.exit(0));
    stdin.on('data', (chunk: Buffer) => this.#fromHost(chunk));
    stdin.on('error', () => this.#end());
    stdin.on('end', () => this.#end());
    this.#look();
  }

  #fromHost(chunk: Buffer): void {
    const { long, block } = this.#hostLines.push(chunk, () => this.#toHost([tooLong]));
    if (this.#state === 'joined') {
      if (long && this.#conversation.lineFromHost(long)) this.#toBroker(long);
      if (block) this.#toBroker([this.#conversation.fromHost(block)]);
      return;
    }
    if (long) this.#hold(Buffer.concat(long));
    if (block) for (const line of linesOf(block)) this.#hold(line);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    setTimeout(() => process.exit(0), endWaitMs).unref();
    if (this.#state === 'joined') this.#socket?.end();
    else if (this.#state === 'away' && this.#waiting.isEmpty) process.exit(0);
  }

  #toBroker(bytes: readonly Buffer[]): void {
    const socket = this.#socket;
    if (!socket || written(socket, bytes)) return;
    process.stdin.pause();
    socket.once('drain', () => process.stdin.resume());
  }

  #toHost(bytes: readonly Buffer[]): void {
    if (written(process.stdout, bytes)) return;
    const socket = this.#socket;
    socket?.pause();
    process.stdout.once('drain', () => socket?.resume());
  }

  /** While there is no broker. */
  #hold(line: Buffer): void {
    const seen = glance(line);
    const [one] = seen;
    if (one && seen.length === 1 && this.#isDealtWith(one, line)) return;
    const nowMs = now();
    const refused = (nowMs < this.#startFromMs && !this.#mayBeThere()) || !this.#waiting.add(line, nowMs);
    if (refused) {
      for (const { kind, id } of seen) if (kind === 'request' && id !== undefined) this.#answerAbsent(id);
      return;
    }
    this.#giveUpInTime();
    if (this.#waiting.asks) this.#lookSoon();
  }

  #isDealtWith({ kind, id, method }: ReturnType<typeof glance>[number], line: Buffer): boolean {
    if (kind === 'response') {
      // What it answers has gone with the broker that asked.
      if (id !== undefined) this.#conversation.late(id);
      return true;
    }
    if (kind === 'request') {
      // Whether we are there, a host may ask at any time; it is no reason to start a broker.
      if (method !== 'ping' || id === undefined || !this.#conversation.established) return false;
      this.#toHost([answerOfPing(id)]);
      return true;
    }
    if (method === 'notifications/cancelled' && this.#waiting.cancel(JSON.stringify(cancelledBy(line)))) return true;
    return this.#waiting.isEmpty && this.#conversation.note(method, line);
  }

  /** Somebody may have started one since it was looked for last. */
  #mayBeThere(): boolean {
    const { path } = this.#options;
    return typeof path === 'string' && process.platform !== 'win32' && socketTrust(path) === 'ours';
  }

  #look(): void {
    clearTimeout(this.#lookTimer);
    this.#lookAtMs = 0;
    this.#lookedAtMs = now();
    const { path } = this.#options;
    const trust = typeof path === 'string' ? socketTrust(path) : path;
    if (typeof path !== 'string' || typeof trust === 'object') {
      this.#fail(typeof trust === 'object' ? trust.refusal : notRunning);
      this.#lookLater();
    } else if (trust === 'absent') this.#absent('stopped');
    else this.#join(path);
  }

  #join(path: string): void {
    const socket = connect({ path, allowHalfOpen: true });
    this.#state = 'joining';
    this.#socket = socket;
    const onError = (error: NodeJS.ErrnoException) => {
      this.#state = 'away';
      this.#socket = undefined;
      // A socket that nobody listens on was left behind by a broker that was killed.
      this.#absent(error.code === 'ECONNREFUSED' ? 'killed' : 'stopped');
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      this.#greet(socket);
    });
  }

  #greet(socket: Socket): void {
    this.#starting = 'no';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost());
    // The broker has no more to say.
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => this.#fromBroker(chunk));
    socket.write(this.#options.hello);
    const initialize = this.#conversation.initialize;
    if (!initialize) {
      this.#joined();
      return;
    }
    this.#handshake = { id: initialize.id, timer: setTimeout(() => socket.destroy(), handshakeWaitMs) };
    socket.write(initialize.line);
  }

  #joined(): void {
    this.#state = 'joined';
    this.#wasJoined = true;
    this.#joinedAtMs = now();
    this.#words = undefined;
    this.#startFromMs = 0;
    clearTimeout(this.#giveUpTimer);
    const { toBroker, toHost } = this.#conversation.resume();
    const held = this.#waiting.take().map((line) => this.#conversation.fromHost(line));
    this.#toBroker([...toBroker, ...held]);
    this.#toHost(toHost);
    if (this.#ended) this.#socket?.end();
  }

  #fromBroker(chunk: Buffer): void {
    // A line of the broker's is never too long: it has the same limit.
    const { long, block } = this.#brokerLines.push(chunk, () => undefined);
    if (long && !this.#isHandshake(long)) {
      this.#conversation.lineFromBroker(long);
      this.#toHost(long);
    }
    if (!block) return;
    if (!this.#handshake) this.#toHost([this.#conversation.fromBroker(block)]);
    else
      for (const line of linesOf(block))
        if (!this.#isHandshake(line)) this.#toHost([this.#conversation.fromBroker(line)]);
  }

  /** The answer to the handshake of a new broker, which the host has had already. */
  #isHandshake(line: Line): boolean {
    const handshake = this.#handshake;
    if (!handshake) return false;
    if (!glance(line).some(({ kind, id }) => kind === 'response' && id === handshake.id)) return false;
    clearTimeout(handshake.timer);
    this.#handshake = undefined;
    if (this.#conversation.agrees(Buffer.isBuffer(line) ? line : Buffer.concat(line))) this.#joined();
    else this.#endPlainly();
    return true;
  }

  /** The service speaks another revision than the host was told: nothing that is said from here on could be trusted. */
  #endPlainly(): void {
    this.#toHost(this.#waiting.giveUp(now()).map(answerOfEnded));
    say(conversationEnded);
    process.exit(1);
  }

  #lost(): void {
    clearTimeout(this.#handshake?.timer);
    this.#handshake = undefined;
    this.#socket = undefined;
    this.#brokerLines = new Lines(maxLineBytes);
    process.stdin.resume();
    if (this.#ended && this.#waiting.isEmpty) process.exit(0);
    const nowMs = now();
    if (this.#state === 'joined') {
      this.#awayFromMs = nowMs;
      if (nowMs - this.#joinedAtMs > goodMs) this.#pauseMs = firstPauseMs;
    }
    this.#state = 'away';
    const { toHost, again } = this.#conversation.lost();
    for (const line of again) this.#waiting.add(line, nowMs);
    this.#toHost(toHost);
    this.#giveUpInTime();
    this.#lookLater();
  }

  /** No broker listens. A program that asks for something gets one, but none gets into the way of the next. */
  #absent(because: 'stopped' | 'killed'): void {
    if (this.#starting === 'done') {
      this.#starting = 'no';
      this.#fail(notRunning);
      this.#lookLater();
      return;
    }
    const wanted = this.#starting === 'not-yet' || this.#waiting.asks;
    const nowMs = now();
    const none = because === 'killed' || !this.#wasJoined || nowMs - this.#awayFromMs >= successorWaitMs;
    const failed = nowMs < this.#startFromMs;
    if (failed) this.#answerWaiting();
    if (failed || !wanted || !none) {
      this.#lookLater();
      return;
    }
    this.#starting = 'running';
    startBroker(this.#options.dataDir).then(
      () => {
        this.#starting = 'done';
        this.#look();
      },
      (thrown: Error) => {
        this.#starting = 'no';
        this.#fail(thrown.message);
        this.#lookLater();
      },
    );
  }

  #lookLater(): void {
    const longest = now() - this.#awayFromMs < firstMinutesMs ? longestPausesMs.first : longestPausesMs.later;
    const pauseMs = Math.min(this.#pauseMs, this.#waiting.asks ? longestPausesMs.asked : longest);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longest);
    this.#lookIn(pauseMs);
  }

  /** A request has come: no reason to hurry more than that. */
  #lookSoon(): void {
    if (this.#state !== 'away' || this.#starting === 'running') return;
    const inMs = Math.max(0, this.#lookedAtMs + longestPausesMs.asked - now());
    if (this.#lookAtMs > now() + inMs) this.#lookIn(inMs);
  }

  #lookIn(pauseMs: number): void {
    clearTimeout(this.#lookTimer);
    this.#lookAtMs = now() + pauseMs;
    this.#lookTimer = setTimeout(() => this.#look(), pauseMs);
  }

  /** Everything that waits is answered with the reason. */
  #fail(words: string): void {
    this.#startFromMs = now() + startPauseMs;
    this.#tell(words);
    this.#answerWaiting();
    if (this.#ended) process.exit(0);
  }

  #answerWaiting(): void {
    for (const id of this.#waiting.giveUp(now())) this.#answerAbsent(id);
  }

  #giveUpInTime(): void {
    clearTimeout(this.#giveUpTimer);
    const { sinceMs } = this.#waiting;
    if (sinceMs === undefined) return;
    this.#giveUpTimer = setTimeout(
      () => {
        const ids = this.#waiting.giveUp(now() - askWaitMs);
        if (ids.length > 0) this.#tell(this.#words ?? notRunning);
        for (const id of ids) this.#answerAbsent(id);
        this.#giveUpInTime();
      },
      Math.max(0, sinceMs + askWaitMs - now()),
    );
  }

  #answerAbsent(id: string): void {
    this.#toHost([answerOfAbsent(id, this.#words ?? notRunning)]);
  }

  /** Once for each reason. */
  #tell(words: string): void {
    if (this.#words !== words) say(words);
    this.#words = words;
  }
}

/** In ms, and no clock that somebody sets. */
function now(): number {
  return performance.now();
}

/** False where whoever produces should wait for `drain`, and nobody waits yet. */
function written(stream: Writable, bytes: readonly Buffer[]): boolean {
  const several = bytes.length > 1;
  if (several) stream.cork();
  let goesOn = true;
  for (const part of bytes) if (part.length > 0) goesOn = stream.write(part);
  if (several) stream.uncork();
  return goesOn || stream.listenerCount('drain') > 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
