import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationAttempt,
  type AuthorizationRequest,
  beginAuthorization,
  judgeCallback,
} from '../../../electron/core/oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { conexor } from '../../../electron/core/services/conexor.ts';

const issuer = 'https://login.example';
const server = (metadata: Record<string, unknown> = {}): AuthorizationServerInfo => ({
  issuer,
  source: 'discovered',
  metadata: {
    issuer,
    authorization_endpoint: `${issuer}/authorize?tenant=1`,
    token_endpoint: `${issuer}/token`,
    code_challenge_methods_supported: ['S256'],
    ...metadata,
  },
});
const client: OAuthClient = { clientId: 'client-1', authMethod: 'none' };
const asked: AuthorizationRequest = {
  redirectUri: 'http://127.0.0.1:4000/callback/a',
  resource: 'https://mcp.example/mcp',
  scopes: ['read', 'write'],
  scopeSeparator: ' ',
};
const begin = (request: Partial<AuthorizationRequest> = {}, metadata?: Record<string, unknown>) =>
  beginAuthorization(server(metadata), client, { ...asked, ...request });

describe('the authorization request', () => {
  it('P-7 P-16 P-49 M-C 17 asks for a code, for this resource verbatim, back to this redirect URI', async () => {
    const { url, ...attempt } = await begin();
    const parameters = Object.fromEntries(url.searchParams);
    expect(url.origin + url.pathname).toBe(`${issuer}/authorize`);
    expect(parameters).toEqual({
      tenant: '1',
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: asked.redirectUri,
      resource: asked.resource,
      scope: 'read write',
      state: attempt.state,
      code_challenge: expect.any(String),
      code_challenge_method: 'S256',
    });
    for (const resource of ['https://mcp.example', 'https://mcp.example/', 'https://mcp.example/a/']) {
      expect((await begin({ resource })).url.searchParams.get('resource')).toBe(resource);
    }
  });

  it('P-17 P-18 sends S256 of a fresh verifier of 256 bits', async () => {
    const attempts = await Promise.all(Array.from({ length: 50 }, () => begin()));
    for (const { url, codeVerifier } of attempts) {
      expect(codeVerifier.open()).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
      const digest = createHash('sha256').update(codeVerifier.open()).digest('base64url');
      expect(url.searchParams.get('code_challenge')).toBe(digest);
      expect(url.href).not.toContain(codeVerifier.open());
    }
    expect(new Set(attempts.map(({ codeVerifier }) => codeVerifier.open())).size).toBe(50);
  });

  it('P-21 P-28 has a state of its own, and records the issuer beside it', async () => {
    const attempts = await Promise.all(Array.from({ length: 50 }, () => begin()));
    expect(new Set(attempts.map(({ state }) => state)).size).toBe(50);
    for (const attempt of attempts) {
      expect(Buffer.from(attempt.state, 'base64url').length).toBeGreaterThanOrEqual(16);
      expect(attempt.issuer).toBe(issuer);
    }
  });

  it.each([[undefined], [[]], [['plain']]])(
    'P-19 P-20 does not begin with code_challenge_methods_supported %j',
    async (methods) => {
      await expect(begin({}, { code_challenge_methods_supported: methods })).rejects.toMatchObject({
        code: 'pkce-unsupported',
      });
    },
  );

  it('P-27 does not send a browser to an address that is none of the web', async () => {
    await expect(begin({}, { authorization_endpoint: 'file:///etc/passwd' })).rejects.toMatchObject({
      code: 'address-invalid',
    });
    await expect(begin({}, { authorization_endpoint: 'http://a.example/' })).rejects.toMatchObject({
      code: 'address-insecure',
    });
  });

  it('P-27 what the endpoint’s own query says of a request is not asked for', async () => {
    const own = 'prompt=none&scope=admin&resource=https://b.example&nonce=n&state=s&client_id=c&response_mode=query';
    const others = 'request=r&request_uri=urn:r&claims=%7B%7D&login_hint=eve&id_token_hint=t&max_age=0&dpop_jkt=j';
    const assertions = 'client_assertion=a&client_assertion_type=b&authorization_details=%5B%5D&scope=second';
    const { url } = await begin(
      { scopes: undefined, sendsResource: false },
      { authorization_endpoint: `${issuer}/authorize?tenant=1&${own}&${others}&${assertions}&audience=x` },
    );
    expect([...url.searchParams.keys()].sort()).toEqual(
      [
        'audience',
        'client_id',
        'code_challenge',
        'code_challenge_method',
        'redirect_uri',
        'response_type',
        'state',
      ].concat('tenant'),
    );
    expect(url.searchParams.get('client_id')).toBe('client-1');
  });

  it('joins scopes as the service documents it, and omits what is not known', async () => {
    const facts = conexor.facts?.(new URL('https://app.conexor.io/mcp/a/b'));
    if (!facts) throw new Error('no facts');
    const attempt = await beginAuthorization(facts, client, { ...asked, scopeSeparator: ',', sendsResource: false });
    expect(attempt.url.searchParams.get('scope')).toBe('read,write');
    expect(attempt.url.searchParams.has('resource')).toBe(false);
    const open = await begin({ scopes: undefined });
    expect([open.url.searchParams.has('scope'), open.scopes]).toEqual([false, []]);
  });

  it('M-C 22 adds offline_access only where the server lists it and other scopes are asked for', async () => {
    const listed = { scopes_supported: ['read', 'offline_access'] };
    const attempt = await begin({ prompt: 'select_account' }, listed);
    expect(attempt.scopes).toEqual(['read', 'write', 'offline_access']);
    expect(attempt.url.searchParams.get('prompt')).toBe('select_account consent');
    expect((await begin({ scopes: undefined }, listed)).url.searchParams.has('scope')).toBe(false);
    const without = await begin({}, { scopes_supported: ['read'] });
    expect([without.scopes, without.url.searchParams.has('prompt')]).toEqual([['read', 'write'], false]);
  });

  it('P-33 sends a nonce exactly where an ID token is asked for', async () => {
    expect((await begin()).url.searchParams.has('nonce')).toBe(false);
    const attempt = await begin({ scopes: ['openid'] });
    expect(attempt.url.searchParams.get('nonce')).toBe(attempt.nonce);
  });

  it('P-63 prints neither verifier nor anything that leads to it', async () => {
    const attempt = await begin();
    expect(JSON.stringify(attempt)).not.toContain(attempt.codeVerifier.open());
  });
});

