/** Whose a sign-in is: begun after a yes only, and gone on with by the program that began it alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../../fakes/bridge.ts';
import { fillConsentForm } from '../../../fakes/consent.ts';
import { type OidcProvider, startOidcProvider } from '../../../fakes/oidc-provider.ts';
import { type Person, startPerson } from '../../../fakes/person.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../../fakes/signed-in.ts';
import { type Answers, openToolHost, type ToolHost } from '../../../fakes/tool-hosts.ts';

const yes: Answers = () => ({ action: 'accept', content: { allow: true } });
const no: Answers = () => ({ action: 'decline' });

let bridge: TestBridge;
let hosts: ToolHost[] = [];
let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close().catch(() => undefined)));
  for (const end of ends) await end();
  hosts = [];
  ends = [];
});

async function hostFor(broker: Person['broker'], answers: Answers, program = 'cursor'): Promise<ToolHost> {
  const key = (await broker.localClients.keyFor(program)).open();
  const way = { door: 'http', url: bridge.url('_oauth'), key } as const;
  const opened = await openToolHost('2.x, 2026-07-28', way, answers);
  hosts.push(opened);
  return opened;
}

describe('a sign-in of the practice service', () => {
  let person: Person;
  beforeEach(async () => {
    person = await startPerson({ publishMetadata: true });
    bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 20 });
    ends = [() => bridge.stop(), () => person.stop()];
  });
  const host = (answers: Answers, program?: string) => hostFor(person.broker, answers, program);
  const waits = () => person.broker.signIns.isWaiting(person.connectionId);

  it.each([{}, { open_browser: false }, { another: true, open_browser: false }])(
    'is not begun before the yes, also where no browser is to open: %j',
    async (input) => {
      const { call } = await host(undefined);
      expect((await call('oauth2_authorize', input)).text).toContain('waits for the person’s answer');
      expect([waits(), person.broker.questions.list().length]).toEqual([false, 1]);
      const refused = await host(no, 'n8n');
      expect((await refused.call('oauth2_authorize', input)).text).toContain('said no');
      expect(waits()).toBe(false);
    },
  );

  it('that the person began is neither joined nor shown, and not finished or ended', async () => {
    const own = await person.broker.signIns.start(person.connectionId, {});
    const state = new URL(own.authorizationUrl ?? '').searchParams.get('state') ?? '';
    const { call, asked } = await host(yes);
    for (const [name, input] of [
      ['oauth2_authorize', { open_browser: false }],
      ['oauth2_authorize', {}],
      ['oauth2_register_client', { action: 'register' }],
    ] as const) {
      const told = await call(name, input);
      expect([told.isError, told.text]).toEqual([true, expect.stringContaining('is under way in Conexor already')]);
      expect(told.whole).not.toContain(own.id);
      expect(told.whole).not.toContain(state);
    }
    expect([asked, person.opened]).toEqual([[], []]);
    const iss = new URL(own.authorizationUrl ?? '').origin;
    const end = `http://127.0.0.1/?${new URLSearchParams({ error: 'access_denied', state, iss })}`;
    const ended = await call('oauth2_exchange_token', { attempt: own.id, redirect_url: end });
    const unknown = await call('oauth2_exchange_token', { attempt: 'nobody' });
    expect([ended.isError, ended.text, waits()]).toEqual([true, unknown.text, true]);
  });

  it('that one program began is nobody else’s, not even of the same name at the other door', async () => {
    const { call } = await host(yes);
    const begun = await call('oauth2_authorize', { open_browser: false });
    const attempt = begun.data['attempt'];
    const other = await host(yes, 'n8n');
    expect((await other.call('oauth2_authorize')).text).toContain('under way in Conexor already');
    expect((await other.call('oauth2_exchange_token', { attempt })).isError).toBe(true);
    const line = bridge.host('_oauth', 'cursor');
    await line.begin();
    const input = { name: 'oauth2_exchange_token', arguments: { attempt } };
    expect((await line.ask('tools/call', input)).result).toMatchObject({ isError: true });
    expect((await call('oauth2_exchange_token', { attempt })).data).toMatchObject({ status: 'waiting' });
  });

  it('is given back to the program that began it, also where that wants to be registered', async () => {
    const { call, asked } = await host(yes);
    const begun = await call('oauth2_authorize', { open_browser: false });
    const again = await call('oauth2_register_client', { action: 'register' });
    expect(again.data).toMatchObject({ outcome: 'registered', attempt: begun.data['attempt'] });
    expect(asked).toHaveLength(1);
  });

  it('is finished by the program that began it, with the account that signed in', async () => {
    const { call, asked } = await host(yes);
    const begun = await call('oauth2_authorize', { open_browser: false });
    expect(asked).toEqual([expect.stringContaining('begin a sign-in at')]);
    const page = await (await fetch(String(begun.data['authorizationUrl']))).text();
    const { action, fields } = fillConsentForm(page, { allow: true, account: 'acme' });
    const target = new URL(action, String(begun.data['authorizationUrl']));
    const headers = { Origin: target.origin };
    const answered = await fetch(target, { method: 'POST', body: fields, headers, redirect: 'manual' });
    const redirect_url = new URL(answered.headers.get('location') ?? '', target).href;
    const finished = await call('oauth2_exchange_token', { attempt: begun.data['attempt'], redirect_url });
    expect(finished.data).toMatchObject({ status: 'signed-in' });
  });

  it('a program that was refused reads no names of connections', async () => {
    expect((await host(undefined)).instructions()).toContain('practice');
    await person.broker.decideProgram(person.connectionId, 'cursor', false);
    const refused = await host(undefined);
    expect(refused.instructions()).not.toContain('practice');
    expect(refused.instructions()).toContain('no connection for this program');
    expect((await host(undefined, 'n8n')).instructions()).toContain('practice');
  });
});

describe('a server that registers', () => {
  let stage: Stage;
  let resource: ProtectedMcpServer;
  let provider: OidcProvider;
  let id: string;
  beforeEach(async () => {
    stage = await openStage();
    resource = await startProtectedMcpServer();
    provider = await startOidcProvider({ resource: resource.resource, manages: true, device: true });
    await resource.trust(provider.issuer);
    id = await stage.connect(resource.resource);
    bridge = await testBridge(stage.broker, { platform: stage.host.platform, questionWaitMs: 20 });
    ends = [() => bridge.stop(), () => stage.close(), () => resource.stop(), () => provider.close()];
  });
  const registrations = () => provider.seen.filter((one) => one.includes('/reg'));
  const host = (answers: Answers) => hostFor(stage.broker, answers);

  it.each([
    ['oauth2_authorize', { open_browser: false }],
    ['oauth2_authorize', { way_in: 'device-code' }],
    ['oauth2_register_client', { action: 'register' }],
  ])('hears nothing before the yes: %s %j', async (name, input) => {
    const { call } = await host(undefined);
    await call(name, input);
    expect([provider.seen, stage.broker.signIns.isWaiting(id)]).toEqual([[], false]);
    expect(stage.broker.questions.list()).toHaveLength(1);
  });

  it('is registered at after a yes; the sign-in that waits is finished, and then it is read, and sent anew', async () => {
    const { call, asked } = await host(yes);
    const made = await call('oauth2_register_client', { action: 'register' });
    expect(asked).toEqual([expect.stringContaining('register at the authorization server')]);
    expect(asked[0]).toContain('begin a sign-in there');
    expect(made.data).toMatchObject({ outcome: 'registered', attempt: expect.any(String) });
    expect(registrations()).toEqual(['POST /reg']);
    const { clientId, attempt } = made.data;

    const waiting = await call('oauth2_authorize');
    expect(waiting.data).toMatchObject({ attempt });
    const redirect = await provider.consent(new URL(String(waiting.data['authorizationUrl'])));
    const finished = await call('oauth2_exchange_token', { attempt, redirect_url: redirect.href });
    expect(finished.data).toMatchObject({ status: 'signed-in' });

    const read = await call('oauth2_register_client');
    expect(read.data).toMatchObject({ outcome: 'read', clientId, issuer: provider.issuer, managed: true });
    expect((await call('oauth2_register_client', { action: 'update' })).data).toMatchObject({ outcome: 'updated' });
    expect((await call('oauth2_register_client', { action: 'register' })).text).toContain('registered at');
    expect(registrations()[0]).toBe('POST /reg');
    expect(
      registrations()
        .slice(1)
        .map((one) => one.split(' ')[0]),
    ).toEqual(['GET', 'PUT', 'GET']);
    for (const { registrationAccessToken, clientSecret } of stage.vault.list('registration')) {
      for (const secret of [registrationAccessToken, clientSecret]) {
        if (secret) expect([made, read, finished].map(({ whole }) => whole).join()).not.toContain(secret.open());
      }
    }
  });

  it('a yes to sending the registration anew is none to making one', async () => {
    const first = await host(yes);
    const { data } = await first.call('oauth2_authorize', { open_browser: false });
    const redirect = await provider.consent(new URL(String(data['authorizationUrl'])));
    await first.call('oauth2_exchange_token', { attempt: data['attempt'], redirect_url: redirect.href });
    const { call } = await host(undefined);
    const questions = () => stage.broker.questions.list();
    await call('oauth2_register_client', { action: 'update' });
    expect(questions()).toMatchObject([{ what: 'update-client' }]);
    stage.broker.questions.answer(questions()[0]?.id ?? '', true);
    expect((await call('oauth2_register_client', { action: 'register' })).text).toContain('call this tool again');
    expect(questions()).toMatchObject([{ what: 'register-client' }]);
  });
});
