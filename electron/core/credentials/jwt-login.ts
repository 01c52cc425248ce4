/**
 * The older way into Connexease: `POST {username, password}` as JSON for a token of 24 hours under a word of its own.
 * One token is kept for its whole life, and another one is only asked for behind the guard of `generations.ts`, because
 * the service bans who asks too often. A refusal of the service is final: it is never asked the same again by itself.
 */
import { createHash } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import { refusalOf, strangerOf } from '../oauth/answers.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { askLogin, type LoginAnswer } from '../oauth/json-login.ts';
import { claimsOfJwt, readTokenSet } from '../oauth/token-answer.ts';
import type { WayInOffer } from '../services/service.ts';
import { type Generation, type GrantRecord, refusals } from '../vault/records.ts';
import { headerCredential } from './credential.ts';
import { createGenerations, placeOf } from './generations.ts';
import { foldedName, type Given, requireGiven } from './given.ts';
import { offerOf, requireOffer } from './offer.ts';
import { renewalDueMs } from './renewal.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

type Offer = Extract<WayInOffer, { readonly way: 'jwt-login' }>;

interface Generated extends Pick<GrantRecord, 'accessToken' | 'obtainedAtMs' | 'expiresAtMs' | 'generation'> {
  readonly account: string | undefined;
}

/** A service in trouble is not asked for another token after every minute's pause: each of them would count. */
const hourMs = 60 * 60_000;
const waitsMs = [60_000, 10 * 60_000, hourMs] as const;
const longestWaitMs = 3 * hourMs;
/** So few tries that a person should know before the next one. */
const fewTries = 3;

export function jwtLogin({ vault, http, now }: WayInNeeds): WayIn {
  const generations = createGenerations({ vault, http, now });
  /** By digest of address, user name and password: whoever wants the same at the same moment gets the same. */
  const underWay = new Map<string, Promise<Generated>>();
  /** Without an answer that says anything, one after another. */
  const failures = new Map<string, number>();

  function generate(resource: string, offer: Offer, given: Given): Promise<Generated> {
    const username = requireGiven(given, 'username').open();
    const password = requireGiven(given, 'password').open();
    const url = new URL(offer.loginPath, resource);
    const key = digest(JSON.stringify([placeOf(url.origin), url.pathname, username, password]));
    const generated =
      underWay.get(key) ?? generateOne(url, offer, { username, password }).finally(() => underWay.delete(key));
    underWay.set(key, generated);
    return generated;
  }

  async function generateOne(
    url: URL,
    offer: Offer,
    given: { readonly username: string; readonly password: string },
  ): Promise<Generated> {
    const user = { origin: url.origin, username: given.username, dailyLimit: offer.dailyLimit };
    const generated = await generations.spend(user, async (entered, left) => {
      try {
        return await readGenerated(await askLogin(http, url.href, given), entered, { offer, host: url.host, now });
      } catch (thrown) {
        throw later(url.origin, counted(thrown, left));
      }
    });
    failures.delete(url.origin);
    return generated;
  }

  function later(origin: string, thrown: unknown): unknown {
    if (!(thrown instanceof Fault) || refusals.some((refusal) => refusal === thrown.code)) return thrown;
    const failed = failures.get(origin) ?? 0;
    failures.set(origin, failed + 1);
    const waitMs = waitsMs[failed] ?? longestWaitMs;
    // A 4xx that is no final word (429) is at least none to ask about again soon.
    const isNo = (thrown.detail.upstream?.status ?? 500) < 500;
    const retryAtMs = Math.max(now() + (isNo ? Math.max(hourMs, waitMs) : waitMs), thrown.detail.retryAtMs ?? 0);
    return new Fault(thrown.code, { ...thrown.detail, retryAtMs });
  }

  /**
   * The same token with its times in our clock of today, where its life is not over: a clock that jumps makes no token
   * old, so by the clock alone another one is asked for once in the life of each.
   */
  async function stillGood(grant: GrantRecord): Promise<GrantRecord | undefined> {
    const { generation, expiresAtMs, obtainedAtMs } = grant;
    if (!generation || expiresAtMs === undefined) return undefined;
    const atMs = now();
    const endsAtMs = atMs + (expiresAtMs - obtainedAtMs);
    const ageMs = await generations.ageMs(new URL(grant.resource).origin, generation);
    const times = { obtainedAtMs: Math.max(0, atMs - ageMs), expiresAtMs: Math.max(0, endsAtMs - ageMs) };
    return atMs < (renewalDueMs(times) ?? 0) ? { ...grant, ...times } : undefined;
  }

  const keptOf = ({ accountId }: GrantRecord) => vault.get('credential', accountId)?.fields;
  return {
    id: 'jwt-login',
    keepsTyped: true,
    isScarce: true,
    fields: () => [
      { name: 'username', secret: false, required: true },
      { name: 'password', secret: true, required: true },
    ],
    credential: ({ tokenType, accessToken }) => headerCredential('authorization', tokenType, accessToken),
    renewFromMs: renewalDueMs,
    canRenew: (grant) => keptOf(grant) !== undefined,
    // The guard counts them all.
    mayRepeat: () => true,
    // It ends by itself; the service documents no way to end it before.
    cancellations: () => [],

    async renew(grant, why) {
      const kept = keptOf(grant);
      if (!kept) throw new Fault('sign-in-needed', { reason: 'no credentials are kept' });
      const same = why === 'due' ? await stillGood(grant) : undefined;
      if (same) return same;
      const { offer } = offerOf(vault, grant, 'jwt-login');
      const { account: _, ...token } = await generate(grant.resource, offer, kept);
      return { ...grant, ...token };
    },

    async obtain({ connection: { resource }, offer: wanted }, given) {
      const offer = requireOffer([wanted], 'jwt-login');
      const username = requireGiven(given, 'username').open();
      const { account, ...token } = await generate(resource, offer, given);
      return {
        grant: {
          accountId: '',
          wayIn: 'jwt-login',
          issuer: new URL(resource).origin,
          resource,
          clientId: '',
          tokenType: offer.scheme,
          requestedScopes: [],
          grantedScopes: [],
          ...token,
        },
        identity: { subject: JSON.stringify([account ?? '', foldedName(username)]), label: username },
        kept: given,
      };
    },
  };
}

