/**
 * Signing in by a code that the person types in any browser (RFC 8628): ask for the code, then ask for the token, never
 * faster than the server wants, until the person has decided or the code has ended.
 */
import { setTimeout as timer } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { asFault, Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import { jsonBody, refusalOf, strangerOf } from './answers.ts';
import { scopesToAsk } from './authorization.ts';
import { type AuthorizationServerInfo, endpointOf } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import { type DpopProver, sendProven } from './dpop.ts';
import type { OAuthFetch } from './http.ts';
import type { KeySets } from './jwks.ts';
import { readTokenAnswer, type TokenSet } from './token.ts';
import { requireSecureEndpoint } from './urls.ts';

export interface DeviceAuthorization {
  readonly deviceCode: Secret;
  /** Exactly as the server wrote it. */
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  readonly endsAtMs: number;
  readonly intervalMs: number;
  readonly resource: string;
  readonly sendsResource: boolean;
  /** What was asked for; empty where the server chooses. */
  readonly scopes: readonly string[];
}

/** Waits so long; rejects when the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const realPause: Pause = (ms, signal) => timer(ms, undefined, { signal });

const usualIntervalMs = 5_000;
/** "The minimum amount of time in seconds" (section 3.2): there is no asking several times in one. */
const shortestIntervalMs = 1_000;
/** `slow_down` adds so much, for good (section 3.5). */
const slowDownMs = 5_000;
const longestBackOffMs = 60_000;
/** `expires_in` is required; a server that leaves it out gets the time that most give. */
const usualLifeMs = 10 * 60_000;
const longestLifeMs = 60 * 60_000;

const seconds = z.coerce.number().positive().optional().catch(undefined);

const deviceAnswer = z.object({
  device_code: z.string().regex(/^[\x20-\x7e]+$/),
  // Shown to the person, so nothing that could change how it looks.
  user_code: z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u),
  verification_uri: z.string().optional(),
  /** What some servers call it still. */
  verification_url: z.string().optional(),
  verification_uri_complete: z.string().nullish().catch(undefined),
  expires_in: seconds,
  interval: seconds,
});

/**
 * Throws `discovery-failed` where the server offers no such thing, `client-refused`, `scope-refused`, `target-refused`,
 * `token-refused`, `service-down` and `rate-limited`, `service-answer-invalid`, `captive-portal`, `address-invalid` and
 * `address-insecure` for a page that nobody should be sent to, and those of `oauthFetch`.
 */
export async function authorizeDevice(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  request: {
    readonly scopes: readonly string[] | undefined;
    readonly resource: string;
    /** Default true. */
    readonly sendsResource?: boolean;
  },
  now: () => number,
): Promise<DeviceAuthorization> {
  const { host } = endpointOf(server, 'device_authorization_endpoint');
  const sendsResource = request.sendsResource ?? true;
  const scopes = scopesToAsk(server, request.scopes ?? []);
  const response = await oauth.deviceAuthorizationRequest(
    server.metadata,
    libraryClient(client),
    clientAuthentication(client),
    {
      ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
      ...(sendsResource ? { resource: request.resource } : {}),
    },
    libraryOptions(http),
  );
  const body = await jsonBody(response);
  if (response.status !== 200 || (!body && strangerOf(response, host)) || typeof body?.['error'] === 'string') {
    throw refusalOf(response, body, { host, otherwise: 'token-refused', unauthorized: 'client-refused', now });
  }
  const answer = deviceAnswer.safeParse(body);
  const page = answer.data?.verification_uri ?? answer.data?.verification_url;
  if (!answer.success || page === undefined) {
    throw new Fault('service-answer-invalid', { reason: 'device authorization answer', subject: host });
  }
  const { device_code, user_code, verification_uri_complete, expires_in, interval } = answer.data;
  const verificationUri = requireSecureEndpoint(page);
  const complete = usableAddress(verification_uri_complete, verificationUri.origin);
  return {
    deviceCode: new Secret(device_code),
    userCode: user_code,
    // As given, not as a URL parser would write it; only whether it may be shown is looked at.
    verificationUri: page,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    endsAtMs: now() + Math.min(expires_in === undefined ? usualLifeMs : expires_in * 1000, longestLifeMs),
    intervalMs: interval === undefined ? usualIntervalMs : Math.max(shortestIntervalMs, interval * 1000),
    resource: request.resource,
    sendsResource,
    scopes,
  };
}

