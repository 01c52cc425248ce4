/** A broker at a socket that does exactly what a test says: it hears a relay's lines, and ends in every way there is. */
import { randomBytes } from 'node:crypto';
import { chmod, link, rename, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Heard } from './line-host.ts';

export interface Connection {
  readonly socket: Socket;
  /** The first line. */
  hello: string;
  /** Every line after the hello. */
  readonly lines: string[];
  readonly heard: Heard[];
  say(message: object | string): void;
}

export class ScriptedBroker {
  readonly connections: Connection[] = [];
  /** What it does with each message; nothing, unless told. */
  onMessage: (message: Heard, connection: Connection) => void = () => undefined;
  /** Ends every connection at once. */
  hangsUp = false;
  readonly #folder: string;
  readonly #path: string;
  #server: Server | undefined;
  #bound = '';

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'broker.sock');
  }

  get last(): Connection {
    const last = this.connections.at(-1);
    if (!last) throw new Error('nobody has connected');
    return last;
  }

  async start(): Promise<this> {
    const server = createServer((socket) => this.#serve(socket));
    // Under another name first: the system removes the name that a server was bound to when it is closed.
    this.#bound = join(this.#folder, `.b${randomBytes(4).toString('hex')}`);
    await new Promise<void>((resolve) => server.listen(this.#bound, resolve));
    await chmod(this.#bound, 0o600);
    const other = join(this.#folder, `.n${randomBytes(4).toString('hex')}`);
    await link(this.#bound, other);
    await rename(other, this.#path);
    this.#server = server;
    return this;
  }

  /** As a broker that was told to stop does: its socket is gone before its connections are. */
  async stop(): Promise<void> {
    await rm(this.#path, { force: true });
    await this.kill();
  }

  /** As one that was killed: its socket stays behind, and nobody listens. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const { socket } of this.connections) socket.destroy();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  #serve(socket: Socket): void {
    const connection: Connection = {
      socket,
      hello: '',
      lines: [],
      heard: [],
      say: (message) => void socket.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    };
    this.connections.push(connection);
    socket.on('error', () => undefined);
    if (this.hangsUp) {
      socket.destroy();
      return;
    }
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (connection.hello === '') {
          connection.hello = line;
          continue;
        }
        connection.lines.push(line);
        const message: Heard = JSON.parse(line);
        connection.heard.push(message);
        this.onMessage(message, connection);
      }
    });
  }
}

/** Answers as an MCP server of the era of sessions does: `initialize` in this revision, and every call with its own id. */
export function asServer(version = '2025-11-25'): ScriptedBroker['onMessage'] {
  return ({ id, method, params }, connection) => {
    if (id === undefined || method === undefined || params?.['name'] === 'never') return;
    const result =
      method === 'initialize'
        ? { protocolVersion: version, capabilities: {}, serverInfo: { name: 'scripted', version: '1' } }
        : { served: method, by: connection.hello };
    connection.say({ jsonrpc: '2.0', id, result });
  };
}
