/**
 * Handing the whole authorization request to the server first (RFC 9126), so that the browser carries only a reference
 * to it: good for one use, and not for long.
 */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { Fault, isOnTheWay } from '../../../shared/faults.ts';
import { jsonBody, refusalOf, strangerOf } from './answers.ts';
import { type AuthorizationServerInfo, endpointOf } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import { type DpopProver, sendProven } from './dpop.ts';
import type { OAuthFetch } from './http.ts';

export interface PushedRequest {
  readonly requestUri: string;
  /** After that the server has forgotten it. */
  readonly endsAtMs: number;
}

export interface Pushing {
  readonly http: OAuthFetch;
  readonly now: () => number;
  readonly dpop?: DpopProver | undefined;
}

const pushedAnswer = z.object({
  // What goes into the browser's address: a reference, never an address to be fetched from us.
  request_uri: z.string().regex(/^[\x21-\x7e]{1,2048}$/),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/** Where the server does not say; the shortest that the standard mentions. */
const usualLifeMs = 5_000;
const longestLifeMs = 60 * 60_000;

/** Whether the server takes no other kind of request. */
export function requiresPushing(server: AuthorizationServerInfo): boolean {
  return server.metadata.require_pushed_authorization_requests === true;
}

function offersPushing(server: AuthorizationServerInfo): boolean {
  return server.metadata.pushed_authorization_request_endpoint !== undefined;
}

/**
 * Undefined where the ordinary address is to be used: the server offers nothing else, or its offer cannot be used just
 * now and is not required. Throws what the server says about the request itself (`client-refused`, `scope-refused`,
 * `target-refused`, `token-refused`, …), `discovery-failed` where pushing is required and there is nowhere to push to,
 * and, where it is required, the passing troubles too.
 */
export async function pushAuthorization(
  { http, now, dpop }: Pushing,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  parameters: Readonly<Record<string, string>>,
): Promise<PushedRequest | undefined> {
  const required = requiresPushing(server);
  if (!required && !offersPushing(server)) return undefined;
  const endpoint = endpointOf(server, 'pushed_authorization_request_endpoint');
  try {
    const response = await sendProven(http, dpop, (proven) =>
      oauth.pushedAuthorizationRequest(
        server.metadata,
        libraryClient(client),
        clientAuthentication(client),
        { ...parameters },
        libraryOptions(proven),
      ),
    );
    return await readPushed(response, endpoint.host, now);
  } catch (thrown) {
    if (!required && thrown instanceof Fault && isPassing(thrown)) return undefined;
    throw thrown;
  }
}

/** 201 by the standard (section 2.2), 200 by some servers. */
async function readPushed(response: Response, host: string, now: () => number): Promise<PushedRequest> {
  const body = await jsonBody(response);
  const accepted = response.status === 201 || response.status === 200;
  if (!accepted || (!body && strangerOf(response, host))) {
    throw refusalOf(response, body, { host, otherwise: 'token-refused', now });
  }
  const answer = pushedAnswer.safeParse(body);
  if (!answer.success) throw new Fault('service-answer-invalid', { reason: 'pushed authorization', subject: host });
  const { request_uri: requestUri, expires_in: seconds } = answer.data;
  const lifeMs = seconds === undefined ? usualLifeMs : Math.min(seconds * 1000, longestLifeMs);
  return { requestUri, endsAtMs: now() + lifeMs };
}

/** Says nothing about the request: the endpoint is out of reach, busy or broken. */
function isPassing(fault: Fault): boolean {
  return isOnTheWay(fault) || fault.code === 'service-down' || fault.code === 'rate-limited';
}
