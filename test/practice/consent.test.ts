import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { answerConsent, fillConsentForm } from '../fakes/consent.ts';
import { consentRedirect, consentUrl, redirectUri } from './sign-in.ts';

let practice: PracticeService;
beforeAll(async () => {
  practice = await startPractice();
});
afterAll(() => practice.stop());

const open = (changes: Record<string, string | undefined> = {}) =>
  fetch(consentUrl(practice, changes), { redirect: 'manual' });

describe('the consent page', () => {
  it('names the app, what it may do in words, where it returns to, and every account', async () => {
    const page = await (await open()).text();
    expect(page).toContain('Conexor Desktop wants to use your account');
    expect(page).toContain('See which tools the server offers');
    expect(page).toContain('Use the tools: look up sales data and create orders');
    expect(page).not.toContain('Change the server');
    expect(page).toContain('<strong>127.0.0.1:49152</strong>, a program on this computer');
    expect(page).toContain('Ana Torres, Acme Trading');
    expect(page).toContain('Ana Torres, Globex');
    expect(page).toContain('Ana Torres, Private account');
    expect(page).toContain('<strong>Practice page of Conexor Desktop.</strong> Nothing here is real');
    expect(page).not.toContain('not Conexor');
  });

  it('is HTML that no other page can frame, nothing outside can style or script, and no cache keeps', async () => {
    const answered = await open();
    const policy = answered.headers.get('content-security-policy') ?? '';
    expect(answered.status).toBe(200);
    expect(answered.headers.get('content-type')).toContain('text/html');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:49152;");
    expect(answered.headers.get('x-frame-options')).toBe('DENY');
    expect(answered.headers.get('cache-control')).toBe('no-store');
    const page = await answered.text();
    expect(page).not.toMatch(/<script|<link|src=|https?:\/\//);
  });

  it('reads scopes separated by a space as well, and grants the documented pair where none is named', async () => {
    const spaced = await (await open({ scope: 'mcp:server:read mcp:tools:read' })).text();
    expect(spaced).toContain('Read information about the server');
    const none = await (await open({ scope: undefined })).text();
    expect(none).toContain('mcp:tools:execute');
    expect(none).not.toContain('mcp:resources:read');
  });
});

describe('an answer to it', () => {
  it('allowed: goes back with a code and the state, and nothing else', async () => {
    const back = await consentRedirect(consentUrl(practice), { allow: true, account: 'globex' });
    expect(back.href.startsWith(`${redirectUri}?`)).toBe(true);
    expect([...back.searchParams.keys()].sort()).toEqual(['code', 'state']);
    expect(back.searchParams.get('state')).toBe('state-1');
  });

  it('denied: goes back with access_denied and the state, without a code', async () => {
    const back = await consentRedirect(consentUrl(practice), { allow: false });
    expect(Object.fromEntries(back.searchParams)).toEqual({ error: 'access_denied', state: 'state-1' });
  });

  it('uses 303, so that the form is not posted on', async () => {
    const { fields } = fillConsentForm(await (await open()).text(), { allow: true });
    const address = `${practice.baseUrl}/oauth/consent`;
    const answered = await fetch(address, { method: 'POST', body: fields, redirect: 'manual' });
    expect(answered.status).toBe(303);
    const again = await fetch(address, { method: 'POST', body: fields, redirect: 'manual' });
    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBeNull();
  });

  it.each([
    ['Allow, then Allow', true, true],
    ['Allow, then Deny', true, false],
    ['Deny, then Allow', false, true],
  ])('counts once, and a second one is told what is true: %s', async (_name, first, second) => {
    const shown = await (await open()).text();
    const post = (allow: boolean) =>
      fetch(`${practice.baseUrl}/oauth/consent`, {
        method: 'POST',
        body: fillConsentForm(shown, { allow }).fields,
        redirect: 'manual',
      });
    expect((await post(first)).status).toBe(303);
    const before = { ...practice.seen.consents };
    const again = await post(second);
    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBeNull();
    const page = await again.text();
    expect(page).toContain('<h1>This page has been used already</h1>');
    expect(page).toMatch(/go back to the app that sent you here and begin the sign-in again/);
    expect(page).not.toMatch(/nothing (new )?was allowed/i);
    expect(practice.seen.consents).toEqual({ ...before, refused: before.refused + 1 });
  });

  it('is told that it came too late once the page has been open for ten minutes, used or not', async () => {
    let nowMs = Date.now();
    const slow = await startPractice({ now: () => nowMs });
    try {
      const pages = await Promise.all([0, 1].map(async () => (await fetch(consentUrl(slow))).text()));
      const post = (page = '') =>
        fetch(`${slow.baseUrl}/oauth/consent`, {
          method: 'POST',
          body: fillConsentForm(page, { allow: true }).fields,
          redirect: 'manual',
        });
      expect((await post(pages[0])).status).toBe(303);
      nowMs += 600_000;
      expect(await (await post(pages[0])).text()).toContain('This page has been used already');
      // Showing a page is when the old ones are forgotten: nobody can tell any more which of them was used.
      await fetch(consentUrl(slow));
      for (const page of pages) {
        const answered = await post(page);
        expect(answered.status).toBe(400);
        const words = await answered.text();
        expect(words).toContain('open for too long');
        expect(words).not.toContain('Nothing was allowed');
      }
    } finally {
      await slow.stop();
    }
  });

  it.each([
    ['no form token', { form_token: '' }],
    ['an invented form token', { form_token: 'x'.repeat(43) }],
    ['an account that is not offered', { account: 'initech' }],
    ['neither Allow nor Deny', { decision: 'maybe' }],
  ])('is refused with a page where it has %s', async (_name, changes) => {
    const { fields } = fillConsentForm(await (await open()).text(), { allow: true });
    for (const [name, value] of Object.entries(changes)) fields.set(name, value);
    const answered = await fetch(`${practice.baseUrl}/oauth/consent`, {
      method: 'POST',
      body: fields,
      redirect: 'manual',
    });
    expect(answered.status).toBe(400);
    expect(answered.headers.get('location')).toBeNull();
  });

  it('is refused when it was posted by another page', async () => {
    const { fields } = fillConsentForm(await (await open()).text(), { allow: true });
    const send = (origin: string) =>
      fetch(`${practice.baseUrl}/oauth/consent`, {
        method: 'POST',
        body: fields,
        headers: { Origin: origin },
        redirect: 'manual',
      });
    expect((await send('http://127.0.0.1:1')).status).toBe(400);
    expect((await send('null')).status).toBe(400);
    expect((await send(practice.baseUrl)).status).toBe(303);
  });

  it('can be given by a program, which lands at the listener', async () => {
    const arrived: string[] = [];
    const listener = createServer((request, response) => {
      arrived.push(request.url ?? '');
      response.end('You can close this page.');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    try {
      const back = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/back`;
      const outcome = await answerConsent(consentUrl(practice, { redirect_uri: back }), {
        allow: true,
        account: 'acme',
      });
      expect(outcome).toMatchObject({ status: 200, page: 'You can close this page.' });
      expect(arrived).toEqual([expect.stringMatching(/^\/back\?code=[\w-]{43}&state=state-1$/)]);
    } finally {
      listener.closeAllConnections();
      listener.close();
    }
  });
});

describe('a request that cannot be trusted', () => {
  it.each([
    ['an unknown client', { client_id: 'client_other' }],
    ['no client', { client_id: undefined }],
    ['no return address', { redirect_uri: undefined }],
    ['a return address elsewhere', { redirect_uri: 'https://example.com/callback' }],
    ['a return address that only looks like loopback', { redirect_uri: 'http://127.0.0.1.example.com/' }],
    ['a return address with another host as user', { redirect_uri: 'http://127.0.0.1@example.com/' }],
    ['https on loopback', { redirect_uri: 'https://127.0.0.1:4000/' }],
    ['a fragment', { redirect_uri: 'http://127.0.0.1:4000/#x' }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
  ])('is answered with a page and no redirect: %s', async (_name, changes) => {
    const answered = await open(changes);
    expect(answered.status).toBe(400);
    expect(answered.headers.get('location')).toBeNull();
    expect(answered.headers.get('content-type')).toContain('text/html');
    const page = await answered.text();
    expect(page).toContain('This sign-in cannot go on');
    expect(page).not.toContain('example.com');
  });

  it.each(['client_id', 'redirect_uri'])('is refused with a page when it has %s twice', async (name) => {
    const url = consentUrl(practice);
    url.searchParams.append('state', 'another');
    url.searchParams.append(name, url.searchParams.get(name) ?? '');
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(400);
  });

  it.each([
    'http://127.0.0.1:5/any/path',
    'http://[::1]:61000/',
    'http://localhost:8123/cb?x=1',
    'http://localhost:3000/callback',
  ])('may return to any loopback address (RFC 8252 s7.3): %s', async (address) => {
    const back = await consentRedirect(consentUrl(practice, { redirect_uri: address }), { allow: true });
    expect(back.host).toBe(new URL(address).host);
    expect(back.pathname).toBe(new URL(address).pathname);
    expect(back.searchParams.get('x')).toBe(new URL(address).searchParams.get('x'));
  });

  it('must return to the registered address to the letter where the service insists', async () => {
    const exact = await startPractice({ exactRedirects: true });
    try {
      expect((await fetch(consentUrl(exact), { redirect: 'manual' })).status).toBe(400);
      const pinned = consentUrl(exact, { redirect_uri: 'http://localhost:3000/callback' });
      expect((await fetch(pinned, { redirect: 'manual' })).status).toBe(200);
    } finally {
      await exact.stop();
    }
  });
});

describe('a faulty request from a known app', () => {
  it.each([
    ['no challenge', { code_challenge: undefined }, 'invalid_request'],
    ['no challenge method', { code_challenge_method: undefined }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['the implicit response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown scope', { scope: 'mcp:tools:read,admin' }, 'invalid_scope'],
    ['a resource elsewhere', { resource: 'https://example.com/mcp' }, 'invalid_target'],
  ])('goes back with its error and the state: %s', async (_name, changes, error) => {
    const answered = await open(changes);
    expect(answered.status).toBe(303);
    const back = new URL(answered.headers.get('location') ?? '');
    expect(back.host).toBe('127.0.0.1:49152');
    expect(Object.fromEntries(back.searchParams)).toEqual({ error, state: 'state-1' });
  });

  it('goes back with invalid_request where another parameter comes twice', async () => {
    const url = consentUrl(practice);
    url.searchParams.append('scope', 'mcp:tools:read');
    const back = await consentRedirect(url, { allow: true });
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  it('leaves the state out where none came', async () => {
    const back = await consentRedirect(consentUrl(practice, { state: undefined }), { allow: true });
    expect([...back.searchParams.keys()]).toEqual(['code']);
  });
});

it('counts consents', async () => {
  const before = { ...practice.seen.consents };
  await consentRedirect(consentUrl(practice), { allow: true });
  await consentRedirect(consentUrl(practice), { allow: false });
  await open({ client_id: 'client_other' });
  expect(practice.seen.consents).toEqual({
    shown: before.shown + 2,
    allowed: before.allowed + 1,
    denied: before.denied + 1,
    refused: before.refused + 1,
  });
});
