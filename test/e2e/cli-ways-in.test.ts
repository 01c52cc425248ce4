/**
 * One journey for each row of SERVICES.md, service by way in, through the built command line: connect, list, use, sign
 * out, with the exit codes that are promised and no secret in anything that was printed. The practice services and
 * oidc-provider are at the other end.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startClientCredentialsApi } from '../../electron/practice/client-credentials-api.ts';
import { startConnexease } from '../../electron/practice/connexease/service.ts';
import { startPractice } from '../../electron/practice/service.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { type ConnectionView, snapshotSchema } from '../../shared/snapshot.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { answerConsent } from '../fakes/consent.ts';
import { startOidcProvider } from '../fakes/oidc-provider.ts';
import { startProtectedMcpServer } from '../fakes/protected-mcp-server.ts';
import { openTerminal, type Said, type Terminal, until } from './terminal.ts';

const { conexor, connexease: user, api: client } = practiceCredentials;

let terminal: Terminal;
let stops: (() => Promise<void>)[] = [];
let at: {
  readonly practice: string;
  readonly practiceBase: string;
  readonly connexease: string;
  readonly api: string;
  readonly notes: string;
  readonly oidc: Awaited<ReturnType<typeof startOidcProvider>>;
};

beforeAll(async () => {
  const [opened, practice, connexease, api, notes] = await Promise.all([
    openTerminal(),
    startPractice(),
    startConnexease(),
    startClientCredentialsApi(),
    startProtectedMcpServer(),
  ]);
  terminal = opened;
  const oidc = await startOidcProvider({
    resource: notes.resource,
    device: true,
    clients: [
      {
        client_id: 'nightly report',
        client_secret: 'planted+oidc/secret%~',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
  });
  await notes.trust(oidc.issuer);
  stops = [practice.stop, connexease.stop, api.stop, notes.stop, oidc.close];
  at = {
    practice: practice.resource,
    practiceBase: practice.baseUrl,
    connexease: connexease.baseUrl,
    api: api.baseUrl,
    notes: notes.resource,
    oidc,
  };
  await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
});
afterAll(async () => {
  await terminal?.stop();
  await Promise.all(stops.map((stop) => stop()));
});

/** What a journey that failed half-way has left is not the next one's trouble. */
afterEach(async () => {
  const { connections } = snapshotSchema.parse((await terminal.json('list')).value);
  for (const { name } of connections) await terminal.run('remove', name);
});

/** A command with something on its standard input. */
async function give(text: string, ...words: string[]): Promise<Said> {
  const command = terminal.begin(words);
  command.child.stdin?.end(text);
  return command.ended;
}

const connections = async (): Promise<readonly ConnectionView[]> =>
  snapshotSchema.parse((await terminal.json('list')).value).connections;

/** Of a web API: through the local address that the command line prints, with its key. */
async function fetched(path: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const said = await terminal.run('url');
  const [, url, key] = /^Address: {2}(\S+)\nHeader: {3}Authorization: Bearer (\S+)$/m.exec(said.stdout) ?? [];
  expect(said.stdout, 'a command in which no key is typed').toContain(
    `  curl -H "Authorization: Bearer $KEY" ${url}/\n`,
  );
  expect(said.stdout.split(key ?? 'no key')).toHaveLength(2);
  expect(said.stdout, 'what assistants are given').toContain(
    `${url?.replace('/api/', '/mcp/')} (with the same header)`,
  );
  expect(said.stdout).toMatch(/ {2}by command: {2}\S+ \S*relay\.cjs .*--client script --connection journey$/m);
  const headers = { ...init.headers, authorization: `Bearer ${key}` };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  return [response.status, await response.text()];
}

const called = async (tool: string) => {
  const said = await terminal.run('call', tool);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  return said.stdout;
};

interface Row {
  readonly service: string;
  readonly way: WayInId;
  /** Words after `conexor connect`. */
  readonly target: () => readonly string[];
  readonly fields: GivenFields;
  /** What of it nobody may ever read. */
  readonly secrets: readonly string[];
  /** Uses the access; gives what shows that it worked. */
  readonly use: () => Promise<unknown>;
  readonly worked: unknown;
  /** There is nothing at its address itself that a first call could show. */
  readonly bare?: true;
  /** What is said of where it is kept. */
  readonly kept: RegExp;
}

