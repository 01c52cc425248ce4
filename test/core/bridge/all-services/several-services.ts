/** Several practice services behind one bridge, and a broker whose connections a test renames, relabels and refuses. */
import type { ConnectionView, Snapshot } from '../../../../shared/snapshot.ts';
import { type TestBridge, testBridge } from '../../../fakes/bridge.ts';
import { FakeBroker } from '../../../fakes/broker.ts';
import type { Heard, LineHost } from '../../../fakes/line-host.ts';
import { FakeMcpServer } from '../../../fakes/mcp-server.ts';

export class ServicesBroker extends FakeBroker {
  /** By connection id: what its view says otherwise. */
  readonly #told = new Map<string, Partial<ConnectionView>>();

  tell(id: string, said: Partial<ConnectionView>): void {
    this.#told.set(id, { ...this.#told.get(id), ...said });
    this.#everybodyHears();
  }

  label(id: string, label: string): void {
    const { accounts } = this.findConnection(id);
    this.tell(id, { accounts: accounts.map((one) => ({ ...one, label })) });
  }

  refuse(id: string, name = 'line-host'): void {
    this.tell(id, { clients: [{ name, door: 'stdio', access: 'refused', firstSeenAtMs: 0 }] });
  }

  allow(id: string): void {
    this.tell(id, { clients: [] });
  }

  override snapshot(): Snapshot {
    const snapshot = super.snapshot();
    return { ...snapshot, connections: snapshot.connections.map((view) => this.#seen(view)) };
  }

  override findConnection(reference: string | undefined): ConnectionView {
    const renamed = this.snapshot().connections.find(({ name }) => name === reference);
    return this.#seen(super.findConnection(renamed?.id ?? reference));
  }

  #seen(view: ConnectionView): ConnectionView {
    return { ...view, ...this.#told?.get(view.id) };
  }

  #everybodyHears(): void {
    this.removeKey('');
  }
}

export interface SeveralServices {
  readonly broker: ServicesBroker;
  readonly bridge: TestBridge;
  readonly servers: Record<string, FakeMcpServer>;
  /** Another service, signed in unless told otherwise. */
  add(name: string, signedIn?: boolean): Promise<FakeMcpServer>;
  server(name: string): FakeMcpServer;
  stop(): Promise<void>;
}

export async function severalServices(...names: readonly string[]): Promise<SeveralServices> {
  const broker = new ServicesBroker();
  const bridge = await testBridge(broker);
  const servers: Record<string, FakeMcpServer> = {};
  const server = (name: string): FakeMcpServer => {
    const found = servers[name];
    if (!found) throw new Error(`no server ${name}`);
    return found;
  };
  const add = async (name: string, signedIn = true): Promise<FakeMcpServer> => {
    const started = await new FakeMcpServer().start();
    servers[name] = started;
    broker.add(name, started.url, signedIn);
    return started;
  };
  for (const name of names) await add(name);
  return {
    broker,
    bridge,
    servers,
    add,
    server,
    async stop() {
      await bridge.stop();
      await Promise.all(Object.values(servers).map((one) => one.stop()));
    },
  };
}

export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
}

export const toolsIn = ({ result }: Heard): readonly Tool[] => (result?.['tools'] ?? []) as Tool[];
export const namesIn = (heard: Heard): readonly string[] => toolsIn(heard).map(({ name }) => name);
export const textIn = ({ result }: Heard): string =>
  (result?.['content'] as { readonly text: string }[] | undefined)?.[0]?.text ?? '';
export const faultIn = ({ error }: Heard): unknown => error?.data?.['fault'];
export const noticesOf = (host: LineHost, list = 'tools'): number =>
  host.heard.filter(({ method }) => method === `notifications/${list}/list_changed`).length;

/** Lists tools until they are these; a host does the same, once for each word that they have changed. */
export async function toolsBecome(host: LineHost, names: readonly string[], params?: object): Promise<void> {
  const until = performance.now() + 5_000;
  for (;;) {
    const heard = namesIn(await host.ask('tools/list', params));
    if (JSON.stringify(heard) === JSON.stringify(names)) return;
    if (performance.now() > until) throw new Error(`the tools are ${heard.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const modernMeta = (extra: object = {}) => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'line-host', version: '1' },
    ...extra,
  },
});

export const modernServer = (server: FakeMcpServer): void => {
  server.usesSessions = false;
  server.intercept = ({ message, json, event, response }) => {
    const { id, method, params } = message;
    const complete = { resultType: 'complete' };
    const cached = { ...complete, ttlMs: 0, cacheScope: 'private' };
    const meta: object = params?.['_meta'] ?? {};
    const isModern = 'io.modelcontextprotocol/protocolVersion' in meta;
    if (!isModern) {
      json(
        {
          jsonrpc: '2.0',
          id: id ?? null,
          error: { code: -32022, message: 'Unsupported protocol version', data: { supported: ['2026-07-28'] } },
        },
        400,
      );
      return true;
    }
    switch (method) {
      case 'server/discover':
        json({
          jsonrpc: '2.0',
          id,
          result: {
            ...cached,
            supportedVersions: ['2026-07-28'],
            capabilities: { tools: { listChanged: true }, resources: {} },
            instructions: 'Modern words.',
          },
        });
        return true;
      case 'tools/list':
        json({ jsonrpc: '2.0', id, result: { ...cached, tools: [{ name: 'echo', inputSchema: { type: 'object' } }] } });
        return true;
      case 'tools/call':
        json({
          jsonrpc: '2.0',
          id,
          result: { ...complete, content: [{ type: 'text', text: JSON.stringify(params) }] },
        });
        return true;
      case 'subscriptions/listen':
        event({
          jsonrpc: '2.0',
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: params?.['notifications'], _meta: { 'io.modelcontextprotocol/subscriptionId': id } },
        });
        server.streams.add(response);
        response.on('close', () => server.streams.delete(response));
        return true;
      default:
        json({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
        return true;
    }
  };
};