/** `{token, account: {uuid}, otp, client}`. Throws what a refusal means (see `refused`), and `second-factor-needed`. */
async function readGenerated(
  { response, body }: LoginAnswer,
  generation: Generation,
  { offer, host, now }: { readonly offer: Offer; readonly host: string; readonly now: () => number },
): Promise<Generated> {
  if (!response.ok || !body || strangerOf(response, host)) throw refused({ response, body }, host, now);
  if (body['otp'] === true || body['otp'] === 'true') throw new Fault('second-factor-needed', { subject: host });
  const { accessToken, obtainedAtMs } = await readTokenSet(
    { access_token: body['token'], token_type: 'Bearer', expires_in: undefined },
    { server: noServer(host), client: noClient, host, nowMs: now(), idToken: { kind: 'ignored' } },
  );
  return {
    accessToken,
    obtainedAtMs,
    expiresAtMs: obtainedAtMs + lifeOf(accessToken.open(), generation.atMs, offer.lifeMs),
    generation,
    account: uuidOf(body['account']),
  };
}

const longestLifeMs = 365 * 24 * hourMs;

/**
 * As long as the service documents, or as its token says where that is longer; by the service's own times alone, since
 * ours may be days away. Should it end before, the service will say so.
 */
function lifeOf(token: string, serviceMs: number | undefined, documentedMs: number): number {
  const { exp, iat } = claimsOfJwt(token) ?? {};
  const fromMs = typeof iat === 'number' ? iat * 1000 : serviceMs;
  const saidMs = typeof exp === 'number' && fromMs !== undefined ? exp * 1000 - fromMs : 0;
  return Math.round(Math.min(Math.max(documentedMs, saidMs), longestLifeMs));
}

const noClient = { clientId: '', authMethod: 'none' } as const;
const noServer = (host: string): AuthorizationServerInfo => ({
  issuer: host,
  source: 'preset',
  metadata: { issuer: host },
});

function uuidOf(account: unknown): string | undefined {
  const uuid = typeof account === 'object' && account !== null && 'uuid' in account ? account.uuid : undefined;
  return typeof uuid === 'string' ? uuid : undefined;
}

/** Each 4xx means one thing, and none of them is asked twice. */
function refused({ response, body }: LoginAnswer, host: string, now: () => number): Fault {
  const { status } = response;
  const detail = { subject: host, reason: `status ${status}`, upstream: { status } };
  if (status === 400 || status === 401) {
    return new Fault('credentials-refused', { ...detail, advice: 'check-user-password' });
  }
  if (status === 403 && !strangerOf(response, host)) {
    return new Fault(
      /\bbanned\b/i.test(String(body?.['message'] ?? '')) ? 'account-banned' : 'account-disabled',
      detail,
    );
  }
  // It is nobody's word that the password is wrong, but what is asked at this address is never answered.
  if (status >= 300 && status < 400) return new Fault('service-answer-invalid', detail);
  const fault = refusalOf(response, body, { host, otherwise: 'token-refused', now });
  return status === 408 || status === 425 ? new Fault('token-refused', fault.detail) : fault;
}

/** A wrong password counts as well, and whoever mistypes it should not find that out at the limit. */
function counted(thrown: unknown, left: number): unknown {
  const isTold = thrown instanceof Fault && thrown.code === 'credentials-refused' && left <= fewTries;
  return isTold ? new Fault(thrown.code, { ...thrown.detail, triesLeft: left }) : thrown;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
