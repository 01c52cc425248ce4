/**
 * One small call to the resource itself, to see whether it takes an access: the first one after a sign-in, and the
 * last one after a revocation. Any answer but 401 means the token was accepted; what the call asks does not matter.
 */
import { type Dispatcher, request } from 'undici';
import { Fault } from '../../../shared/faults.ts';
import type { Secret } from '../vault/secret.ts';
import type { Proof } from './revocations.ts';

const timeoutMs = 10_000;

/** Rejects with `token-refused` on 401 and with `unreachable` where there was no answer. */
export async function firstCall(http: Dispatcher, resource: string, authorization: Secret): Promise<void> {
  const status = await statusOfPing(http, resource, authorization);
  if (status === 401)
    throw new Fault('token-refused', { subject: new URL(resource).host, reason: 'first call answered 401' });
}

/** What the resource says to an access that was taken back. */
export async function proveRevoked(http: Dispatcher, resource: string, authorization: Secret): Promise<Proof> {
  try {
    return (await statusOfPing(http, resource, authorization)) === 401 ? 'refused' : 'still-accepted';
  } catch {
    return 'not-checked';
  }
}

async function statusOfPing(http: Dispatcher, resource: string, authorization: Secret): Promise<number> {
  try {
    const answer = await request(resource, {
      dispatcher: http,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: authorization.open(),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'conexor', method: 'ping' }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    answer.body.on('error', () => undefined);
    answer.body.destroy();
    return answer.statusCode;
  } catch (cause) {
    throw new Fault('unreachable', { subject: new URL(resource).host, cause });
  }
}
