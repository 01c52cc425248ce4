/**
 * A host behind the relay: lines in, lines out (MCP transports, stdio). Writes follow the stream's pace; the end of
 * the host's input lets answers that are on their way out, then ends the session at the service.
 */
import type { Duplex } from 'node:stream';
import type { BridgeContext } from './bridge-context.ts';
import { unreadableAnswer } from './fault-answers.ts';
import { LineSplitter, onOneLine } from './lines.ts';
import { type HostMessage, type HostRequest, isObject, parseJson, readHostMessage } from './message.ts';
import { openConversation } from './open-conversation.ts';
import type { Reply } from './reply.ts';
import type { SseEvent } from './sse.ts';

/** A host's message may carry a file; more than this is a mistake. */
const maxLineBytes = 64 * 1024 * 1024;
/** Leaves the relay time to be gone within a second of its own end of input. */
const drainWaitMs = 600;
const newline = Buffer.from('\n');

export interface StdioHost {
  readonly client: string;
  readonly reference: string | undefined;
  readonly own?: boolean;
  /** A `tools/list` was answered with a result. */
  readonly listed?: () => void;
}

/** Serves one host until its stream ends. Resolves when the session is closed at the service too. Never throws. */
export function serveStdio(context: BridgeContext, stream: Duplex, host: StdioHost): Promise<void> {
  const write = (json: Buffer): boolean => {
    if (stream.destroyed || stream.writableEnded) return true;
    return stream.write(Buffer.concat([onOneLine(json), newline]));
  };
  // Every call under way may wait for the host to read.
  stream.setMaxListeners(0);
  const session = openConversation(context, {
    client: host.client,
    door: 'stdio',
    reference: host.reference,
    own: host.own ?? false,
    events: {
      event: ({ data }) => data === undefined || data.length === 0 || write(data),
      onDrain: (resume) => whenDrained(stream, resume),
    },
    // The relay comes again by itself.
    servedElsewhere: () => stream.destroy(),
  });
  const take = (message: HostMessage): void => {
    switch (message.kind) {
      case 'request':
        void session.request(message, new LineReply(stream, write, passedOf(message, host)));
        return;
      case 'batch':
        for (const one of message.messages) take(one);
        return;
      case 'malformed':
      case 'invalid':
        write(Buffer.from(JSON.stringify(unreadableAnswer(message.kind, message.id))));
        return;
      default:
        session.notify(message);
    }
  };
  const lines = new LineSplitter(maxLineBytes);
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      lines.push(
        chunk,
        (line) => take(readHostMessage(line)),
        () => write(Buffer.from(JSON.stringify(unreadableAnswer('invalid', undefined)))),
      );
    });
    stream.on('end', () => {
      void session.drained(drainWaitMs).then(() => {
        stream.end();
        return session.close();
      });
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      void session.close().then(resolve);
    });
  });
}

type Passed = ((message: object | Buffer) => void) | undefined;

/** What looks at the messages that go out for this request. */
function passedOf({ method }: HostRequest, { listed }: StdioHost): Passed {
  if (method !== 'tools/list' || !listed) return undefined;
  return (message) => {
    const answer = Buffer.isBuffer(message) ? parseJson(message) : message;
    if (isObject(answer) && isObject(answer['result'])) listed();
  };
}

class LineReply implements Reply {
  readonly #stream: Duplex;
  readonly #write: (json: Buffer) => boolean;
  #body: Buffer[] = [];
  #answered = false;
  readonly #passed: Passed;

  constructor(stream: Duplex, write: (json: Buffer) => boolean, passed: Passed) {
    this.#stream = stream;
    this.#write = write;
    this.#passed = passed;
  }

  json(): void {
    this.#body = [];
  }

  /** Kept until the body is whole: half a line cannot be taken back. */
  chunk(bytes: Buffer): boolean {
    this.#body.push(bytes);
    return true;
  }

  finish(): void {
    const [first, ...more] = this.#body;
    this.#body = [];
    if (first) this.answer(more.length === 0 ? first : Buffer.concat([first, ...more]));
  }

  event({ data }: SseEvent): boolean {
    if (data === undefined || data.length === 0) return true;
    const goesOn = this.#write(data);
    this.#passed?.(data);
    return goesOn;
  }

  /** A request has one answer; what a service sends beyond it is dropped. */
  answer(message: object | Buffer): void {
    if (this.#answered) return;
    const json = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    this.#answered = true;
    this.#write(json);
    this.#passed?.(message);
  }

  end(): void {
    this.#body = [];
  }

  onDrain(resume: () => void): void {
    whenDrained(this.#stream, resume);
  }
}

/** A stream that is gone drains no more; the service's responses are aborted by the session's end. */
function whenDrained(stream: Duplex, resume: () => void): void {
  if (stream.writableNeedDrain) stream.once('drain', resume);
  else resume();
}
