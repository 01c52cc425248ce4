/**
 * New access as a grant, bound to a key of its own where the server binds (RFC 9449). What was asked for bound and came
 * unbound is used as what it is, and said (section 5); a resource that takes no proofs gets the bound token without one
 * (section 7.2), since there are servers that bind for resources that know nothing of it.
 */
import { asFault } from '../../../shared/faults.ts';
import { type GrantFacts, grantFrom, isBound } from '../credentials/authorization-code.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type DpopProver, dpopProver, newDpopKey, offersDpop } from '../oauth/dpop.ts';
import type { TokenSet } from '../oauth/token.ts';
import type { ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { SignInNeeds } from './sign-in-prepare.ts';

/** A key for one sign-in, where the server binds what it issues. */
export async function proverFor(
  { nonces, now }: Pick<SignInNeeds, 'nonces' | 'now'>,
  server: AuthorizationServerInfo,
): Promise<DpopProver | undefined> {
  return offersDpop(server) ? dpopProver(await newDpopKey(), nonces, now) : undefined;
}

/** Asks the resource itself, at most twice, which way of presenting a bound token it takes. */
export async function grantOfSignIn(
  needs: Pick<SignInNeeds, 'waysIn' | 'firstCall' | 'log'>,
  connection: ConnectionRecord,
  facts: Omit<GrantFacts, 'accountId'>,
  tokens: TokenSet,
  dpop: DpopProver | undefined,
): Promise<GrantRecord> {
  const grant = grantFrom({ ...facts, accountId: '' }, tokens);
  if (!dpop) return grant;
  if (tokens.tokenType === 'Bearer') {
    needs.log('warn', 'access that was asked for bound to this computer came unbound', { issuer: facts.issuer });
    return grant;
  }
  return asTaken(needs, connection, { ...grant, dpopKey: dpop.key });
}

/** A grant as its resource takes it: bound access without proofs where it takes only that. */
export async function asTaken(
  needs: Pick<SignInNeeds, 'waysIn' | 'firstCall' | 'log'>,
  connection: ConnectionRecord,
  bound: GrantRecord,
): Promise<GrantRecord> {
  if (!isBound(bound)) return bound;
  const plain: GrantRecord = { ...bound, tokenType: 'Bearer' };
  const isTaken = async (one: GrantRecord) => {
    const call = needs.firstCall(connection, needs.waysIn.of(one).credential(one));
    return call.then(
      () => true,
      (thrown: unknown) => asFault(thrown).code !== 'token-refused',
    );
  };
  if ((await isTaken(bound)) || !(await isTaken(plain))) return bound;
  needs.log('warn', 'the resource takes no proofs, so bound access is used without them', { issuer: bound.issuer });
  return plain;
}
