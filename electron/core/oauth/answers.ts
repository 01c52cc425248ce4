/**
 * What an authorization server's endpoints answer when it is not what was asked for, as faults. Standard errors go by
 * their `error` code (RFC 6749 s5.2, RFC 8707 s2), everything else by the status; a server's own text stays with it.
 */
import { Fault, type FaultCode, type FaultDetail } from '../../../shared/faults.ts';
import { notSentReason } from './http.ts';
import { strangersAnswer } from './network-trouble.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The body as a JSON object, whatever its content type says; undefined for HTML, nothing, or another JSON value. */
export async function jsonBody(response: Response): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse(await response.text());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map, not an object: the words come from a server, and an object knows `constructor` too. */
const standardErrors: ReadonlyMap<string, FaultCode> = new Map(
  Object.entries({
    invalid_grant: 'sign-in-needed',
    invalid_client: 'client-refused',
    unauthorized_client: 'client-refused',
    invalid_target: 'target-refused',
    invalid_scope: 'scope-refused',
    server_error: 'service-down',
    temporarily_unavailable: 'service-down',
    slow_down: 'rate-limited',
    // Ours are made alike each time; what can be wrong about one is the time in it (RFC 9449 section 11.1).
    invalid_dpop_proof: 'clock-wrong',
  } as const),
);

/** No standard has a code for it; these are the ones in use. */
const disabledAccount =
  /^(account|user)_(is_)?(disabled|deactivated|inactive|suspended|locked|blocked)$|^(disabled|deactivated|inactive|suspended|blocked)_(account|user)$/;

/** Whether a service's own code says that the account was disabled. */
export function saysAccountDisabled(code: unknown): boolean {
  return typeof code === 'string' && disabledAccount.test(code.toLowerCase());
}

export interface RefusalContext {
  readonly host: string;
  /** For 4xx answers that say nothing more precise. */
  readonly otherwise: FaultCode;
  /** For a 401 without a standard error, where that means something of its own. */
  readonly unauthorized?: FaultCode;
  /** The clock for `Retry-After`; without it the fault carries no time. */
  readonly now?: (() => number) | undefined;
}

/** Any answer that is not the successful one, as a fault. Redirects are refusals too: they are never followed. */
export function refusalOf(response: Response, body: JsonObject | undefined, context: RefusalContext): Fault {
  const { status } = response;
  const code = errorCode(body?.['error']);
  const retryAtMs = context.now ? retryTime(response.headers.get('retry-after'), context.now()) : undefined;
  const stranger = strangerOf(response, context.host);
  const reason = code === undefined ? `status ${status}` : `status ${status}, ${code}`;
  const detail: FaultDetail = {
    // Those two are said by who stands in between and has passed nothing on.
    reason: status === 511 || status === 407 ? notSentReason(reason) : reason,
    subject: context.host,
    upstream: { status, ...(code === undefined ? {} : { code }) },
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  };
  return new Fault(stranger ?? faultCodeOf(status, code, context), detail);
}

/** The code for an answer that another gave in the service's place. */
export function strangerOf(response: Response, host: string): ReturnType<typeof strangersAnswer> {
  const { status, headers } = response;
  return strangersAnswer({ status, contentType: headers.get('content-type'), location: headers.get('location'), host });
}

function faultCodeOf(status: number, code: string | undefined, context: RefusalContext): FaultCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408 || status === 425) return 'service-down';
  // Some servers refuse with 200, in a standard's words.
  if (status < 400) return (code === undefined ? undefined : standardErrors.get(code)) ?? 'service-answer-invalid';
  if (status === 402) return 'plan-limit';
  if (saysAccountDisabled(code)) return 'account-disabled';
  const standard = code === undefined ? undefined : standardErrors.get(code);
  if (standard) return standard;
  if (status === 401 && context.unauthorized) return context.unauthorized;
  return context.otherwise;
}

/** An error code as the standards spell them; anything else could be prose, or a secret, and is dropped. */
export function errorCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z][a-z_]{1,63}$/.test(value) ? value : undefined;
}

/** The fault for an authorization response's `error` (RFC 6749 s4.1.2.1) or any other code without a status. */
export function faultCodeOfError(code: string | undefined, otherwise: FaultCode): FaultCode {
  if (saysAccountDisabled(code)) return 'account-disabled';
  return (code === undefined ? undefined : standardErrors.get(code)) ?? otherwise;
}

const dayMs = 24 * 60 * 60 * 1000;

/** `Retry-After` (RFC 9110 s10.2.3) as an absolute time in ms, at most a day away. */
function retryTime(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : undefined;
  const atMs = seconds === undefined ? Date.parse(header) : nowMs + seconds * 1000;
  if (!Number.isFinite(atMs)) return undefined;
  return Math.min(Math.max(atMs, nowMs), nowMs + dayMs);
}
