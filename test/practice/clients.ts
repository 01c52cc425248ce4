/** The official SDK's clients at the practice service, as a person's assistant would use it: one per protocol era. */
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

const info = { name: 'practice-test', version: '1.0.0' };
const capabilities = { elicitation: { form: {} } };

export interface LegacyConnection {
  readonly client: LegacyClient;
  readonly transport: LegacyTransport;
  /** Ends the session by DELETE, as a well-behaved client does, and disconnects. */
  readonly end: () => Promise<void>;
}

export async function connectLegacy(address: string, token: () => string): Promise<LegacyConnection> {
  const client = new LegacyClient(info, { capabilities });
  const transport = new LegacyTransport(new URL(address), {
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('Authorization', `Bearer ${token()}`);
      return fetch(url, { ...init, headers });
    },
  });
  // The 1.x declarations were not written for exactOptionalPropertyTypes.
  await client.connect(transport as Transport);
  const end = async () => {
    await transport.terminateSession();
    await client.close();
  };
  return { client, transport, end };
}

export async function connectModern(
  address: string,
  token: () => string,
  prepare: (client: ModernClient) => void = () => undefined,
): Promise<ModernClient> {
  const client = new ModernClient(info, { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } });
  prepare(client);
  await client.connect(new ModernTransport(new URL(address), { authProvider: { token: async () => token() } }));
  return client;
}

/** The text of a tool's answer. */
export function textOf(result: unknown): string {
  const { content } = result as { content?: readonly { type: string; text?: string }[] };
  return (content ?? []).map(({ text }) => text ?? '').join('');
}

/** Every tool of the sample server, by name. */
export const toolNames = [
  'approve_discount',
  'big_report',
  'create_order',
  'list_orders',
  'sales_by_month',
  'slow_report',
  'whoami',
];