/** People are told the host of the one page before the other is opened, so both are of one place. */
function usableAddress(address: string | null | undefined, origin: string): string | undefined {
  try {
    return address && requireSecureEndpoint(address).origin === origin ? address : undefined;
  } catch {
    return undefined;
  }
}

export interface DeviceWait {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly pause?: Pause | undefined;
  readonly dpop?: DpopProver | undefined;
  readonly keySets?: KeySets | undefined;
}

/**
 * Resolves when the person has allowed it. Throws `consent-denied`, `sign-in-timed-out` when the code has ended,
 * `sign-in-cancelled` when the signal aborts, and what the token endpoint says for good. What passes (no way there, a
 * server in trouble or busy) is waited out, ever longer, until the code has ended.
 */
export async function waitForDevice(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  device: DeviceAuthorization,
  wait: DeviceWait,
): Promise<TokenSet> {
  const { signal, now, pause = realPause } = wait;
  let { intervalMs } = device;
  let waitMs = intervalMs;
  for (;;) {
    const leftMs = device.endsAtMs - now();
    if (leftMs <= 0) throw new Fault('sign-in-timed-out', { reason: 'the device code has ended' });
    await pause(Math.min(waitMs, leftMs), signal).catch(() => undefined);
    if (signal.aborted) throw new Fault('sign-in-cancelled');
    // Not once more at its very end: that would be faster than the interval.
    if (leftMs < waitMs) continue;
    const answer = await ask(http, server, client, device, wait);
    if (signal.aborted && answer.kind !== 'granted') throw new Fault('sign-in-cancelled');
    switch (answer.kind) {
      case 'granted':
        return answer.tokens;
      case 'pending':
        waitMs = intervalMs;
        break;
      case 'slower':
        intervalMs += slowDownMs;
        waitMs = intervalMs;
        break;
      case 'trouble':
        waitMs = Math.max(intervalMs, Math.min(waitMs * 2, longestBackOffMs), (answer.retryAtMs ?? 0) - now());
        break;
    }
  }
}

type PollAnswer =
  | { readonly kind: 'granted'; readonly tokens: TokenSet }
  | { readonly kind: 'pending' | 'slower' }
  | { readonly kind: 'trouble'; readonly retryAtMs: number | undefined };

async function ask(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  device: DeviceAuthorization,
  { signal, now, dpop, keySets }: DeviceWait,
): Promise<PollAnswer> {
  const { host } = endpointOf(server, 'token_endpoint');
  try {
    const response = await sendProven(http, dpop, (proven) =>
      oauth.deviceCodeGrantRequest(
        server.metadata,
        libraryClient(client),
        clientAuthentication(client),
        device.deviceCode.open(),
        {
          ...libraryOptions(proven),
          signal,
          additionalParameters: device.sendsResource ? { resource: device.resource } : {},
        },
      ),
    );
    // Whatever the status: some servers answer "not yet" with 200.
    switch ((await jsonBody(response.clone()))?.['error']) {
      case 'authorization_pending':
        return { kind: 'pending' };
      case 'slow_down':
        return { kind: 'slower' };
      case 'access_denied':
        throw new Fault('consent-denied', { subject: host });
      case 'expired_token':
        throw new Fault('sign-in-timed-out', { reason: 'expired_token', subject: host });
    }
    const context = { host, otherwise: 'token-refused', now } as const;
    const idToken = { kind: 'unrequested' } as const;
    const expected = { idToken, proven: dpop !== undefined, keySets, giveBackBy: http };
    return { kind: 'granted', tokens: await readTokenAnswer(response, server, client, context, expected) };
  } catch (thrown) {
    const fault = asFault(thrown);
    if (!isPassing(fault)) throw fault;
    return { kind: 'trouble', retryAtMs: fault.detail.retryAtMs };
  }
}

/** The way there, or the server, is in trouble; a page or a certificate of somebody else is said at once. */
function isPassing({ code }: Fault): boolean {
  return code === 'unreachable' || code === 'service-down' || code === 'rate-limited';
}
