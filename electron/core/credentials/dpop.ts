/** Access that is good only with a proof by the key it is bound to, made for each request (RFC 9449 sections 7 and 9). */
import { asksForNonce } from '../oauth/challenge.ts';
import type { DpopProver } from '../oauth/dpop.ts';
import type { Secret } from '../vault/secret.ts';
import type { Credential } from './credential.ts';

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