describe('the answer', () => {
  const answer = async (
    parameters: (attempt: AuthorizationAttempt) => string,
    metadata: Record<string, unknown> = {},
  ) => {
    const attempt = await begin();
    return judgeCallback(attempt, server(metadata), client, new URLSearchParams(parameters(attempt)));
  };
  const advertised = { authorization_response_iss_parameter_supported: true };

  it('P-24 M-C 15 M-C 16 is granted with state, issuer and code, whatever else comes with it', async () => {
    const judgement = await answer(
      ({ state }) => `code=c&state=${state}&iss=${issuer}&session_state=x&hint=1&hint=2&scope=read`,
      advertised,
    );
    expect(judgement.kind).toBe('granted');
    expect((await answer(({ state }) => `code=c&state=${state}`)).kind).toBe('granted');
  });

  it.each([
    ['no state', () => 'code=c'],
    ['an empty state', () => 'code=c&state='],
    ['a forged state', () => 'code=c&state=forged'],
    ['a state of the same length', ({ state }: AuthorizationAttempt) => `code=c&state=${'A'.repeat(state.length)}`],
    ['a longer state', ({ state }: AuthorizationAttempt) => `code=c&state=${state}x`],
    ['a state of other case', ({ state }: AuthorizationAttempt) => `code=c&state=${swapCase(state)}`],
    ['nothing but the state', ({ state }: AuthorizationAttempt) => `state=${state}`],
    ['an empty code', ({ state }: AuthorizationAttempt) => `state=${state}&code=`],
  ])('P-21 P-22 with %s it is not ours, and the attempt goes on', async (_what, parameters) => {
    expect((await answer(parameters)).kind).toBe('ignored');
  });

  it.each(['error=access_denied', 'error=server_error&state=forged', 'error=access_denied&state='])(
    'P-23 an unsolicited %s changes nothing',
    async (parameters) => {
      expect((await answer(() => parameters)).kind).toBe('ignored');
    },
  );

  it.each(['code=a&code=b', 'code=a&state=x', 'code=a&iss=x&iss=y', 'code=a&error=x&error=y'])(
    'P-25 repeated parameters are ignored (%s)',
    async (parameters) => {
      expect((await answer(({ state }) => `state=${state}&${parameters}`)).kind).toBe('ignored');
    },
  );

  it.each([
    'https://evil.example',
    `${issuer}/`,
    `${issuer}/x`,
    'HTTPS://login.example',
    'https://login.example:443',
    '',
  ])('P-29 an issuer that is %j, not ours to the letter, ends the attempt without a token request', async (iss) => {
    const judgement = await answer(({ state }) => `code=c&state=${state}&iss=${encodeURIComponent(iss)}`, advertised);
    expect(judgement).toMatchObject({ kind: 'failed', fault: { code: 'issuer-mismatch' } });
  });

  it('P-29 on a mismatch what the error says is not shown', async () => {
    const judgement = await answer(
      ({ state }) => `error=access_denied&error_description=canary&state=${state}&iss=https://evil.example`,
    );
    expect(judgement).toMatchObject({ kind: 'failed', fault: { code: 'issuer-mismatch' } });
    expect(JSON.stringify(judgement)).not.toMatch(/canary|denied|evil/);
  });

  it('P-30 a missing issuer is refused where the server advertises it', async () => {
    const parameters = ({ state }: AuthorizationAttempt) => `code=c&state=${state}`;
    expect(await answer(parameters, advertised)).toMatchObject({ kind: 'failed', fault: { code: 'issuer-mismatch' } });
    const denied = ({ state }: AuthorizationAttempt) => `error=access_denied&state=${state}`;
    expect(await answer(denied, advertised)).toMatchObject({ kind: 'failed', fault: { code: 'issuer-mismatch' } });
  });

  it('P-28 another server than the attempt began with is a mismatch', async () => {
    const attempt = await begin();
    const other: AuthorizationServerInfo = { ...server(), issuer: 'https://evil.example' };
    const judgement = judgeCallback(attempt, other, client, new URLSearchParams({ code: 'c', state: attempt.state }));
    expect(judgement).toMatchObject({ kind: 'failed', fault: { code: 'issuer-mismatch' } });
  });

  it('P-26 the person’s refusal is calm', async () => {
    expect(await answer(({ state }) => `error=access_denied&error_description=x&state=${state}`)).toEqual({
      kind: 'denied',
    });
  });

  it.each([
    ['invalid_scope', 'scope-refused'],
    ['invalid_target', 'target-refused'],
    ['unauthorized_client', 'client-refused'],
    ['temporarily_unavailable', 'service-down'],
    ['server_error', 'service-down'],
    ['invalid_request', 'token-refused'],
    ['<script>canary</script>', 'token-refused'],
  ])('P-23 P-41 the error %s is %s', async (error, code) => {
    const judgement = await answer(
      ({ state }) => `state=${state}&error=${encodeURIComponent(error)}&error_description=canary`,
    );
    expect(judgement).toMatchObject({ kind: 'failed', fault: { code } });
    expect(JSON.stringify(judgement)).not.toContain('canary');
  });

  it('P-16 tokens in the front channel are not taken', async () => {
    const judgement = await answer(({ state }) => `code=c&state=${state}&id_token=x`);
    expect(judgement).toMatchObject({ kind: 'failed', fault: { code: 'service-answer-invalid' } });
  });
});

function swapCase(text: string): string {
  return text.replace(/[a-z]/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