const sealed = /sealed file/;
const mine = (secret: string) => ({ secrets: [secret] });

const rows: readonly Row[] = [
  {
    service: 'Conexor',
    way: 'client-credentials',
    target: () => [at.practice, '--service', 'practice'],
    fields: { 'client-id': conexor.clientId, 'client-secret': conexor.clientSecret },
    ...mine(conexor.clientSecret),
    use: () => called('whoami'),
    worked: expect.stringContaining('"organisation":"acme"'),
    kept: /because renewing needs it/,
  },
  {
    service: 'Conexor',
    way: 'password-login',
    target: () => [at.practice, '--service', 'practice'],
    fields: { email: conexor.email, password: conexor.password },
    ...mine(conexor.password),
    use: () => called('whoami'),
    worked: expect.stringContaining(conexor.email),
    kept: /your password is not/,
  },
  {
    service: 'Conexor',
    way: 'api-key',
    target: () => [at.practice, '--service', 'practice'],
    fields: { 'api-key': conexor.apiKey },
    ...mine(conexor.apiKey),
    use: () => called('whoami'),
    worked: expect.stringContaining('"organisation":"acme"'),
    kept: sealed,
  },
  {
    service: 'Conexor agents',
    way: 'api-key',
    target: () => [at.practiceBase, '--service', 'practice-agent'],
    fields: { 'api-key': conexor.agentKey },
    ...mine(conexor.agentKey),
    use: () =>
      fetched('/api/plugins/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"night shift"}',
      }),
    worked: [201, expect.stringContaining('"name":"night shift"')],
    bare: true,
    kept: sealed,
  },
  {
    service: 'Connexease',
    way: 'access-token',
    target: () => [at.connexease, '--service', 'practice-connexease'],
    fields: { 'access-token': user.accessToken },
    ...mine(user.accessToken),
    use: () => fetched('/agents/'),
    worked: [200, expect.stringContaining('"count":3')],
    kept: sealed,
  },
  {
    service: 'Connexease',
    way: 'jwt-login',
    target: () => [at.connexease, '--service', 'practice-connexease'],
    fields: { username: user.username, password: user.password },
    ...mine(user.password),
    use: () => fetched('/conversations/?page=2'),
    worked: [200, expect.stringContaining('"page=3'.slice(1))],
    kept: /because renewing needs it/,
  },
  {
    service: 'An API with client credentials over Basic',
    way: 'client-credentials',
    target: () => [at.api, '--service', 'practice-api'],
    fields: { 'client-id': client.clientId, 'client-secret': client.clientSecret },
    ...mine(client.clientSecret),
    use: () => fetched('/v2/account'),
    worked: [200, `{"id":"${client.clientId}","plan":"practice"}`],
    kept: /because renewing needs it/,
  },
  {
    service: 'Any web API, its token endpoint by hand',
    way: 'client-credentials',
    target: () => [at.api, '--service', 'web-api', '--token-endpoint', `${at.api}/oauth/v2/token`],
    fields: { 'client-id': client.clientId, 'client-secret': client.clientSecret },
    ...mine(client.clientSecret),
    use: () => fetched('/v2/reports'),
    worked: [200, '{"reports":["January","February","March"]}'],
    kept: /because renewing needs it/,
  },
  {
    service: 'Any web API',
    way: 'access-token',
    target: () => [at.connexease, '--service', 'web-api'],
    fields: { 'access-token': user.accessToken },
    ...mine(user.accessToken),
    use: () => fetched('/agents/'),
    worked: [200, expect.stringContaining('"count":3')],
    kept: sealed,
  },
  {
    service: 'Any web API, its header by name',
    way: 'api-key',
    target: () => [`${at.practiceBase}/api/plugins/register`, '--service', 'web-api', '--header-name', 'X-API-Key'],
    fields: { 'api-key': conexor.agentKey },
    ...mine(conexor.agentKey),
    use: () =>
      fetched('', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"by hand"}' }),
    worked: [201, expect.stringContaining('"name":"by hand"')],
    bare: true,
    kept: sealed,
  },
  {
    service: 'Any MCP server',
    way: 'client-credentials',
    target: () => [at.notes],
    fields: { 'client-id': 'nightly report', 'client-secret': 'planted+oidc/secret%~' },
    ...mine('planted+oidc/secret%~'),
    use: () => terminal.run('tools').then(({ code }) => code),
    worked: 0,
    kept: /because renewing needs it/,
  },
  {
    service: 'Any MCP server',
    way: 'api-key',
    target: () => [at.practice, '--service', 'mcp', '--header-name', 'x-api-key'],
    fields: { 'api-key': conexor.apiKey },
    ...mine(conexor.apiKey),
    use: () => called('whoami'),
    worked: expect.stringContaining('"organisation":"acme"'),
    kept: sealed,
  },
];

