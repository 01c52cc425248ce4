/**
 * What a connection's current account offers to programs, asked for by ourselves so that a person can read it: one short
 * conversation in whichever era the service speaks, bounded in time, pages and size.
 */
import type { Dispatcher } from 'undici';
import type { ControlResult } from '../../../shared/control.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { Access, BridgeBroker } from '../broker/broker.ts';
import { hostOf, postHeaders, type UpstreamResponse } from './exchange.ts';
import { Leg } from './leg.ts';
import {
  firstModernVersion,
  type HostRequest,
  isAnswer,
  isObject,
  legacyVersions,
  parseJson,
  protocolVersionKey,
  readHostMessage,
} from './message.ts';
import { modernHeaders } from './modern-headers.ts';
import { mediaType, notMessages, readEvents } from './pass.ts';
import { readRefusal } from './refusal.ts';
import { reportRefusal } from './refuse.ts';
import type { EventSink } from './reply.ts';
import { Route } from './route.ts';
import type { Exchanged } from './upstream.ts';
import { readTitle, readTool, writeTitle, writeTool } from './web-api-tools/tool-names.ts';

export type OfferedTool = ControlResult<'tools'>['tools'][number];

export interface OfferedToolsNeeds {
  readonly broker: BridgeBroker;
  readonly http: Dispatcher;
  readonly now: () => number;
  readonly version: string;
}

const waitMs = 15_000;
const mostPages = 20;
const mostTools = 1_000;
const mostBytes = 8 * 1024 * 1024;
const clientName = 'conexor';
const nowhere: EventSink = { event: () => true, onDrain: (resume) => resume() };

/** One asking for the list: by when, and with what. */
interface Turn extends Pick<OfferedToolsNeeds, 'now' | 'version'> {
  readonly route: Route;
  readonly access: Access;
  readonly signal: AbortSignal;
  /** Rejects when it has taken too long. */
  readonly late: Promise<never>;
}

/** Of a connection that is a web API, which is not asked. */
function toolsOfWebApi(title: string): readonly OfferedTool[] {
  return [
    { name: readTool, title: readTitle(title), readOnly: true, destructive: false },
    { name: writeTool, title: writeTitle(title), readOnly: false, destructive: true },
  ];
}

/** Throws as `AccessTokens.get`, and the faults of a call. */
export async function offeredTools(needs: OfferedToolsNeeds, connectionId: string): Promise<readonly OfferedTool[]> {
  const route = new Route(needs.broker, needs.http, connectionId, { client: '' });
  const connection = route.connection();
  if (connection?.speaks === 'rest') return toolsOfWebApi(connection.title);
  const access = await route.access();
  const signal = AbortSignal.timeout(waitMs);
  try {
    const tools = await listTools(needs, route, access, signal);
    route.succeeded(access, 'tools/list');
    return tools;
  } catch (thrown) {
    const fault = signal.aborted
      ? new Fault('unreachable', { reason: 'not answered in time', subject: hostOf(access) })
      : asFault(thrown);
    route.reportFault(fault);
    throw fault;
  }
}

/** What this very account offers, without a word to the broker about the way there. Throws the faults of a call, and `AccountChanged`. */
export async function listTools(
  needs: Pick<OfferedToolsNeeds, 'now' | 'version'>,
  route: Route,
  access: Access,
  signal = AbortSignal.timeout(waitMs),
): Promise<readonly OfferedTool[]> {
  const turn: Turn = { ...needs, route, access, signal, late: ended(signal) };
  return (await overSession(turn)) ?? (await withoutSession(turn));
}

/** The era of sessions, which nearly every service speaks; undefined where it does not want this handshake. */
async function overSession(turn: Turn): Promise<readonly OfferedTool[] | undefined> {
  const { now, version, route, access, signal, late } = turn;
  const initialize = requestOf(1, 'initialize', {
    protocolVersion: legacyVersions[0],
    capabilities: {},
    clientInfo: { name: clientName, version },
  });
  const opening = Leg.open(
    { upstream: route.upstream(), now, events: nowhere, refused: (exchanged) => reportRefusal(route, exchanged) },
    access,
    initialize,
  );
  try {
    const opened = await Promise.race([opening, late]);
    if ('refused' in opened) return undefined;
    const { leg } = opened;
    leg.start();
    return await allTools(turn, (request) => leg.send(access, request.bytes, signal));
  } catch (thrown) {
    if (asFault(thrown).code === 'service-answer-invalid' && !signal.aborted) return undefined;
    throw thrown;
  } finally {
    void opening.then((opened) => ('leg' in opened ? opened.leg.end() : undefined)).catch(() => undefined);
  }
}

