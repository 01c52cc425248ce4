/**
 * One small call to the resource itself, to see whether it takes an access: the first one after a sign-in, and the
 * last one after a revocation. Any answer of its own but 401 means the token was accepted; what the call asks does not
 * matter. A server in trouble, or a network that answers in its place, has said nothing about the token.
 */
import { type Dispatcher, request } from 'undici';
import { asFault, Fault, type FaultCode, isOnTheWay } from '../../../shared/faults.ts';
import type { Credential } from '../credentials/credential.ts';
import { saysAccountDisabled } from '../oauth/answers.ts';
import { faultOfFailure } from '../oauth/http.ts';
import { strangersAnswer } from '../oauth/network-trouble.ts';
import type { Service } from '../services/service.ts';
import type { Proof } from './revocations.ts';

const timeoutMs = 10_000;
/** More of a refusal than this is not read. */
const maxRefusalBytes = 16 * 1024;

/** What the resource made of a first call with access that it took. */
export type FirstAnswer =
  | { readonly kind: 'worked' }
  /** Something else that it says of this call, and that may be different for every other one. */
  | { readonly kind: 'taken' }
  /** What it will say to the next ones too. */
  | { readonly kind: 'stopped'; readonly fault: Fault };

/**
 * Rejects with `token-refused` on 401, `account-disabled`, `service-down`, and with `unreachable` or another trouble on
 * the way where the resource itself has not answered.
 */
export async function firstCall(http: Dispatcher, called: Called, credential: Credential): Promise<FirstAnswer> {
  const { status, accountDisabled, isJsonRpc } = await ping(http, called, credential);
  const subject = new URL(called.resource).host;
  if (status === 401) throw new Fault('token-refused', { subject, reason: 'first call answered 401' });
  if (accountDisabled) throw new Fault('account-disabled', { subject, reason: `first call answered ${status}` });
  const code = stopOf(status, called.service);
  // An MCP server that wants a conversation before it answers a ping has answered as what it is.
  if (!code) return { kind: status < 400 || (isJsonRpc && called.service.speaks === 'mcp') ? 'worked' : 'taken' };
  return { kind: 'stopped', fault: new Fault(code, { subject, reason: `first call answered ${status}` }) };
}

/** The base of a web API may be forbidden to everybody; that says nothing of the places below it. */
function stopOf(status: number, { speaks, probePath }: Called['service']): FaultCode | undefined {
  if (status === 402) return 'plan-limit';
  if (status === 429) return 'rate-limited';
  const isMeant = speaks === 'mcp' || probePath !== undefined;
  return status === 403 && isMeant ? 'forbidden' : undefined;
}

/** What the resource says to an access that was taken back. */
export async function proveRevoked(http: Dispatcher, called: Called, credential: Credential): Promise<Proof> {
  try {
    const { status, accountDisabled } = await ping(http, called, credential);
    if (accountDisabled) return 'not-checked';
    return status === 401 ? 'refused' : 'still-accepted';
  } catch {
    return 'not-checked';
  }
}

/** Resolves at any answer of the resource's own, whatever it says; rejects with the trouble on the way there. */
export async function reach(http: Dispatcher, called: Called, credential: Credential | undefined): Promise<void> {
  try {
    await ping(http, called, credential);
  } catch (thrown) {
    if (isOnTheWay(asFault(thrown))) throw thrown;
  }
}

/** A resource and what it speaks. */
export interface Called {
  readonly resource: string;
  readonly service: Pick<Service, 'speaks' | 'probePath'>;
}

interface Call {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

function callOf(service: Called['service'], resource: string): Call {
  if (service.speaks === 'rest') {
    const url = service.probePath === undefined ? resource : new URL(service.probePath, resource).href;
    return { url, method: 'GET', headers: { accept: 'application/json' }, body: null };
  }
  return {
    url: resource,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'conexor', method: 'ping' }),
  };
}

async function ping(
  http: Dispatcher,
  { service, resource: address }: Called,
  credential: Credential | undefined,
): Promise<{ readonly status: number; readonly accountDisabled: boolean; readonly isJsonRpc: boolean }> {
  const { host } = new URL(address);
  const call = callOf(service, address);
  try {
    const answer = await asAsked(http, call, credential);
    const { statusCode: status, headers, body } = answer;
    body.on('error', () => undefined);
    const contentType = headers['content-type']?.toString();
    const stranger = strangersAnswer({ status, contentType, location: headers['location']?.toString(), host });
    const fault = stranger ?? (status >= 500 ? 'service-down' : undefined);
    if (fault || status < 400) body.destroy();
    if (fault) throw new Fault(fault, { subject: host, reason: `status ${status}`, upstream: { status } });
    const refusal = status < 400 ? undefined : await refusalIn(body);
    const accountDisabled = status === 403 && saysAccountDisabled(refusal?.['error'] ?? refusal?.['code']);
    return { status, accountDisabled, isJsonRpc: refusal?.['jsonrpc'] === '2.0' };
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : faultOfFailure(thrown, host);
  }
}

/** Sends once, and once more where the service asked for another proof of the same access (RFC 9449 s9). */
async function asAsked(
  http: Dispatcher,
  call: Call,
  credential: Credential | undefined,
): Promise<Dispatcher.ResponseData> {
  const first = await send(http, call, credential);
  const { statusCode: status, headers } = first;
  const header = (name: string) => headers[name]?.toString();
  if (!credential?.heard?.({ status, header }, call)) return first;
  first.body.on('error', () => undefined).destroy();
  return send(http, call, credential);
}

async function send(
  http: Dispatcher,
  { url, method, headers, body }: Call,
  credential: Credential | undefined,
): Promise<Dispatcher.ResponseData> {
  return request(url, {
    dispatcher: http,
    method,
    headers: { ...headers, ...(await credential?.headers({ method, url })) },
    body,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}

/** A refusal's JSON; undefined for anything else, and for what is too long to be one. */
async function refusalIn(body: AsyncIterable<Buffer>): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxRefusalBytes) return undefined;
    chunks.push(chunk);
  }
  try {
    const refusal: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return typeof refusal === 'object' && refusal !== null ? { ...refusal } : undefined;
  } catch {
    return undefined;
  }
}
