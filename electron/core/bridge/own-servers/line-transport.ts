/**
 * A host's lines as the SDK wants them (MCP transports, stdio). What comes before the SDK is there waits; at the end of the
 * host's input, answers that are on their way are let out first.
 */
import type { Duplex } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { unreadableAnswer } from '../fault-answers.ts';
import { LineSplitter } from '../lines.ts';
import { isObject, parseJson, readHostMessage } from '../message.ts';

/** What is sent to a web API may be a document; more than this is a mistake. */
export const maxMessageBytes = 4 * 1024 * 1024;
/** Leaves the relay time to be gone within a second of its own end of input. */
const drainWaitMs = 600;

export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #stream: Duplex;
  /** What came before anybody listened. */
  #early: JSONRPCMessage[] | undefined = [];
  readonly #unanswered = new Set<unknown>();
  readonly #listing = new Set<unknown>();
  readonly #listed: (() => void) | undefined;
  #whenQuiet: (() => void) | undefined;

  /** Listens at once. `listed`: a `tools/list` was answered with a result. */
  constructor(stream: Duplex, listed?: () => void) {
    this.#stream = stream;
    this.#listed = listed;
    const lines = new LineSplitter(maxMessageBytes);
    stream.on('data', (chunk: Buffer) => {
      lines.push(
        chunk,
        (line) => this.#take(line),
        () => this.#write(unreadableAnswer('invalid', undefined)),
      );
    });
    stream.on('end', () => {
      const end = () => stream.end();
      const timer = setTimeout(end, drainWaitMs);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        end();
      };
      this.#lookWhetherQuiet();
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.onclose?.());
  }

  whenClosed(then: () => void): void {
    if (this.#stream.destroyed) then();
    else this.#stream.on('close', then);
  }

  async start(): Promise<void> {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.onmessage?.(message);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write(message);
    if ('id' in message && !('method' in message)) {
      this.#unanswered.delete(message.id);
      if (this.#listing.delete(message.id) && 'result' in message) this.#listed?.();
    }
    this.#lookWhetherQuiet();
  }

  async close(): Promise<void> {
    this.#stream.end();
  }

  #take(line: Buffer): void {
    const read = readHostMessage(line);
    if (read.kind === 'batch' || read.kind === 'malformed' || read.kind === 'invalid') {
      this.#write(unreadableAnswer(read.kind === 'malformed' ? 'malformed' : 'invalid', undefined));
      return;
    }
    if (read.kind === 'request') {
      this.#unanswered.add(read.id);
      if (read.method === 'tools/list' && this.#listed) this.#listing.add(read.id);
    }
    // One that is taken back gets no answer.
    if (read.kind === 'notification' && read.method === 'notifications/cancelled') {
      this.#unanswered.delete(read.params?.['requestId']);
    }
    const message = parseJson(line);
    if (!isObject(message)) return;
    if (this.#early) this.#early.push(message as JSONRPCMessage);
    else this.onmessage?.(message as JSONRPCMessage);
  }

  #write(message: object): void {
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.write(`${JSON.stringify(message)}\n`);
  }

  #lookWhetherQuiet(): void {
    if (this.#unanswered.size === 0) this.#whenQuiet?.();
  }
}
