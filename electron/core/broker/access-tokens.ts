/**
 * Access that is good now: what an account has, where it is still good and nobody has refused it, else a renewed one
 * (renewals.ts); and whether one 401 of a web API means that it was refused at all.
 */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import { boundAccountId, grantOf } from './accounts.ts';
import type { Access, AccessRequest, AccessTokens } from './broker.ts';
import { serviceRemoved } from './connection-changes.ts';
import { serviceOf } from './connections.ts';
import { createGrantEnds, digest } from './grant-ends.ts';
import { createRenewals, type RenewalsNeeds } from './renewals.ts';
import type { RevocationNeeds } from './revocations.ts';

export interface AccessTokensNeeds extends RenewalsNeeds {
  /** Whether the resource still takes this access. */
  readonly probe: RevocationNeeds['probe'];
}

/** A token of that age is not replaced by the next one because of a single 401. */
const freshMs = 60_000;

export interface RenewingAccessTokens extends AccessTokens {
  /** Renews an account's access where its time has come. Throws as `get`. */
  renewDue(connection: ConnectionRecord, account: AccountRecord): Promise<void>;
  /** Seen by whoever sent it, after a renewal: the resource does not take this access. */
  refused(access: Access): void;
}

export function createAccessTokens(needs: AccessTokensNeeds): RenewingAccessTokens {
  const { vault, waysIn, now } = needs;
  const judgements = new Map<string, Promise<boolean>>();
  const ends = createGrantEnds(needs);
  const renewals = createRenewals(needs, ends);

  async function get(request: AccessRequest): Promise<Access> {
    const connection = vault.get('connection', request.connectionId);
    if (!connection) throw serviceRemoved();
    const base = { connectionId: connection.id, resource: connection.resource };
    if (connection.access === 'none') return base;

    const accountId = boundAccountId(connection, request.client);
    const account = accountId === undefined ? undefined : vault.get('account', accountId);
    if (!account) throw new Fault('sign-in-needed', { subject: connection.name });
    let current: GrantRecord;
    try {
      current = await fresh(connection, account, usable(account), request.rejected);
    } catch (thrown) {
      // What the service says of one account meanwhile is not said to whoever uses another one by now.
      const latest = vault.get('connection', connection.id);
      const isAnother = latest !== undefined && boundAccountId(latest, request.client) !== accountId;
      if (!isAnother) throw thrown;
      const { rejected: _, ...anew } = request;
      return get(anew);
    }
    return {
      ...base,
      accountId: account.id,
      accountLabel: account.label,
      credential: waysIn.of(current).credential(current),
    };
  }

  /** What the account has, where the service has not said its final no to it. */
  function usable(account: AccountRecord): GrantRecord {
    const grant = grantOf(vault, account.id);
    if (!grant) throw new Fault('sign-in-needed', { subject: account.label });
    const refusal = ends.refusalOf(grant);
    if (refusal) throw ends.faultOf(refusal, account, grant);
    return grant;
  }

  async function fresh(
    connection: ConnectionRecord,
    account: AccountRecord,
    grant: GrantRecord,
    rejected: Access | undefined,
  ): Promise<GrantRecord> {
    const wayIn = waysIn.of(grant);
    const credential = wayIn.credential(grant);
    // Somebody else's refresh may have replaced the rejected token already: then the newer one is the answer.
    const reported = isSameCredential(rejected?.credential, credential);
    const ended = grant.expiresAtMs !== undefined && now() >= grant.expiresAtMs;
    if (!reported && !isDue(grant)) return grant;
    const canRenew = wayIn.canRenew(grant);
    let refused = reported || (ended && !canRenew);
    if (refused && (wayIn.isUntried || !ended) && isDoubtful(connection, grant)) {
      refused = !(await isTakenAt(connection, credential));
      // What has happened meanwhile counts, not what was the case before.
      const latest = usable(account);
      if (!ends.isStill(account, grant)) return fresh(connection, account, latest, rejected);
      if (!refused && !isDue(grant)) return grant;
    }
    if (!canRenew) {
      if (!refused) return grant;
      if (wayIn.isUntried) {
        return renewals.asOne(grant, async () => {
          await ends.refuse(account, grant, 'credentials-refused');
          throw ends.faultOf('credentials-refused', account, grant);
        });
      }
      await ends.end(account, grant, 'access-ended-too');
      throw new Fault('sign-in-needed', { subject: account.label, reason: 'ended and not renewable' });
    }
    try {
      return await renewals.renew(account, grant, refused ? 'refused' : 'due');
    } catch (thrown) {
      const fault = asFault(thrown);
      // A service that is down for a moment need not stop anyone whose token still lives; and whether it lives where
      // no other one may be had, the service may say.
      const mayLive = fault.code === 'generation-limit' || (!ended && isPassing(fault));
      if (!refused && mayLive) return grant;
      throw fault;
    }
  }

  /**
   * Whether one 401 says nothing yet: a web API may answer it at one of its places for reasons of its own. That is asked
   * where another token is none, or costs something, or was obtained just now; else another one is simply had.
   */
  function isDoubtful(connection: ConnectionRecord, grant: GrantRecord): boolean {
    if (serviceOf(connection).speaks === 'mcp') return false;
    const wayIn = waysIn.of(grant);
    return wayIn.isScarce === true || !wayIn.canRenew(grant) || now() - grant.obtainedAtMs < freshMs;
  }

  /** Asked once for all who ask at the same moment. A resource that says nothing has not refused it. */
  function isTakenAt(connection: ConnectionRecord, credential: Credential): Promise<boolean> {
    const key = `${connection.id} ${digest(credential.secret)}`;
    const running =
      judgements.get(key) ??
      needs
        .probe(connection, credential)
        .then((proof) => proof !== 'refused')
        .finally(() => judgements.delete(key));
    judgements.set(key, running);
    return running;
  }

  function isDue(grant: GrantRecord): boolean {
    const fromMs = waysIn.of(grant).renewFromMs(grant);
    // A clock that was set back makes every recorded end meaningless; one renewal puts it right.
    return (fromMs !== undefined && now() >= fromMs) || now() < grant.obtainedAtMs - 60_000;
  }

  return {
    get,
    async isTaken({ connectionId, credential }) {
      const connection = vault.get('connection', connectionId);
      return connection !== undefined && credential !== undefined && (await isTakenAt(connection, credential));
    },
    refused: ({ credential }) => {
      if (credential) renewals.refused(credential.secret);
    },
    async renewDue(connection, account) {
      const grant = grantOf(vault, account.id);
      if (grant && !ends.refusalOf(grant)) await fresh(connection, account, grant, undefined);
    },
  };
}

/** Faults that pass by themselves: they never sign anyone out (being offline is not signed out). */
function isPassing(fault: Fault): boolean {
  return isOnTheWay(fault) || fault.code === 'service-down' || fault.code === 'rate-limited';
}
