/** What a service has said to being asked to cancel, and what several answers come to: nothing is claimed beyond them. */
import type { Fault, FaultCode } from '../../../shared/faults.ts';
import type { RevocationRecord } from '../vault/records.ts';

/** What the service has said so far. */
export type ServiceAnswer =
  | 'cancelled'
  /** Not reached, busy, or in trouble: waits in the queue. */
  | 'waiting'
  /** It answered that it will not. */
  | 'refused'
  /** It offers no way to cancel, or none for what would end the sign-in. */
  | 'no-way'
  /**
   * A refresh has no answer that we could use, so there may be a newer refresh token that we never had. That the service
   * has confirmed the spent one says nothing of it: servers answer 200 for any token that they do not know (RFC 7009
   * s2.2), they only SHOULD end the rest of the sign-in with it (s2.1), and that a spent one ends its successors is asked
   * for at the token endpoint alone, where it is never sent again (RFC 9700 s4.14.2).
   */
  | 'may-live'
  /** There was nothing to cancel. */
  | 'nothing';

const finalCodes: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'client-refused',
  'token-refused',
  'account-disabled',
  'address-insecure',
]);

/** A 4xx answer stays what it is; asking again would be blind. */
export function isFinal(fault: Fault): boolean {
  return finalCodes.has(fault.code);
}

/** RFC 7009 s2.2.1: signed access tokens, for one, that nobody asks about end by themselves only. */
export function isUncancellable(fault: Fault): boolean {
  return fault.detail.upstream?.code === 'unsupported_token_type';
}

export interface Told {
  readonly hint: RevocationRecord['hint'];
  readonly answer: ServiceAnswer;
}

/**
 * A sign-in is cancelled with its refresh token, so a final no to that one is the answer whatever the access token's was;
 * how long the last access lives is what the proof tells.
 */
export function together(told: readonly Told[]): ServiceAnswer {
  const refreshToken = told.find(({ hint }) => hint === 'refresh_token')?.answer;
  if (refreshToken === 'refused' || refreshToken === 'no-way') return refreshToken;
  const answers = told.map(({ answer }) => answer);
  return (['waiting', 'refused', 'cancelled'] as const).find((answer) => answers.includes(answer)) ?? 'no-way';
}

/** Of several token sets: what a person can do something about comes first, and `cancelled` is all of them. */
export function worst(answers: readonly ServiceAnswer[]): ServiceAnswer {
  const order = ['refused', 'no-way', 'may-live', 'waiting'] as const;
  return order.find((answer) => answers.includes(answer)) ?? 'cancelled';
}