function expectNoSecret(secrets: readonly string[]): void {
  const printed = terminal.printed.join('');
  for (const secret of secrets) expect(printed.includes(secret), 'a secret was printed').toBe(false);
}

describe('with what a service gave', () => {
  it.each(rows.map((row) => [row.service, row.way, row] as const))(
    '%s, %s',
    { timeout: 60_000 },
    async (_service, way, row) => {
      const words = ['connect', ...row.target(), '--way', way, '--name', 'journey'];
      const needed = await terminal.run(...words);
      expect(needed).toMatchObject({ code: 2, stdout: '' });
      expect(needed.stderr).toContain('--fields-from');
      for (const name of Object.keys(row.fields)) expect(needed.stderr).toContain(name);
      expect(await connections(), 'nothing is left of a sign-in that did not begin').toEqual([]);

      const wrong = Object.fromEntries(Object.keys(row.fields).map((name) => [name, 'planted-wrong']));
      const refused = await give(JSON.stringify(wrong), ...words, '--fields-from', '-');
      expect(refused.code).toBe(1);
      expect(refused.stderr.split('\n')).toHaveLength(3);
      expect(await connections()).toEqual([]);

      const said = await give(JSON.stringify(row.fields), ...words, '--fields-from', '-');
      expect(said).toMatchObject({ code: 0, stderr: '' });
      expect(said.stdout).toMatch(
        row.bare
          ? /^Signed in as .+\. It answered a first call without refusing the access\.$/m
          : /^Signed in as .+\. A first call has worked\.$/m,
      );
      expect(said.stdout).toMatch(row.kept);

      const [connection] = await connections();
      expect(connection).toMatchObject({ name: 'journey', state: 'connected', wayIn: way, accounts: [{ wayIn: way }] });
      expect((await terminal.run('accounts')).stdout).toContain('Signed in ');
      expect(await row.use()).toEqual(row.worked);
      expect(await terminal.json('validate')).toMatchObject({ code: 0, value: { active: 'yes' } });

      const renamed = await terminal.run('rename', connection?.accounts[0]?.label ?? '', 'Night shift');
      expect(renamed).toMatchObject({ code: 0, stdout: 'It is called Night shift now.\n' });
      expect((await terminal.run('doctor')).code).toBe(0);

      expect(await terminal.json('revoke', 'Night')).toMatchObject({ code: 0, value: { account: 'Night shift' } });
      expect((await terminal.run('validate')).code).toBe(3);
      expect((await terminal.run('remove', 'journey')).code).toBe(0);
      expectNoSecret([...row.secrets, 'planted-wrong']);
    },
  );
});

describe('in the browser', () => {
  it('Conexor, with a client that has a secret', async () => {
    const command = terminal.begin(
      ['connect', at.practice, '--service', 'practice', '--client-id', conexor.clientId, '--no-browser'],
      { CONEXOR_CLIENT_SECRET: conexor.clientSecret },
    );
    const [address] = await command.says(/http:\/\/\S+\?response_type=\S+/);
    await answerConsent(address, { allow: true, account: 'globex' });
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await called('whoami')).toContain('globex');
    expect(await terminal.json('registration')).toMatchObject({
      code: 0,
      value: { clientId: conexor.clientId, source: 'given', outcome: 'not-managed' },
    });
    expect((await terminal.run('registration', 'delete')).code).toBe(1);
    expect((await terminal.json('revoke')).value).toMatchObject({ service: 'cancelled', proof: 'refused' });
    await terminal.run('remove', 'practice');
    expectNoSecret([conexor.clientSecret]);
  });

  it('any MCP server, finished by the address at which the browser ended', async () => {
    const command = terminal.begin(['connect', at.notes, '--name', 'notes', '--no-browser']);
    const [address] = await command.says(/http:\/\/\S+[?&]response_type=\S+/);
    const landed = await at.oidc.consent(new URL(address));
    const none = await give('http://127.0.0.1/callback?state=another&code=x', 'finish');
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toMatch(/^The pasted address at "127\.0\.0\.1" is not the one/);
    expect(await give(`  ${landed.href}\n`, 'finish', '-c', 'notes')).toMatchObject({
      code: 0,
      stdout: 'Delivered. Whoever waits for the sign-in to notes goes on now.\n',
    });
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await terminal.run('finish')).toMatchObject({ code: 1, stdout: '' });
    expect(await terminal.json('validate')).toMatchObject({ code: 0, value: { active: 'yes' } });
    expect(await terminal.json('registration', 'read')).toMatchObject({ value: { source: 'dynamic' } });
    expect((await terminal.json('revoke')).value).toMatchObject({ service: 'cancelled' });
    expect((await terminal.run('remove', 'notes')).code).toBe(0);
    expectNoSecret([landed.searchParams.get('code') ?? 'none']);
  });
});

