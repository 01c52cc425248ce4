/**
 * What programs at `/api/…` are told in Conexor's own words: JSON, a status that fits, and the fault's name in a field of
 * its own, because a service's own answers pass with whatever status they have. 401 is said of the program's key alone,
 * and never with a challenge: nobody signs in with us. Who has to sign in at the service is told by 403.
 */
import type { ServerResponse } from 'node:http';
import { faultWords } from '../../../shared/fault-words.ts';
import type { Fault, FaultCode } from '../../../shared/faults.ts';
import { bounded } from './fault-answers.ts';
import { breakOff, closing } from './guard.ts';

/** Names the fault in an answer that is not the service's. */
export const faultHeader = 'conexor-fault';

export interface OwnAnswer {
  readonly status: number;
  /** For programs. */
  readonly error: string;
  readonly message: string;
  readonly next: string;
  readonly retryAtMs?: number;
  /** What the service said, and with which status. */
  readonly upstream?: unknown;
  readonly httpStatus?: number;
  /** Where a redirect leads. */
  readonly location?: string;
}

const statusOfFault: { readonly [C in FaultCode]?: number } = {
  'client-key-wrong': 401,
  'plan-limit': 402,
  'sign-in-needed': 403,
  'permission-needed': 403,
  paused: 403,
  'program-waiting': 403,
  'program-refused': 403,
  forbidden: 403,
  'account-disabled': 403,
  'account-banned': 403,
  'credentials-refused': 403,
  'second-factor-needed': 403,
  'host-refused': 403,
  'connection-unknown': 404,
  'connection-ambiguous': 404,
  'input-invalid': 400,
  'too-large': 413,
  'rate-limited': 429,
  'generation-limit': 429,
  internal: 500,
  'keychain-locked': 503,
  'keychain-missing': 503,
  'keychain-failed': 503,
};

/** Whatever else goes wrong does so between us and the service. */
const gatewayStatus = 502;

export function answerOfFault(fault: Fault): OwnAnswer {
  const { what, next } = faultWords(fault);
  const { upstream, retryAtMs } = fault.detail;
  return {
    status: statusOfFault[fault.code] ?? gatewayStatus,
    error: fault.code,
    message: what,
    next,
    ...(upstream?.status === undefined ? {} : { httpStatus: upstream.status }),
    ...(upstream?.body === undefined ? {} : { upstream: bounded(upstream.body) }),
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  };
}

/** Where an answer has begun already, it is broken off: half of it must not look whole. */
export function sendOwn(response: ServerResponse, { status, ...body }: OwnAnswer, nowMs: number): void {
  if (response.headersSent) {
    breakOff(response);
    return;
  }
  const json = Buffer.from(JSON.stringify(body));
  const { retryAtMs } = body;
  const fields: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': json.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    [faultHeader]: body.error,
    ...(retryAtMs === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil((retryAtMs - nowMs) / 1000)) }),
    ...closing(response.req),
  };
  response.writeHead(status, fields);
  response.end(json);
}
