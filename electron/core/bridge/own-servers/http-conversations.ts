/**
 * Conversations over HTTP with servers of our own, in the era of sessions. An id holds only for the program and the server
 * that it began with (MCP security best practices, session hijacking).
 */
import { randomUUID } from 'node:crypto';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import type { Caller } from '../guard.ts';
import type { OwnServer } from './own-server.ts';

/** A program that begins ever new conversations loses its oldest ones. */
const mostPerClient = 64;

interface Entry extends Caller {
  readonly served: string;
  readonly own: OwnServer;
  readonly transport: NodeStreamableHTTPServerTransport;
}

export class HttpConversations {
  readonly #byId = new Map<string, Entry>();

  async begin(caller: Caller, served: string, own: OwnServer): Promise<NodeStreamableHTTPServerTransport> {
    const others = [...this.#byId].filter(([, one]) => one.client === caller.client);
    if (others.length >= mostPerClient && others[0]) await this.#end(others[0][0]);
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#byId.set(id, { ...caller, served, own, transport });
      },
      onsessionclosed: (id) => void this.#end(id),
    });
    await own.server.connect(transport);
    return transport;
  }

  find(id: string, { client }: Caller, served: string): NodeStreamableHTTPServerTransport | undefined {
    const entry = this.#byId.get(id);
    return entry?.client === client && entry.served === served ? entry.transport : undefined;
  }

  /** Tells all of a change; those that may not go on, or whose server is not there any more, end. */
  changed(goesOn: (served: string) => boolean): void {
    for (const [id, { isLet, served, own }] of this.#byId) {
      if (isLet() && goesOn(served)) own.changed();
      else void this.#end(id);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.keys()].map((id) => this.#end(id)));
  }

  async #end(id: string): Promise<void> {
    const entry = this.#byId.get(id);
    this.#byId.delete(id);
    await entry?.own.server.close();
  }
}
