/** Access that is good only with a proof by the key it is bound to, made for each request (RFC 9449 sections 7 and 9). */
import { asksForNonce } from '../oauth/challenge.ts';
import type { DpopProver } from '../oauth/dpop.ts';
import type { GrantRecord } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import { type Credential, headerCredential } from './credential.ts';

/** A token that an authorization server issued, with a proof where there is a prover. */
export function issuedCredential(
  { tokenType, accessToken }: Pick<GrantRecord, 'tokenType' | 'accessToken'>,
  prover: DpopProver | undefined,
): Credential {
  return prover ? dpopCredential(accessToken, prover) : headerCredential('authorization', tokenType, accessToken);
}

export function dpopCredential(token: Secret, prover: DpopProver): Credential {
  return {
    secret: token,
    headers: (request) => ({ authorization: `DPoP ${token.open()}`, dpop: prover.proof(request, token) }),
    heard(answer, { url }) {
      prover.heard(url, answer.header('dpop-nonce'));
      return answer.status === 401 && asksForNonce(answer.header('www-authenticate'));
    },
  };
}
