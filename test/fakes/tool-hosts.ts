/**
 * Hosts of the OAuth tools: the official SDK's clients of both generations and eras, over HTTP or behind the relay, with
 * a person who answers forms or without any.
 */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as Transport1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  /** As it came. */
  readonly whole: string;
}

export interface ListedTool {
  readonly name: string;
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
}

export interface ToolHost {
  tools(): Promise<readonly ListedTool[]>;
  call(name: string, input?: Record<string, unknown>, onProgress?: () => void): Promise<ToolResult>;
  instructions(): string;
  readonly asked: string[];
  close(): Promise<void>;
}

export type ToolWay =
  | { readonly door: 'http'; readonly url: string; readonly key: string }
  | { readonly door: 'relay'; readonly args: string[] };

/** What the person answers to a form; undefined: the host has none. */
export type Answers = (() => { action: 'accept' | 'decline' | 'cancel'; content?: { allow: boolean } }) | undefined;

export const generations = ['1.x', '2.x, older era', '2.x, 2026-07-28'] as const;
export type Generation = (typeof generations)[number];

const info = { name: 'tool-host', version: '1.0.0' };
const capabilitiesOf = (answers: Answers) => (answers ? { elicitation: { form: {} } } : {});
const bearer = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

function resultOf(result: unknown): ToolResult {
  const { content, structuredContent, isError } = result as {
    content?: { text?: string }[];
    structuredContent?: Record<string, unknown>;
    isError?: boolean;
  };
  return {
    text: (content ?? []).map(({ text }) => text ?? '').join('\n'),
    isError: isError ?? false,
    data: structuredContent ?? {},
    whole: JSON.stringify(result),
  };
}

export function openToolHost(generation: Generation, way: ToolWay, answers: Answers): Promise<ToolHost> {
  return generation === '1.x' ? open1(way, answers) : open2(generation, way, answers);
}

async function open1(way: ToolWay, answers: Answers): Promise<ToolHost> {
  const client = new Client1(info, { capabilities: capabilitiesOf(answers) });
  const asked: string[] = [];
  if (answers) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return answers();
    });
  }
  const transport =
    way.door === 'http'
      ? new Http1(new URL(way.url), bearer(way.key))
      : new Stdio1({ command: process.execPath, args: way.args });
  // The 1.x declarations were not written for exactOptionalPropertyTypes.
  await client.connect(transport as Transport1);
  return {
    tools: async () => (await client.listTools()).tools as readonly ListedTool[],
    call: async (name, input = {}, onProgress) =>
      resultOf(
        await client.callTool({ name, arguments: input }, undefined, onProgress ? { onprogress: onProgress } : {}),
      ),
    instructions: () => client.getInstructions() ?? '',
    asked,
    close: () => client.close(),
  };
}

async function open2(generation: Generation, way: ToolWay, answers: Answers): Promise<ToolHost> {
  const mode = generation === '2.x, 2026-07-28' ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new Client2(info, { capabilities: capabilitiesOf(answers), versionNegotiation: { mode } });
  const asked: string[] = [];
  if (answers) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return answers();
    });
  }
  await client.connect(
    way.door === 'http'
      ? new Http2(new URL(way.url), bearer(way.key))
      : new Stdio2({ command: process.execPath, args: way.args }),
  );
  return {
    tools: async () => (await client.listTools()).tools as readonly ListedTool[],
    call: async (name, input = {}, onProgress) =>
      resultOf(await client.callTool({ name, arguments: input }, onProgress ? { onprogress: onProgress } : {})),
    instructions: () => client.getInstructions() ?? '',
    asked,
    close: () => client.close(),
  };
}
