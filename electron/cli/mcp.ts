/** `tools` and `call`: the same door that assistants use, with the official client at this end. */

import type { Duplex } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { Client, ProtocolError, ProtocolErrorCode, SdkError } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { ControlFault } from '../../shared/control-fault.ts';
import { Fault } from '../../shared/faults.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ControlError } from '../core/control/client.ts';
import { readJsonLines } from '../core/control/lines.ts';
import { version } from '../version.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { missingAfter } from './usage.ts';

/** Calls may run for long; a person ends them with Ctrl+C. */
const callTimeoutMs = 60 * 60_000;
const signInTool = 'sign_in';
/** As the bridge itself allows, in characters. */
const longestAnswer = 64 * 1024 * 1024;

export async function tools(context: Context): Promise<number> {
  const { output } = context;
  const { client, title, speaks } = await open(context);
  try {
    const { tools: all } = await inWords(title, client.listTools());
    output.data(all);
    for (const tool of all) output.say(`${tool.name}${inputsOf(tool.inputSchema)}  ${firstSentence(tool.description)}`);
    // Nobody is signed in: the bridge offers that, in place of a service's tools or beside those of a web API.
    const standsIn = all.length === 1 || speaks === 'rest';
    if (!standsIn || !offersSignIn(all)) return exitCodes.done;
    return (await connectionNow(context)).state === 'unreachable' ? exitCodes.failed : exitCodes.signInNeeded;
  } finally {
    await client.close();
  }
}

export async function call(context: Context): Promise<number> {
  const { output } = context;
  const [tool, json = '{}'] = context.parameters;
  if (tool === undefined) throw missingAfter('call');
  const parameters = parseArguments(json);
  const { client, title, speaks } = await open(context);
  try {
    const result = await inWords(
      title,
      client.callTool({ name: tool, arguments: parameters }, { timeout: callTimeoutMs, resetTimeoutOnProgress: true }),
    );
    output.data(result);
    for (const part of result.content) {
      output.say(part.type === 'text' ? part.text : `(${part.type})`);
    }
    if (!result.isError) return exitCodes.done;
    // The tools of a web API stay where nobody is signed in, and say so themselves.
    const needsSignIn = speaks === 'rest' && offersSignIn((await inWords(title, client.listTools())).tools);
    return needsSignIn ? exitCodes.signInNeeded : exitCodes.failed;
  } finally {
    await client.close();
  }
}

function offersSignIn(all: readonly { readonly name: string }[]): boolean {
  return all.some(({ name }) => name === signInTool);
}

async function open(context: Context): Promise<Pick<ConnectionView, 'title' | 'speaks'> & { readonly client: Client }> {
  // Asked first, so that an unknown connection is said in the broker's words and not as a protocol error.
  const { id, title, speaks } = await connectionNow(context);
  const stream = await context.door({
    conexor: 1,
    door: 'mcp',
    client: context.options.as ?? 'command-line',
    own: true,
    connection: id,
  });
  const client = new Client({ name: 'conexor', version });
  await inWords(title, client.connect(transportOver(stream)));
  return { client, title, speaks };
}

async function connectionNow(context: Context): Promise<ConnectionView> {
  const control = await context.control();
  const wanted = context.options.connection;
  const connection = await control.ask('findConnection', wanted === undefined ? {} : { connection: wanted });
  control.close();
  return connection;
}

const bridgeFaultSchema = z.object({ fault: z.string() });

/** A refusal as a person reads it: the bridge's own two sentences, or what the service itself says about the call. */
async function inWords<T>(title: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof SdkError) throw new Fault('broker-unreachable', { cause: thrown });
    if (!(thrown instanceof ProtocolError)) throw thrown;
    const ours = bridgeFaultSchema.safeParse(thrown.data);
    if (!ours.success) throw new ControlError(serviceWords(title, thrown));
    const [what = '', ...rest] = thrown.message.split(/(?<=[.?!]) (?=[A-Z])/);
    throw new ControlError({ fault: ours.data.fault, what, next: rest.join(' ') });
  }
}

function serviceWords(title: string, { code, message }: ProtocolError): ControlFault {
  const wrongCall = code === ProtocolErrorCode.InvalidParams || code === ProtocolErrorCode.MethodNotFound;
  return {
    fault: wrongCall ? 'input-invalid' : 'service-answer-invalid',
    what: `${title} answered: ${message.replace(/[.\s]*$/, '')}.`,
    next: 'See its tools with: npx conexor tools',
  };
}

/** The SDK's transport over a stream of lines, as a relay would carry it. */
function transportOver(stream: Duplex): Transport {
  const transport: Transport = {
    async start() {
      readJsonLines(
        stream,
        (message) => transport.onmessage?.(message as JSONRPCMessage),
        () => stream.destroy(),
        longestAnswer,
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
      next: `Write the tool's input as JSON, such as '{"region":"North"}'.`,
    });
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault('input-invalid', {
    subject: json,
    next: 'Write the tool\'s input as a JSON object: {"name": value}.',
  });
}

/** The names of what a tool takes, the needed ones first and the others with a question mark. */
function inputsOf(schema: {
  readonly properties?: object | undefined;
  readonly required?: string[] | undefined;
}): string {
  const required = schema.required ?? [];
  const optional = Object.keys(schema.properties ?? {}).filter((name) => !required.includes(name));
  const all = [...required, ...optional.map((name) => `${name}?`)];
  return all.length === 0 ? '' : `(${all.join(', ')})`;
}

function firstSentence(description: string | undefined): string {
  return description?.split(/(?<=\.)\s/)[0] ?? '';
}
