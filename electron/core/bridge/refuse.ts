/** A response that is no 200: told to the broker, then passed on or turned into a fault (SERVICES section 1, errors). */

import type { FaultCode } from '../../../shared/faults.ts';
import { hostOf } from './exchange.ts';
import type { HostRequest } from './message.ts';
import { codeOfStatus, missingScopes, readRefusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { Route } from './route.ts';
import type { Exchanged } from './upstream.ts';

/** What a refusal means for the state that a person reads. */
export function reportRefusal(route: Route, { response, access }: Exchanged): void {
  if (response.status === 401) route.failed(access, { kind: 'unauthorized' });
  if (response.status === 402) route.failed(access, { kind: 'plan-limit' });
  const scopes = missingScopes(response);
  if (scopes) route.failed(access, { kind: 'permission-needed', scopes });
}

/**
 * Answers with a body that is a JSON-RPC error already, and tells what it was about; or throws the fault. Nothing is
 * sent again here: a 402, 403 or 429 repeated blindly only makes things worse.
 */
export async function refuse(
  exchanged: Exchanged,
  request: HostRequest,
  reply: Reply,
  route: Route,
  nowMs: number,
): Promise<FaultCode | undefined> {
  reportRefusal(route, exchanged);
  const { response, access } = exchanged;
  const refusal = await readRefusal(response, hostOf(access), request, nowMs);
  if (refusal.kind === 'fault') throw refusal.fault;
  // A local host must never see an HTTP refusal that would make it begin a sign-in with us.
  const keepsStatus = request.modernVersion !== undefined && response.status !== 403;
  reply.answer(refusal.body, keepsStatus ? response.status : 200);
  return codeOfStatus(response.status);
}
