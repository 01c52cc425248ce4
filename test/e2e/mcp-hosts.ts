/**
 * MCP hosts that nobody here wrote, behind one face: the official SDK's clients of both generations, over the built
 * relay or at the local HTTP address with its key. A test says what it wants; each client does it in its own way.
 */
import { join } from 'node:path';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as Transport1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** The way in: what a person writes into a host's configuration. */
export type Way =
  | { readonly door: 'relay'; readonly command: string; readonly args: string[]; readonly env: Record<string, string> }
  | { readonly door: 'http'; readonly url: string; readonly key: string };

export interface CallWish {
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
}

export interface McpHost {
  readonly serverName: string | undefined;
  tools(): Promise<string[]>;
  call(name: string, input?: Record<string, unknown>, wish?: CallWish): Promise<{ text: string; isError: boolean }>;
  read(uri: string): Promise<string>;
  prompt(name: string, input: Record<string, string>): Promise<string>;
  /** What the person was asked by elicitation; every question is approved. */
  readonly asked: string[];
  readonly logged: string[];
  /** Resolves at the next word that the tools have changed. */
  toolsChanged(): Promise<void>;
  close(): Promise<void>;
}

export interface HostKind {
  readonly name: string;
  readonly connect: (way: Way) => Promise<McpHost>;
}

const modern = '2026-07-28';

export const hostKinds: readonly [HostKind, ...HostKind[]] = [
  { name: 'SDK client 1.x', connect: connect1 },
  { name: 'SDK client 2.x as it comes', connect: (way) => connect2(way, 'legacy') },
  { name: 'SDK client 2.x that negotiates', connect: (way) => connect2(way, 'auto') },
  { name: `SDK client 2.x pinned to ${modern}`, connect: (way) => connect2(way, { pin: modern }) },
];

export const relayWay = (distDir: string, dataDir: string, env: NodeJS.ProcessEnv, args: string[] = []): Way => ({
  door: 'relay',
  command: process.execPath,
  args: [join(distDir, 'relay.cjs'), '--data', dataDir, ...args],
  env: definedOnly(env),
});

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const info = { name: 'end-to-end', version: '1.0.0' };
const capabilities = { elicitation: { form: {} } };
const approval = { action: 'accept' as const, content: { approve: true } };
const bearer = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

async function connect1(way: Way): Promise<McpHost> {
  const client = new Client1(info, { capabilities });
  const asked: string[] = [];
  const logged: string[] = [];
  const changes = new Bell();
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params.message);
    return approval;
  });
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void logged.push(String(params.data)),
  );
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => changes.ring());
  const http = way.door === 'http' ? new Http1(new URL(way.url), bearer(way.key)) : undefined;
  // The 1.x declarations were not written for exactOptionalPropertyTypes.
  await client.connect((http ?? new Stdio1(way as StdioWay)) as Transport1);
  return {
    serverName: client.getServerVersion()?.name,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, input = {}, { onProgress, signal } = {}) =>
      answerOf(
        await client.callTool({ name, arguments: input }, undefined, {
          ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
          ...(signal && { signal }),
        }),
      ),
    read: async (uri) => textOf((await client.readResource({ uri })).contents),
    prompt: async (name, input) => textOf((await client.getPrompt({ name, arguments: input })).messages.map(content)),
    asked,
    logged,
    toolsChanged: () => changes.next(),
    async close() {
      await http?.terminateSession();
      await client.close();
    },
  };
}

async function connect2(way: Way, mode: 'legacy' | 'auto' | { pin: string }): Promise<McpHost> {
  const client = new Client2(info, { capabilities, versionNegotiation: { mode } });
  const asked: string[] = [];
  const logged: string[] = [];
  const changes = new Bell();
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return approval;
  });
  client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(String(params.data)));
  client.setNotificationHandler('notifications/tools/list_changed', () => changes.ring());
  const http = way.door === 'http' ? new Http2(new URL(way.url), bearer(way.key)) : undefined;
  await client.connect(http ?? new Stdio2(way as StdioWay));
  const isModern = client.getProtocolEra() === 'modern';
  // The newer revision sends these to whoever asks for them.
  const subscription = isModern ? await client.listen({ toolsListChanged: true }) : undefined;
  const meta = isModern ? { _meta: { 'io.modelcontextprotocol/logLevel': 'info' as const } } : {};
  return {
    serverName: client.getServerVersion()?.name,
    tools: async () => (await client.listTools(undefined, { cacheMode: 'refresh' })).tools.map(({ name }) => name),
    call: async (name, input = {}, { onProgress, signal } = {}) =>
      answerOf(
        await client.callTool(
          { name, arguments: input, ...meta },
          {
            ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
            ...(signal && { signal }),
          },
        ),
      ),
    read: async (uri) => textOf((await client.readResource({ uri })).contents),
    prompt: async (name, input) => textOf((await client.getPrompt({ name, arguments: input })).messages.map(content)),
    asked,
    logged,
    toolsChanged: () => changes.next(),
    async close() {
      await subscription?.close();
      await http?.terminateSession();
      await client.close();
    },
  };
}

type StdioWay = Way & { readonly door: 'relay' };

/** Rings for everybody who waits at that moment, and for the first who comes after it. */
class Bell {
  #rung = false;
  #waiting: (() => void)[] = [];

  ring(): void {
    this.#rung = this.#waiting.length === 0;
    for (const go of this.#waiting.splice(0)) go();
  }

  next(): Promise<void> {
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const content = (message: { readonly content: unknown }) => message.content;

function textOf(parts: readonly unknown[]): string {
  return parts.map((part) => (part as { readonly text?: string }).text ?? '').join('');
}

function answerOf(result: unknown): { text: string; isError: boolean } {
  const { content = [], isError = false } = result as { content?: unknown[]; isError?: boolean };
  return { text: textOf(content), isError };
}
