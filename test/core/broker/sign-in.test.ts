import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const redirectOf = (authorizationUrl: string | undefined) =>
  new URL(new URL(authorizationUrl ?? '').searchParams.get('redirect_uri') ?? '');
const answers = (address: URL) =>
  fetch(address).then(
    () => true,
    () => false,
  );

describe('a sign-in', () => {
  it('stores the account and its grant, makes a first call, and only then says that it worked', async () => {
    person = await startPerson();
    const { outcome, browser } = await person.signIn('acme');
    expect(outcome).toMatchObject({ kind: 'done', known: false, current: true, account: { organisation: 'acme' } });
    expect(browser).toMatchObject({ status: 200 });
    expect(browser.page).toContain('Signed in as');
    expect(person.practice.seen.mcpCount('ping')).toBe(1);
    expect(person.broker.snapshot().connections[0]).toMatchObject({
      state: 'connected',
      accounts: [{ current: true }],
    });
  });

  it('says it in the person’s language, account and permissions too', async () => {
    let language: Language = 'es';
    person = await startPerson({ language: () => language });
    const first = await person.signIn('acme');
    expect(first.browser.page).toContain('<html lang="es">');
    expect(first.browser.page).toContain('Sesión iniciada como ana.torres@acme.example');
    expect(first.browser.page).toContain('Usar sus herramientas: leer y cambiar tus datos');
    expect(first.browser.page).not.toMatch(/Signed in|Your assistants|Use its tools|close this tab/);
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.failNext('mcp', { status: 401 });
    const failed = await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    expect(failed.page).toContain('no ha completado el inicio de sesión');
    expect((await person.signIn('acme', { allow: false })).browser.page).toContain('No has permitido el acceso');
    language = 'en';
    expect((await person.signIn('acme')).browser.page).toContain('<html lang="en">');
  });

  it('P-12 shows no success where the first call is refused', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.failNext('mcp', { status: 401 });
    const browser = await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    expect(browser.page).toContain('did not work');
    expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'failed' });
    // Nobody can use what the service refuses: it is not kept, and taken back there.
    expect([person.vault.list('account'), person.vault.list('grant')]).toEqual([[], []]);
    expect(person.broker.snapshot().connections[0]?.accounts).toEqual([]);
    await expect.poll(() => person.practice.seen.revoked.refreshTokens).toBe(1);
  });

  it('takes back also what a program had renewed before the first call was refused', async () => {
    person = await startPerson();
    const { broker, connectionId, practice, vault } = person;
    const attempt = await broker.signIns.start(connectionId, {});
    practice.control.failNext('mcp', { status: 401, delayMs: 500 });
    // So that what is to be cancelled can be seen.
    practice.control.failNext('revoke', { status: 503, times: 9 });
    const answered = answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    await expect.poll(() => vault.list('grant')).toHaveLength(1);
    const rejected = await broker.accessTokens.get({ connectionId, client: 'test' });
    await broker.accessTokens.get({ connectionId, client: 'test', rejected });
    const [renewed] = vault.list('grant');
    await answered;
    expect(vault.list('grant')).toEqual([]);
    const waiting = () => vault.list('revocation').map(({ token }) => token.open());
    await expect.poll(waiting).toContain(renewed?.refreshToken?.open());
  });

  it('keeps an account that was here before where the first call is refused, and its row says so', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.failNext('mcp', { status: 401 });
    await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'failed' });
    await expect.poll(() => person.vault.list('account').map(({ trouble }) => trouble)).toEqual(['removed-by-service']);
    expect((await person.signIn('acme')).outcome).toMatchObject({ kind: 'done', known: true });
    expect(person.vault.list('account').map(({ trouble }) => trouble)).toEqual([undefined]);
  });

  it.each([
    [402, 'plan-limit', 'Your plan', 'plan-limit'],
    [403, 'forbidden', 'does not allow', 'connected'],
    [429, 'rate-limited', 'too many requests', 'connected'],
  ] as const)('does not say that it works where the first call is answered %s', async (status, code, words, state) => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.failNext('mcp', { status });
    const browser = await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    const outcome = await person.broker.signIns.outcome(attempt.id);
    expect(outcome).toMatchObject({ kind: 'done', answer: { kind: 'stopped', fault: { code } } });
    expect(browser.page).toContain('You are signed in to');
    expect(browser.page).toContain(words);
    expect(browser.page).not.toContain('it works');
    await expect.poll(() => person.broker.snapshot().connections[0]?.state).toBe(state);
  });

  it('P-26 a denial is calm, changes nothing and frees the port', async () => {
    person = await startPerson();
    const { outcome, browser } = await person.signIn('acme', { allow: false });
    expect(outcome).toEqual({ kind: 'denied' });
    expect(browser.page).toContain('allow access');
    expect(browser.page).toContain('Nothing changed');
    expect(person.vault.list('account')).toEqual([]);
  });

  it('P-22 a forged callback and an unsolicited error neither end nor finish it', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const redirect = redirectOf(attempt.authorizationUrl);
    for (const query of [
      'code=stolen&state=guess',
      'error=access_denied',
      'error=access_denied&state=guess',
      'code=x',
    ]) {
      const answer = await fetch(`${redirect.href}?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain('stolen');
    }
    expect(person.practice.seen.tokenRequests.authorizationCode).toBe(0);
    await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
  });

  it('P-11 the same callback a second time is not exchanged again', async () => {
    person = await startPerson();
    const { browser } = await person.signIn('acme');
    await fetch(browser.redirectedTo as URL).catch(() => undefined);
    expect(person.practice.seen.tokenRequests.authorizationCode).toBe(1);
    expect(person.practice.seen.codeReuses).toBe(0);
  });

  it('P-15 cancelling frees the port at once, and late answers change nothing', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const redirect = redirectOf(attempt.authorizationUrl);
    person.broker.signIns.cancel(attempt.id);
    expect(await person.broker.signIns.outcome(attempt.id)).toEqual({ kind: 'cancelled' });
    await expect.poll(() => answers(redirect), { timeout: 1000 }).toBe(false);
    expect(person.broker.snapshot().connections[0]?.state).toBe('sign-in-again');
  });

  it('P-15 the wait is bounded, and its end frees the port', async () => {
    person = await startPerson({ signInTimeoutMs: 80 });
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    expect(await person.broker.signIns.outcome(attempt.id)).toEqual({ kind: 'timed-out' });
    await expect.poll(() => answers(redirectOf(attempt.authorizationUrl)), { timeout: 1000 }).toBe(false);
  });

  it('a second request joins the attempt that waits; a fresh one ends it', async () => {
    person = await startPerson();
    const first = await person.broker.signIns.start(person.connectionId, {});
    const joined = await person.broker.signIns.start(person.connectionId, {});
    expect(joined.id).toBe(first.id);
    const fresh = await person.broker.signIns.start(person.connectionId, { fresh: true });
    expect(fresh.id).not.toBe(first.id);
    expect(await person.broker.signIns.outcome(first.id)).toEqual({ kind: 'cancelled' });
    expect(person.broker.snapshot().connections[0]?.state).toBe('signing-in');
  });

  it('opens the browser only when asked to', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    expect(person.opened).toEqual([]);
    await person.broker.signIns.openBrowser(attempt.id);
    expect(person.opened.map(String)).toEqual([attempt.authorizationUrl]);
  });

  it('asks in the words of the service, with its separator on the page', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const scope = new URL(attempt.authorizationUrl ?? '').searchParams.get('scope');
    expect(scope).toBe('mcp:tools:read,mcp:tools:execute,mcp:resources:read');
    expect(attempt.permissions).toContain('Use its tools: read and change your data');
  });

  it('the same account again updates, another one is added and does not take over', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const again = await person.signIn('acme');
    expect(again.outcome).toMatchObject({ known: true, current: true });
    const other = await person.signIn('globex', { another: true });
    expect(other.outcome).toMatchObject({ known: false, current: false });
    expect(other.browser.page).toContain('Another account is in use');
    expect(person.vault.list('account').length).toBe(2);
    expect(new Set(person.vault.list('account').map((account) => account.label)).size).toBe(2);
  });

  it('M-C 19 a new permission is asked for together with the old ones', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const access = await person.broker.accessTokens.get({ connectionId: person.connectionId, client: 'test' });
    person.broker.report(access, { kind: 'permission-needed', scopes: ['mcp:server:read'] });
    await expect.poll(() => person.broker.snapshot().connections[0]?.state).toBe('permission-needed');
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const asked = new URL(attempt.authorizationUrl ?? '').searchParams.get('scope')?.split(',') ?? [];
    expect(asked).toEqual(expect.arrayContaining(['mcp:tools:read', 'mcp:tools:execute', 'mcp:server:read']));
    await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
    expect(person.broker.snapshot().connections[0]?.state).toBe('connected');
  });

  it('P-3 a redirect address that a service insists on is used as it is', async () => {
    person = await startPerson();
    const { connection } = await person.broker.addConnection({
      target: `${person.practice.baseUrl}/mcp/globex/sales-api`,
      service: 'practice',
      redirect: { host: 'localhost', port: 24_517, path: '/callback' },
    });
    const attempt = await person.broker.signIns.start(connection.id, {});
    expect(redirectOf(attempt.authorizationUrl).href).toBe('http://localhost:24517/callback');
    const browser = await answerConsent(attempt.authorizationUrl ?? '', { account: 'globex', allow: true });
    expect(browser.page).toContain('Signed in as');
  });

  it('a service that is down, or is none, leaves nothing waiting', async () => {
    person = await startPerson();
    await person.practice.stop();
    expect(await faultOf(person.broker.signIns.start(person.connectionId, {}))).toBe('unreachable');
    expect(person.broker.snapshot().connections[0]?.state).toBe('sign-in-again');
  });

  it('quitting ends every wait', async () => {
    person = await startPerson();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    await person.broker.close();
    expect(await person.broker.signIns.outcome(attempt.id)).toEqual({ kind: 'cancelled' });
    await expect.poll(() => answers(redirectOf(attempt.authorizationUrl)), { timeout: 1000 }).toBe(false);
  });

  it('P-63 neither code nor token is in the log or on the last page', async () => {
    person = await startPerson();
    const { browser } = await person.signIn('acme');
    const code = browser.redirectedTo?.searchParams.get('code') ?? '';
    const grant = person.vault.list('grant')[0];
    expect(code.length).toBeGreaterThan(10);
    for (const text of [browser.page, person.logged.join('\n')]) {
      for (const secret of [code, grant?.accessToken.open() ?? '-', grant?.refreshToken?.open() ?? '-']) {
        expect(text).not.toContain(secret);
      }
    }
  });
});
