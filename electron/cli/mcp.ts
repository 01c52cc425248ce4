/** `tools` and `call`: the same door that assistants use, with the official client at this end. */

import type { Duplex } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { Fault } from '../../shared/faults.ts';
import { readJsonLines } from '../core/control/lines.ts';
import { version } from '../version.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { usageFault } from './usage.ts';

/** Calls may run for long; a person ends them with Ctrl+C. */
const callTimeoutMs = 60 * 60_000;
const signInTool = 'sign_in';

export async function tools(context: Context): Promise<number> {
  const client = await open(context);
  try {
    const { tools: all } = await client.listTools();
    context.output.data(all);
    for (const tool of all) context.output.say(`${tool.name}  ${firstSentence(tool.description)}`);
    return all.some((tool) => tool.name === signInTool) && all.length === 1 ? exitCodes.signInNeeded : exitCodes.done;
  } finally {
    await client.close();
  }
}

export async function call(context: Context): Promise<number> {
  const { output } = context;
  const [tool, json = '{}'] = context.parameters;
  if (tool === undefined) throw usageFault('call');
  const parameters = parseArguments(json);
  const client = await open(context);
  try {
    if (tool !== signInTool && (await onlySignIn(client))) throw new Fault('sign-in-needed');
    const result = await client.callTool(
      { name: tool, arguments: parameters },
      { timeout: callTimeoutMs, resetTimeoutOnProgress: true },
    );
    output.data(result);
    for (const part of result.content) {
      output.say(part.type === 'text' ? part.text : `(${part.type})`);
    }
    return result.isError ? exitCodes.failed : exitCodes.done;
  } finally {
    await client.close();
  }
}

async function open(context: Context): Promise<Client> {
  // Asked first, so that an unknown connection is said in the broker's words and not as a protocol error.
  const control = await context.control();
  const wanted = context.options.connection;
  const connection = await control.ask('findConnection', wanted === undefined ? {} : { connection: wanted });
  control.close();
  const stream = await context.door({
    conexor: 1,
    door: 'mcp',
    client: context.options.as ?? 'command-line',
    connection: connection.id,
  });
  const client = new Client({ name: 'conexor', version });
  await client.connect(transportOver(stream));
  return client;
}

async function onlySignIn(client: Client): Promise<boolean> {
  const { tools: all } = await client.listTools();
  return all.length === 1 && all[0]?.name === signInTool;
}

/** The SDK's transport over a stream of lines, as a relay would carry it. */
function transportOver(stream: Duplex): Transport {
  const transport: Transport = {
    async start() {
      readJsonLines(
        stream,
        (message) => transport.onmessage?.(message as JSONRPCMessage),
        () => stream.destroy(),
      );
      stream.on('error', (error) => transport.onerror?.(error));
      stream.on('close', () => transport.onclose?.());
    },
    async send(message) {
      stream.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      stream.end();
      stream.destroy();
    },
  };
  return transport;
}

function parseArguments(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Fault('input-invalid', {
      subject: json,
      next: `Write the tool's input as JSON, such as '{"region":"north"}'.`,
    });
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault('input-invalid', {
    subject: json,
    next: 'Write the tool\'s input as a JSON object: {"name": value}.',
  });
}

function firstSentence(description: string | undefined): string {
  return description?.split(/(?<=\.)\s/)[0] ?? '';
}
