/** An access token of the practice service without any part of the product: what the direct client of the benchmark uses. */
import { createHash, randomBytes } from 'node:crypto';
import { fillConsentForm } from '../fakes/consent.ts';

export async function directToken(practice: { readonly baseUrl: string; readonly clientId: string }): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = 'http://127.0.0.1:49152/back';
  const consent = new URL('/oauth/consent', practice.baseUrl);
  consent.search = new URLSearchParams({
    client_id: practice.clientId,
    response_type: 'code',
    scope: 'mcp:tools:read,mcp:tools:execute',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'bench',
  }).toString();
  const { action, fields } = fillConsentForm(await (await fetch(consent)).text(), { allow: true, account: 'acme' });
  const answered = await fetch(new URL(action, consent), { method: 'POST', body: fields, redirect: 'manual' });
  const code = new URL(answered.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const exchanged = await fetch(`${practice.baseUrl}/api/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      client_id: practice.clientId,
      redirect_uri: redirectUri,
    }),
  });
  const { access_token: token } = (await exchanged.json()) as { access_token: string };
  return token;
}