describe('by a code', () => {
  it('any MCP server: prints page and code, waits, and is shown in the list meanwhile', async () => {
    const command = terminal.begin(['connect', at.notes, '--name', 'notes', '--way', 'device-code']);
    const [, page = ''] = await command.says(/^Page: {2}(\S+)$/m);
    const [, code = ''] = await command.says(/^Code: {2}(\S+)$/m);
    await until(async () => (await terminal.run('list')).stdout.includes(`notes: Type ${code} at ${page}`));
    expect(await at.oidc.typeCode(page, code)).not.toContain('error');
    const said = await command.ended;
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout, 'no picture where nobody looks').not.toMatch(/[█▀▄]/);
    expect((await terminal.run('tools')).code).toBe(0);
    expect((await connections())[0]).toMatchObject({ wayIn: 'device-code', accounts: [{ wayIn: 'device-code' }] });
    expect((await terminal.json('revoke')).value).toMatchObject({ service: 'cancelled' });
    await terminal.run('remove', 'notes');
  });

  it('is told as JSON before the wait, and refusing it is an answer', async () => {
    const command = terminal.begin(['connect', at.notes, '--way', 'device-code', '--json']);
    const [, page = '', code = ''] = await command.says(/^(http\S+) (\S+)$/m);
    await at.oidc.typeCode(page, code, { deny: true });
    const said = await command.ended;
    expect(said.code).toBe(1);
    expect(JSON.parse(said.stdout)).toMatchObject({ kind: 'denied' });
    expect(await connections()).toEqual([]);
  });

  it('is cancelled by Ctrl+C, and nothing is left', async () => {
    const command = terminal.begin(['connect', at.notes, '--way', 'device-code']);
    await command.says(/^Code: /m);
    command.child.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130 });
    expect(await connections()).toEqual([]);
  });
});

describe('what is not there', () => {
  it('a way in, a service, a field: one sentence, and what there is', async () => {
    const way = await terminal.run('connect', at.connexease, '--service', 'practice-connexease', '--way', 'api-key');
    expect(way).toMatchObject({ code: 2, stdout: '' });
    expect(way.stderr).toContain('access-token, jwt-login');
    const noWay = await terminal.run('connect', at.practice, '--way', 'magic');
    expect(noWay).toMatchObject({ code: 2, stderr: expect.stringContaining('authorization-code, device-code') });
    const banana = await terminal.run('connect', 'practice-connexease', '--way', 'banana');
    expect(banana.stderr).toContain('Ways into Connexease (practice): access-token, jwt-login. ');
    expect(await terminal.run('import', '--way', 'banana', '-')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('one of these: authorization-code'),
    });
    for (const words of [['practise'], ['https://a.example/mcp', '--service', 'conexxor'], ['x', '--service', 'y']]) {
      const typo = await terminal.run('connect', ...words);
      expect(typo.code, typo.words).not.toBe(0);
      expect(typo.stderr, 'where all names are').toContain('npx conexor services');
    }
    const named = await terminal.run('connect', 'web-api');
    expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('connect <address> --service web-api') });
    const words = ['connect', at.practice, '--service', 'practice', '--way', 'api-key', '--fields-from'];
    for (const text of ['', '{"api-key": 1}', 'api-key', '{"apiKey":', 'no equals sign\napi-key=x']) {
      const said = await give(text, ...words, '-');
      expect(said).toMatchObject({ code: 2, stdout: '' });
      expect(said.stderr).toContain('one JSON object');
    }
    const unknown = await give('api-key=a\nplanted=hunter2', ...words, '-');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('takes api-key') });
    expect(unknown.words).not.toMatch(/planted|hunter/);
    expect(await terminal.run(...words, '/nonexistent/file')).toMatchObject({ code: 2 });
    expect(await connections()).toEqual([]);
  });

  it('a question to answer, a registration, an account', async () => {
    expect(await terminal.run('answer', 'x')).toMatchObject({ code: 2 });
    expect(await terminal.run('answer', 'x', 'yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('conexor list'),
    });
    expect(await terminal.run('rename', 'x')).toMatchObject({ code: 2 });
    expect(await terminal.run('registration', 'burn')).toMatchObject({ code: 2 });
    expect((await terminal.run('registration')).code).toBe(1);
  });

  it('services says all that can be connected, as JSON too', async () => {
    const { value } = await terminal.json('services');
    const all = value as { id: string; waysIn: { id: string }[] }[];
    const { stdout } = await terminal.run('services');
    for (const { id, waysIn } of all) {
      const line = stdout.split('\n').find((one) => one.startsWith(`${id} `)) ?? '';
      for (const way of waysIn) expect(line).toContain(way.id);
    }
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(['conexor', 'connexease', 'web-api', 'mcp']));
  });
});

