/** A minimal OAuth client for the practice service's own tests, by hand, so that nothing of the product vouches for it. */
import { createHash, randomBytes } from 'node:crypto';
import type { PracticeService } from '../../electron/practice/service.ts';
import { fillConsentForm } from '../fakes/consent.ts';

export const redirectUri = 'http://127.0.0.1:49152/back/1';

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
}

/** The documented consent address; a `changes` value of undefined leaves a parameter out. */
export function consentUrl(practice: PracticeService, changes: Record<string, string | undefined> = {}): URL {
  const url = new URL('/oauth/consent', practice.baseUrl);
  const parameters = {
    client_id: practice.clientId,
    response_type: 'code',
    scope: 'mcp:tools:read,mcp:tools:execute,mcp:resources:read',
    redirect_uri: redirectUri,
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
    state: 'state-1',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** The address the person is sent back to; nothing listens there, so it is read off the redirect. */
export async function consentRedirect(url: URL, answer: { allow: boolean; account?: string }): Promise<URL> {
  const asked = await fetch(url, { redirect: 'manual' });
  const refused = asked.headers.get('location');
  if (refused !== null) return new URL(refused);
  const { action, fields } = fillConsentForm(await asked.text(), answer);
  const answered = await fetch(new URL(action, url), { method: 'POST', body: fields, redirect: 'manual' });
  return new URL(answered.headers.get('location') ?? '');
}

export const postForm = (address: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(address, { method: 'POST', body: new URLSearchParams(fields), headers });

export const tokenRequest = (practice: PracticeService, fields: Record<string, string>) =>
  postForm(`${practice.baseUrl}/api/oauth/token`, fields);

export interface SignIn {
  readonly account?: string;
  readonly scope?: string;
  readonly resource?: string;
}

/** Everything needed to exchange a fresh code. */
export async function freshCode(practice: PracticeService, signIn: SignIn = {}): Promise<Record<string, string>> {
  const verifier = randomBytes(32).toString('base64url');
  const { account, ...changes } = signIn;
  const url = consentUrl(practice, { ...changes, code_challenge: challengeOf(verifier) });
  const back = await consentRedirect(url, { allow: true, ...(account === undefined ? {} : { account }) });
  return {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    code_verifier: verifier,
    client_id: practice.clientId,
    redirect_uri: redirectUri,
  };
}

export async function tokensFor(practice: PracticeService, signIn: SignIn = {}): Promise<TokenAnswer> {
  const answered = await tokenRequest(practice, await freshCode(practice, signIn));
  if (answered.status !== 200) throw new Error(`token endpoint answered ${answered.status}: ${await answered.text()}`);
  return (await answered.json()) as TokenAnswer;
}

export const refreshFields = (practice: PracticeService, refreshToken = '') => ({
  grant_type: 'refresh_token',
  refresh_token: refreshToken,
  client_id: practice.clientId,
});

/** One JSON-RPC request of an older revision without a session; enough to learn what the door says. */
export const callMcp = (address: string, method: string, token?: string, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: initializeParams }),
  });

const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

/** The status of `initialize` with this token: 200 where it is accepted. */
export async function acceptance(
  practice: PracticeService,
  token: string,
  address = practice.resource,
): Promise<number> {
  const answered = await callMcp(address, 'initialize', token);
  await answered.body?.cancel();
  return answered.status;
}

/** A client-credentials request of the confidential client. */
export const machineFields = (practice: PracticeService) => ({
  grant_type: 'client_credentials',
  client_id: practice.confidential.clientId,
  client_secret: practice.confidential.clientSecret,
});

/** Status and error code of an answer that should be an OAuth error. */
export const refused = async (answered: Response) => ({
  status: answered.status,
  error: ((await answered.json()) as { error: string }).error,
});
