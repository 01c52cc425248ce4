/**
 * The host's streams joined to whichever broker there is: one that goes is followed by another, and the host keeps its
 * conversation. Away from a broker, what the host says is kept for a while, and what it asks is answered in words after
 * that.
 */
import type { Duplex, Writable } from 'node:stream';
import { answerOfAbsent, answerOfEnded, answerOfPing, conversationEnded, notRunning, tooLong } from './answers.ts';
import { Conversation, cancelledBy, type Line } from './conversation.ts';
import { type Glance, glance } from './glance.ts';
import { Lines, linesOf } from './lines.ts';
import { now, Search, type SearchOptions } from './search.ts';
import { Waiting } from './waiting.ts';

/** The broker's own limit, and a little for line ends and the like. */
const maxLineBytes = 65 * 1024 * 1024;
/** From the end of stdin until we are gone, at most. */
const endWaitMs = 900;
/** A request waits this long for a broker. */
const askWaitMs = 15_000;
/** A new broker has this long to answer the handshake. */
const handshakeWaitMs = 10_000;

export interface LinkOptions extends Pick<SearchOptions, 'path' | 'dataDir' | 'words'> {
  /** The first line to every broker. */
  readonly hello: string;
}

export class Link {
  readonly #hello: string;
  readonly #search: Search;
  readonly #conversation = new Conversation();
  readonly #waiting = new Waiting();
  readonly #hostLines = new Lines(maxLineBytes);
  #brokerLines = new Lines(maxLineBytes);
  #socket: Duplex | undefined;
  /** What the host says goes to the broker. */
  #isJoined = false;
  #handshake: { readonly id: string; readonly timer: NodeJS.Timeout } | undefined;
  /** The host has said all. */
  #ended = false;
  #giveUpTimer: NodeJS.Timeout | undefined;
  /** Since when brokers have gone without answering what begins a conversation. */
  #unansweredSinceMs: number | undefined;
  /** Why there is no broker, as the host was told last. */
  #words: string | undefined;

  constructor({ hello, path, dataDir, words }: LinkOptions) {
    this.#hello = hello;
    this.#search = new Search({
      path,
      dataDir,
      words,
      isAsked: () => this.#waiting.asks,
      found: (stream, to) => this.#greet(stream, to),
      failed: (words) => this.#fail(words),
    });
  }

  begin(): void {
    const { stdin, stdout } = process;
    // A host that is gone reads nothing more.
    stdout.on('error', () => process.exit(0));
    stdin.on('data', (chunk: Buffer) => this.#fromHost(chunk));
    stdin.on('error', () => this.#end());
    stdin.on('end', () => this.#end());
    this.#search.begin();
  }

  #fromHost(chunk: Buffer): void {
    const { long, block } = this.#hostLines.push(chunk, () => this.#toHost([tooLong]));
    if (this.#isJoined) {
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
    if (this.#isJoined) this.#socket?.end();
    else if (this.#waiting.isEmpty) process.exit(0);
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
    const words = this.#search.soon();
    if (words === undefined && this.#waiting.add(line, now())) {
      this.#giveUpInTime();
      return;
    }
    for (const { kind, id } of seen) {
      if (kind === 'request' && id !== undefined) this.#toHost([answerOfAbsent(id, words ?? notRunning)]);
    }
  }

  #isDealtWith({ kind, id, method }: Glance, line: Buffer): boolean {
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

  #greet(socket: Duplex, to: 'broker' | 'relay'): void {
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost());
    // The broker has no more to say.
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => this.#fromBroker(chunk));
    if (to === 'broker') socket.write(this.#hello);
    const initialize = this.#conversation.initialize;
    if (!initialize) {
      this.#join();
      return;
    }
    this.#handshake = { id: initialize.id, timer: setTimeout(() => socket.destroy(), handshakeWaitMs) };
    socket.write(initialize.line);
  }

  #join(): void {
    this.#isJoined = true;
    this.#words = undefined;
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
    const parts = this.#handshake ? [...linesOf(block)].filter((line) => !this.#isHandshake(line)) : [block];
    this.#toHost(parts.map((part) => this.#conversation.fromBroker(part)));
  }

  /** The answer to the handshake of a new broker, which the host has had already. */
  #isHandshake(line: Line): boolean {
    const handshake = this.#handshake;
    if (!handshake) return false;
    if (!glance(line).some(({ kind, id }) => kind === 'response' && id === handshake.id)) return false;
    clearTimeout(handshake.timer);
    this.#handshake = undefined;
    if (this.#conversation.agrees(line)) this.#join();
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
    const wasJoined = this.#isJoined;
    clearTimeout(this.#handshake?.timer);
    this.#handshake = undefined;
    this.#socket = undefined;
    this.#isJoined = false;
    this.#brokerLines = new Lines(maxLineBytes);
    process.stdin.resume();
    if (this.#ended && this.#waiting.isEmpty) process.exit(0);
    const { toHost, again } = this.#conversation.lost();
    // What one broker after another leaves without an answer waits no longer for that.
    if (again.length === 0) this.#unansweredSinceMs = undefined;
    else this.#unansweredSinceMs ??= now();
    for (const line of again) this.#waiting.add(line, this.#unansweredSinceMs ?? now());
    this.#toHost(toHost);
    this.#giveUpInTime();
    this.#search.again(wasJoined);
  }

  /** Everything that waits is answered with the reason. */
  #fail(words: string): void {
    this.#giveUp(now(), words);
    if (this.#ended) process.exit(0);
  }

  #giveUpInTime(): void {
    clearTimeout(this.#giveUpTimer);
    const { sinceMs } = this.#waiting;
    if (sinceMs === undefined) return;
    const tooLate = () => {
      this.#giveUp(now() - askWaitMs, this.#words ?? notRunning);
      this.#giveUpInTime();
    };
    this.#giveUpTimer = setTimeout(tooLate, Math.max(0, sinceMs + askWaitMs - now()));
  }

  /** Answers what came by then, and says the reason once. */
  #giveUp(untilMs: number, words: string): void {
    if (this.#words !== words) say(words);
    this.#words = words;
    this.#toHost(this.#waiting.giveUp(untilMs).map((id) => answerOfAbsent(id, words)));
  }
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
