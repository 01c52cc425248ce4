/** A host on a stream of lines (the broker's socket, a relay's stdio) that says and hears exactly what a test wants. */
import type { Readable, Writable } from 'node:stream';

/** Of a test for what has to come, in ms: the machine may be at other things for seconds. */
const patienceMs = 30_000;

export interface Heard {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
}

export class LineHost {
  readonly heard: Heard[] = [];
  readonly lines: string[] = [];
  readonly #out: Writable;
  readonly #waiting = new Set<() => void>();
  #nextId = 1;
  ended = false;

  constructor(input: Readable, output: Writable) {
    this.#out = output;
    let rest = '';
    input.setEncoding('utf8');
    input.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.lines.push(line);
        this.heard.push(JSON.parse(line));
      }
      for (const look of [...this.#waiting]) look();
    });
    const end = () => {
      this.ended = true;
      for (const look of [...this.#waiting]) look();
    };
    input.on('end', end);
    input.on('close', end);
  }

  say(message: object | string): void {
    this.#out.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  }

  notify(method: string, params?: object): void {
    this.say({ jsonrpc: '2.0', method, ...(params ? { params } : {}) });
  }

  /** Sends a request and waits for its answer. */
  async ask(method: string, params?: object, id: string | number = this.#nextId++): Promise<Heard> {
    this.say({ jsonrpc: '2.0', id, method, ...(params ? { params } : {}) });
    return this.answer(id);
  }

  answer(id: string | number): Promise<Heard> {
    return this.wait((one) => one.id === id && one.method === undefined);
  }

  notice(method: string): Promise<Heard> {
    return this.wait((one) => one.method === method);
  }

  async wait(wanted: (message: Heard) => boolean, timeoutMs = patienceMs): Promise<Heard> {
    const found = await this.until(() => this.heard.find(wanted), timeoutMs);
    if (!found) throw new Error(`not heard in ${timeoutMs} ms; heard: ${this.lines.join(' ').slice(0, 500)}`);
    return found;
  }

  until<T>(look: () => T | undefined, timeoutMs = patienceMs): Promise<T | undefined> {
    return new Promise((resolve) => {
      const check = () => {
        const found = look();
        if (found === undefined && !this.ended) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        resolve(look());
      }, timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  async begin(version = '2025-11-25'): Promise<Heard> {
    const answer = await this.ask('initialize', {
      protocolVersion: version,
      capabilities: { roots: {}, sampling: {}, elicitation: {} },
      clientInfo: { name: 'line-host', version: '1' },
    });
    this.notify('notifications/initialized');
    return answer;
  }

  end(): void {
    this.#out.end();
  }
}

/** Waits for a condition that no event announces; fails after `timeoutMs`. */
export async function eventually(condition: () => boolean, timeoutMs = patienceMs): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > until) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
