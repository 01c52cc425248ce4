/**
 * `GET /oauth/consent` with the documented parameters (RFC 6749 s4.1.1, RFC 7636 s4.3, and RFC 8707's `resource`), and
 * the POST of its form. Until client and redirect address are known to belong together, an error is a page and never a
 * redirect; afterwards it goes back as RFC 6749 s4.1.2.1 says. PKCE with S256 is required.
 */
import { randomBytes } from 'node:crypto';
import express, { type Request, type Response, Router } from 'express';
import { findAccount } from './accounts.ts';
import type { OAuthClient } from './clients.ts';
import { consentPage, pageHeaders, refusalPage, usedPage } from './consent-page.ts';
import { addressParameters, type Parameters, readParameters } from './parameters.ts';
import { parseScopes, type Scope } from './scopes.ts';
import type { PracticeState } from './state.ts';

/** A page that was shown, and kept after its answer for as long as one could come back to it. */
interface ShownConsent {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly scopes: readonly Scope[];
  readonly challenge: string;
  readonly resource: string | undefined;
  readonly expiresAtMs: number;
  readonly answered: boolean;
}

const formLifeMs = 600_000;

export function consentRoutes(state: PracticeState): Router {
  const shown = new Map<string, ShownConsent>();
  const { seen, clients, grants, now } = state;

  const turnAway = (response: Response, page: string) => {
    seen.consents.refused += 1;
    response.status(400).set(pageHeaders()).type('html').send(page);
  };

  const refuse = (response: Response, reason: string) => turnAway(response, refusalPage(reason));

  const sendBack = (response: Response, redirectUri: string, answer: Record<string, string | undefined>) => {
    const target = new URL(redirectUri);
    // RFC 9207: only where metadata announces it; the documented service sends code and state alone.
    const all = { ...answer, iss: state.publishMetadata ? state.baseUrl : undefined };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) target.searchParams.set(name, value);
    response.set(pageHeaders()).redirect(303, target.href);
  };

  const ask = (request: Request, response: Response) => {
    const parameters = readParameters(addressParameters(request.originalUrl));
    const client = clients.find(parameters.get('client_id'));
    const redirectUri = parameters.get('redirect_uri');
    if (parameters.repeated.includes('client_id') || parameters.repeated.includes('redirect_uri')) {
      return refuse(response, 'The app’s request names its sender or its return address twice.');
    }
    if (client === undefined) return refuse(response, 'The app that sent you here is not known to this service.');
    if (redirectUri === undefined || !clients.allowsRedirect(client, redirectUri)) {
      return refuse(response, 'The app asked to send you to an address that is not registered for it.');
    }
    const error = requestError(parameters, state);
    const requested = parseScopes(parameters.get('scope'));
    if (error !== undefined || requested === undefined) {
      seen.consents.refused += 1;
      return sendBack(response, redirectUri, { error: error ?? 'invalid_scope', state: parameters.get('state') });
    }
    for (const [token, { expiresAtMs }] of shown) if (expiresAtMs <= now()) shown.delete(token);
    const formToken = randomBytes(32).toString('base64url');
    shown.set(formToken, {
      client,
      redirectUri,
      state: parameters.get('state'),
      scopes: requested,
      challenge: parameters.get('code_challenge') ?? '',
      resource: parameters.get('resource'),
      expiresAtMs: now() + formLifeMs,
      answered: false,
    });
    seen.consents.shown += 1;
    response.set(pageHeaders(redirectUri)).type('html');
    response.send(consentPage({ clientName: client.name, scopes: requested, redirectUri, formToken }));
  };

  const decide = (request: Request, response: Response) => {
    const origin = request.get('origin');
    if (origin !== undefined && origin !== `http://${request.get('host')}`) {
      return refuse(response, 'The answer came from another page than this one.');
    }
    const form = readParameters(new URLSearchParams(typeof request.body === 'string' ? request.body : ''));
    const formToken = form.get('form_token') ?? '';
    const consent = shown.get(formToken);
    if (consent?.answered) return turnAway(response, usedPage());
    if (consent === undefined || consent.expiresAtMs <= now()) {
      return refuse(response, 'This page was open for too long, or the practice service was started anew since.');
    }
    const decision = form.get('decision');
    const account = findAccount(form.get('account') ?? '');
    if (form.repeated.length > 0 || (decision !== 'deny' && (decision !== 'allow' || account === undefined))) {
      return refuse(response, 'The answer was not complete: choose an account, then Allow or Deny.');
    }
    shown.set(formToken, { ...consent, answered: true });
    if (decision === 'deny' || account === undefined) {
      seen.consents.denied += 1;
      return sendBack(response, consent.redirectUri, { error: 'access_denied', state: consent.state });
    }
    seen.consents.allowed += 1;
    const { client, redirectUri, challenge, resource } = consent;
    const scopes = consent.scopes.filter((scope) => state.grantable?.includes(scope) ?? true);
    const grant = { clientId: client.clientId, account, scopes, resource, revoked: false };
    const code = grants.issueCode({ grant, redirectUri, challenge, expiresAtMs: now() + state.codeLifeMs });
    sendBack(response, redirectUri, { code, state: consent.state });
  };

  return Router()
    .get('/oauth/consent', ask)
    .post('/oauth/consent', express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' }), decide);
}

/** What is wrong with a request whose redirect address is trusted, as RFC 6749 s4.1.2.1 or RFC 8707 s2 names it. */
function requestError(parameters: Parameters, state: PracticeState): string | undefined {
  if (parameters.repeated.length > 0) return 'invalid_request';
  const responseType = parameters.get('response_type');
  if (responseType === undefined) return 'invalid_request';
  if (responseType !== 'code') return 'unsupported_response_type';
  if (parameters.get('code_challenge_method') !== 'S256') return 'invalid_request';
  // A SHA-256 in base64url is 43 characters (RFC 7636 s4.2).
  if (!/^[\w-]{43}$/.test(parameters.get('code_challenge') ?? '')) return 'invalid_request';
  const resource = parameters.get('resource');
  return resource === undefined || state.isResource(resource) ? undefined : 'invalid_target';
}