/** The era in which every request stands alone (MCP 2026-07-28). */
function withoutSession(turn: Turn): Promise<readonly OfferedTool[]> {
  const { version, route, access, signal } = turn;
  const _meta = {
    [protocolVersionKey]: firstModernVersion,
    'io.modelcontextprotocol/clientInfo': { name: clientName, version },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const ask = (request: HostRequest) =>
    route.upstream().send(access, {
      method: 'POST',
      headers: { ...postHeaders, ...modernHeaders(request, undefined) },
      body: request.bytes,
      signal,
    });
  return allTools(turn, ask, { _meta });
}

async function allTools(
  { now, route, late }: Turn,
  ask: (request: HostRequest) => Promise<Exchanged>,
  always: object = {},
): Promise<readonly OfferedTool[]> {
  const found: OfferedTool[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= mostPages && found.length < mostTools; page++) {
    const request = requestOf(page + 1, 'tools/list', { ...always, ...(cursor === undefined ? {} : { cursor }) });
    const { response, access } = await Promise.race([ask(request), late]);
    const host = hostOf(access);
    if (response.status !== 200) {
      reportRefusal(route, { response, access });
      const refusal = await readRefusal(response, host, request, now());
      throw refusal.kind === 'fault' ? refusal.fault : notUnderstood(host, refusal.status);
    }
    const answer = parseJson(await Promise.race([answerIn(response, host), late]));
    const result = isObject(answer) ? answer['result'] : undefined;
    if (!isObject(result) || !Array.isArray(result['tools'])) throw notUnderstood(host, response.status);
    // One by one: an array of any length is no list of arguments.
    for (const tool of result['tools'].slice(0, mostTools).flatMap(toolOf)) found.push(tool);
    const next = result['nextCursor'];
    if (typeof next !== 'string' || next === cursor) break;
    cursor = next;
  }
  return found.slice(0, mostTools);
}

/** Throws `too-large`, `answer-lost`, `service-answer-invalid`. */
async function answerIn(response: UpstreamResponse, host: string): Promise<Buffer> {
  const tooLarge = new Fault('too-large', { reason: 'list of tools', subject: host });
  if (mediaType(response) === 'application/json') {
    const body = await response.collect(mostBytes + 1);
    if (body.length > mostBytes) throw tooLarge;
    return body;
  }
  if (mediaType(response) !== 'text/event-stream') throw notMessages(response, host);
  let answer: Buffer | undefined;
  let bytes = 0;
  await readEvents(response, ({ raw, data }) => {
    bytes += raw.length;
    if (bytes > mostBytes) response.abort();
    else if (data !== undefined && data.length > 0 && isAnswer(data)) {
      answer ??= data;
      response.abort();
    }
  });
  if (answer) return answer;
  throw bytes > mostBytes ? tooLarge : new Fault('answer-lost', { reason: 'list of tools', subject: host });
}

/** MCP, tool annotations: a tool that says nothing about itself may change things, and may destroy them. */
function toolOf(tool: unknown): readonly OfferedTool[] {
  if (!isObject(tool) || typeof tool['name'] !== 'string') return [];
  const name = oneLine(tool['name'], 128);
  if (name === '') return [];
  const hints = isObject(tool['annotations']) ? tool['annotations'] : {};
  const title = [tool['title'], hints['title']].find((one) => typeof one === 'string');
  const shown = typeof title === 'string' ? oneLine(title) : '';
  const readOnly = hints['readOnlyHint'] === true;
  const destructive = !readOnly && hints['destructiveHint'] !== false;
  return [{ name, ...(shown === '' ? {} : { title: shown }), readOnly, destructive }];
}

function requestOf(id: number, method: string, params: object): HostRequest {
  const message = readHostMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params })));
  if (message.kind !== 'request') throw new Fault('internal', { reason: 'a request of ours is none' });
  return message;
}

function notUnderstood(host: string, status: number): Fault {
  return new Fault('service-answer-invalid', { reason: 'tools/list', subject: host, upstream: { status } });
}

function ended(signal: AbortSignal): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    const stop = () => reject(new Fault('unreachable', { reason: 'not answered in time' }));
    signal.addEventListener('abort', stop, { once: true });
  });
  // Nobody may be waiting any more when it comes.
  late.catch(() => undefined);
  return late;
}
