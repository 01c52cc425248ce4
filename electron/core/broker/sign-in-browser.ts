/**
 * A sign-in at the service's own page: ask the resource without a token, find its authorization server, be known to it
 * as a client, listen for the answer, and only then make the authorization URL (RFC 8252 section 8.3, P-6).
 */
import { permissionOf } from '../../../shared/words/permissions.ts';
import type { Obtained } from '../credentials/way-in.ts';
import {
  type AuthorizationAttempt,
  type AuthorizationRequest,
  beginAuthorization,
  judgeCallback,
  type ValidatedCallback,
} from '../oauth/authorization.ts';
import { type AuthorizationServerInfo, endpointOf, requirePkce } from '../oauth/authorization-server.ts';
import { fetchIdentity } from '../oauth/identity.ts';
import type { OAuthClient } from '../oauth/registration.ts';
import { exchangeCode } from '../oauth/token.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import { openRedirectListener } from './redirect-listener.ts';
import { grantOfSignIn, proverFor } from './sign-in-binding.ts';
import { clientAndListener } from './sign-in-client.ts';
import type { Approach, Asked, BrowserAnswer, Prepared, SignInNeeds } from './sign-in-prepare.ts';
import { scopesToAsk } from './sign-in-scopes.ts';
import type { UsedClient } from './vanished-registrations.ts';

/** Throws every fault of its steps; then nothing listens any more. */
export async function prepareBrowser(
  needs: SignInNeeds,
  approach: Approach,
  asks: (client: UsedClient) => void,
  asked: Asked,
): Promise<Prepared> {
  const { connection, service, wish } = approach;
  const { server, resource, scopes: suggested, namesResource } = await approach.discover();
  // Before anything listens, or is registered there.
  requirePkce(server);
  endpointOf(server, 'authorization_endpoint');
  let attempt: AuthorizationAttempt | undefined;
  let client: OAuthClient | undefined;

  const deliver = (parameters: URLSearchParams) => {
    const answer = attempt && client ? judge(needs, connection, server, client, attempt, parameters) : undefined;
    return answer ? asked(answer) : 'ignored';
  };
  const listen = (redirect: ConnectionRecord['redirect']) =>
    openRedirectListener({
      ...(redirect ? { redirect } : {}),
      language: needs.language,
      onCallback: deliver,
    });
  const found = await clientAndListener(needs, connection, service, server, listen);
  client = found.client;
  const used: UsedClient = { issuer: server.issuer, clientId: client.clientId, isOld: found.client.isOld };
  asks(used);
  const { listener } = found;
  try {
    const scopes = scopesToAsk(needs.vault, connection, wish, suggested ?? service.defaultScopes);
    const request: AuthorizationRequest = {
      redirectUri: listener.redirectUri,
      resource,
      sendsResource: namesResource,
      scopes,
      scopeSeparator: server.source === 'preset' ? service.scopeSeparator : ' ',
      ...(wish.another ? { prompt: promptForAnother(server) } : {}),
      dpop: await proverFor(needs, server),
    };
    attempt = await beginAuthorization(server, client, request, needs);
    return {
      ...approach,
      triesFirst: false,
      host: attempt.url.host,
      authorizationUrl: attempt.url.href,
      freshUrl: freshUrls(attempt, needs.now),
      scopes: attempt.scopes,
      permissions: (scopes ?? []).map((scope) => permissionOf(scope, 'en') ?? scope),
      deliver,
      client: used,
      close: () => listener.close(),
    };
  } catch (thrown) {
    await listener.close();
    throw thrown;
  }
}

/** Ends so much earlier than the server says: the browser has to get there. */
const openingMs = 3_000;

/** A pushed request is good once and not for long (RFC 9126 section 4); any other address stays as it is. */
function freshUrls(attempt: AuthorizationAttempt, now: () => number): NonNullable<Prepared['freshUrl']> {
  let current: { readonly url: URL; readonly urlEndsAtMs?: number } = attempt;
  let wasOpened = false;
  return async (why) => {
    const { urlEndsAtMs } = current;
    const isUsedUp = urlEndsAtMs !== undefined && (wasOpened || now() >= urlEndsAtMs - openingMs);
    if (isUsedUp) current = await attempt.again();
    wasOpened = why === 'opening' || (wasOpened && !isUsedUp);
    return current.url.href;
  };
}

/** Undefined for what is not this attempt's answer: the attempt goes on waiting. */
function judge(
  needs: SignInNeeds,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  attempt: AuthorizationAttempt,
  parameters: URLSearchParams,
): BrowserAnswer | undefined {
  const judgement = judgeCallback(attempt, server, client, parameters);
  switch (judgement.kind) {
    case 'ignored':
      needs.log('warn', 'a callback that is not ours was ignored', { reason: judgement.reason });
      return undefined;
    case 'denied':
    case 'failed':
      return judgement;
    case 'granted':
      return {
        kind: 'granted',
        exchange: () => exchanged(needs, connection, server, client, attempt, judgement.parameters),
      };
  }
}

async function exchanged(
  needs: SignInNeeds,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  attempt: AuthorizationAttempt,
  parameters: ValidatedCallback,
): Promise<Obtained> {
  const { http, now, keySets } = needs;
  const tokens = await exchangeCode(http, server, client, attempt, parameters, now, keySets);
  const facts = {
    wayIn: 'authorization-code' as const,
    issuer: server.issuer,
    resource: attempt.resource,
    clientId: client.clientId,
    requestedScopes: attempt.scopes,
    namesResource: attempt.sendsResource,
  };
  return {
    grant: await grantOfSignIn(needs, connection, facts, tokens, attempt.dpop),
    identity: await fetchIdentity(http, server, tokens, attempt.resource, attempt.dpop),
    server,
  };
}

/**
 * How the server is asked to let the person choose anew (OpenID Connect Core section 3.1.2.1). Not every server knows
 * `select_account`, and one that does not may refuse the request; `login` is known by all, and others ignore both.
 */
function promptForAnother(server: AuthorizationServerInfo): 'select_account' | 'login' {
  const offered = server.metadata['prompt_values_supported'];
  return Array.isArray(offered) && offered.includes('select_account') ? 'select_account' : 'login';
}