describe('a practice service by its name', () => {
  let taken: Server | undefined;
  afterAll(() => taken?.close());

  it('is connected by nothing but that name, as the start text, the list and help say', async () => {
    const browser = await terminal.connect({ allow: true, account: 'acme' }, 'practice');
    expect(browser).toMatchObject({ code: 0, stderr: '' });
    const fields: Record<string, string> = {
      'practice-agent': `api-key=${conexor.agentKey}`,
      'practice-connexease': `access-token=${user.accessToken}`,
      'practice-api': `client-id=${client.clientId}\nclient-secret=${client.clientSecret}`,
    };
    const { value } = await terminal.json('services');
    const named = (value as { id: string; practice?: boolean }[]).flatMap((one) => (one.practice ? [one.id] : []));
    expect(named.sort()).toEqual(['practice', ...Object.keys(fields)].sort());
    for (const [service, text] of Object.entries(fields)) {
      expect(await give(text, 'connect', service, '--fields-from', '-'), service).toMatchObject({
        code: 0,
        stderr: '',
      });
    }
    expect((await connections()).map(({ service }) => service).sort()).toEqual(named);
    const renamed = ['connect', 'practice-agent', '--name', 'agents', '--fields-from', '-'];
    expect(await give(fields['practice-agent'] ?? '', ...renamed), 'what is here keeps its name').toMatchObject({
      code: 0,
      stdout: expect.stringContaining('keeps its name, practice-agent'),
    });
    const otherwise = ['connect', 'practice-agent', '--service', 'web-api', '--fields-from', '-'];
    expect(await give(fields['practice-agent'] ?? '', ...otherwise), 'and its rules').toMatchObject({
      code: 0,
      stdout: expect.stringContaining('by the rules of practice-agent and keeps them, so --service was left out.'),
    });
    for (const service of named) expect(await terminal.run('remove', service)).toMatchObject({ code: 0 });
  });

  it('is that service also where its own port is taken', async () => {
    // Somebody else's program; where one is there already, that is as good.
    const other = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => {
      other.once('error', () => resolve());
      other.listen(4802, '127.0.0.1', resolve);
    });
    taken = other;
    const said = await give(
      `access-token=${user.accessToken}\n`,
      'connect',
      'practice-connexease',
      '--fields-from',
      '-',
    );
    expect(said).toMatchObject({ code: 0, stderr: '' });
    const [connection] = await connections();
    expect(connection).toMatchObject({ service: 'practice-connexease', wayIn: 'access-token' });
    expect(
      (new URL(connection?.resource ?? 'x:').port as unknown) !== String((other.address() as AddressInfo)?.port),
    ).toBe(true);
    // A new key for the same account, by the name of the service.
    const again = await give(
      `access-token=${user.accessToken}`,
      'connect',
      'practice-connexease',
      '--fields-from',
      '-',
    );
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect((await connections())[0]?.accounts).toHaveLength(1);
    await terminal.run('remove', 'practice-connexease');
  });
});
