/** What a response that is no 2xx means, and who it is that answered. */
import { Fault, type FaultCode } from '../../../shared/faults.ts';
import { saysAccountDisabled } from '../oauth/answers.ts';
import { parseChallenge } from '../oauth/challenge.ts';
import { strangersAnswer } from '../oauth/network-trouble.ts';
import type { UpstreamResponse } from './exchange.ts';
import { answeredAs, type HostRequest, isJsonRpcError, isObject, parseJson } from './message.ts';

/** More of a refusal than this is not read. */
const maxRefusalBytes = 64 * 1024;

const faultOfStatus: Readonly<Record<number, FaultCode>> = {
  401: 'sign-in-needed',
  402: 'plan-limit',
  403: 'forbidden',
  413: 'too-large',
  429: 'rate-limited',
};

export type Refusal =
  | { readonly kind: 'passes'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'fault'; readonly fault: Fault };

/**
 * What a response that is no 2xx says. A body that is a JSON-RPC error already passes untouched (only an `id` that
 * the server could not know is put right); anything else becomes a fault in plain words.
 */
export async function readRefusal(
  response: UpstreamResponse,
  host: string,
  request: HostRequest,
  nowMs: number,
): Promise<Refusal> {
  const bytes = await response.collect(maxRefusalBytes).catch(() => Buffer.alloc(0));
  const body = parseJson(bytes);
  const { status } = response;
  if (status !== 401 && isJsonRpcError(body)) {
    return { kind: 'passes', status, body: answeredAs(bytes, request.id) };
  }
  const code = codeOfRefusal(response, body, host);
  const retryAtMs = retryAfter(response, nowMs);
  const shown = body ?? (bytes.length > 0 ? bytes.toString() : undefined);
  return {
    kind: 'fault',
    fault: new Fault(code, {
      reason: `status ${status}`,
      subject: host,
      upstream: { status, ...(shown === undefined ? {} : { body: shown }) },
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    }),
  };
}

function codeOfRefusal(response: UpstreamResponse, body: unknown, host: string): FaultCode {
  const { status } = response;
  if (missingScopes(response)) return 'permission-needed';
  const stranger = strangerOf(response, host);
  if (stranger) return stranger;
  if (status === 403 && isObject(body) && saysAccountDisabled(body['error'] ?? body['code'])) return 'account-disabled';
  return codeOfStatus(status) ?? 'service-answer-invalid';
}

/** What a status that is no 2xx says by itself, where it says anything about us and the service. */
export function codeOfStatus(status: number): FaultCode | undefined {
  return faultOfStatus[status] ?? (status >= 500 ? 'service-down' : undefined);
}

/** The scopes that a 403 asks for (RFC 6750 s3.1 `insufficient_scope`); undefined for any other response. */
export function missingScopes(response: UpstreamResponse): readonly string[] | undefined {
  if (response.status !== 403) return undefined;
  const challenge = parseChallenge(response.header('www-authenticate'));
  if (challenge?.error !== 'insufficient_scope') return undefined;
  return (challenge.scope ?? '').split(' ').filter((scope) => scope !== '');
}

/** RFC 9110 s10.2.3: seconds or a date. */
function retryAfter(response: UpstreamResponse, nowMs: number): number | undefined {
  const value = response.header('retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,7}$/.test(value)) return nowMs + Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date;
}

/** Where a network answers in place of the service. */
export function strangerOf(response: UpstreamResponse, host: string): ReturnType<typeof strangersAnswer> {
  const [contentType, location] = [response.header('content-type'), response.header('location')];
  return strangersAnswer({ status: response.status, contentType, location, host });
}
