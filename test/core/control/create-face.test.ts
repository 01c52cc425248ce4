/** The window's side of the broker: every question answered, faults in the person's language, changes gathered, nothing given away. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFace, type FaceBroker } from '../../../electron/core/control/create-face.ts';
import type { ControlHandlers } from '../../../electron/core/control/door.ts';
import type { Face, FaceHost } from '../../../electron/core/control/face.ts';
import { createRateLimit } from '../../../electron/core/control/rate-limit.ts';
import type { SettingsStore } from '../../../electron/core/settings/settings-store.ts';
import type { Activity } from '../../../shared/activity.ts';
import { controlTable } from '../../../shared/control.ts';
import { Fault } from '../../../shared/faults.ts';
import { type Settings, settingsSchema } from '../../../shared/settings.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { type WindowEvent, windowTable } from '../../../shared/window.ts';
import { eventually } from '../../fakes/line-host.ts';

const connection: Snapshot['connections'][number] = {
  id: 'id-1',
  name: 'planted-name',
  service: 'conexor',
  title: 'Planted title',
  resource: 'https://planted.example/mcp/planted/planted',
  host: 'planted.example',
  access: 'sign-in',
  speaks: 'mcp',
  wayIn: 'authorization-code',
  waysIn: [{ id: 'authorization-code', fields: [], keepsTyped: false, legacy: false }],
  state: 'unreachable',
  paused: false,
  retryAtMs: 30_000,
  accounts: [
    {
      id: 'planted-account-id',
      label: 'ada@planted.example',
      email: 'ada@planted.example',
      organisation: 'Planted Ltd',
      current: true,
      state: 'connected',
      requestedScopes: ['planted:scope'],
      grantedScopes: ['planted:scope'],
      neededScopes: [],
      addedAtMs: 0,
      expiresAtMs: 1_000,
      renewsItself: true,
      bound: false,
      wayIn: 'authorization-code',
    },
  ],
  clients: [{ name: 'planted program', door: 'stdio', access: 'asking', firstSeenAtMs: 0 }],
};

const waiting = (attempt: string) => ({
  signIn: {
    attempt,
    startedAtMs: 0,
    endsAtMs: 1,
    host: 'planted.example',
    requestedScopes: [],
    another: false,
    browserOpened: false,
  },
});
let signIns: [string, string] | undefined;

const snapshot = (): Snapshot => ({
  generation: 1,
  vault: { kind: 'keychain', note: 'planted note' },
  connections: [
    { ...connection, ...(signIns && waiting(signIns[0])) },
    {
      ...connection,
      ...(signIns && waiting(signIns[1])),
      id: 'id-2',
      resource: 'https://other.example/mcp',
      host: 'other.example',
    },
  ],
  pendingRevocations: [],
  questions: [],
  localClients: [{ name: 'planted client', createdAtMs: 0 }],
});

const entry = (id: number, more: Partial<Activity> = {}): Activity => ({
  id,
  atMs: 0,
  connectionId: 'id-1',
  connection: 'Planted title',
  account: 'ada@planted.example',
  program: 'planted program',
  what: 'tool',
  tool: 'planted_tool',
  outcome: 'unreachable',
  ...more,
});

let face: Face;
let asked: { method: string; argument: unknown }[] = [];
let changed: () => void;
let happened: (entry: Activity) => void;
let settings: Settings;
let logged: string[] = [];
let answers: Record<string, unknown> = {};
let host: FaceHost;
let did: string[] = [];

function build(more: Partial<FaceHost> = {}): void {
  const handlers = Object.fromEntries(
    Object.keys(controlTable).map((method) => [
      method,
      async (argument: unknown) => {
        asked.push({ method, argument });
        const answer = answers[method];
        if (answer instanceof Error) throw answer;
        return answer ?? {};
      },
    ]),
  ) as unknown as ControlHandlers;
  const broker: FaceBroker = {
    signIns: {
      find: (attempt) => {
        if (attempt === 'gone') throw new Fault('sign-in-unknown');
        return {
          id: attempt,
          connectionId: 'id-1',
          host: 'planted.example',
          permissions: [],
          ...(attempt === 'open' ? {} : { authorizationUrl: `https://planted.example/consent?state=${attempt}` }),
        };
      },
      handOut: async (attempt) => {
        if (attempt === 'gone') throw new Fault('sign-in-unknown');
        return attempt === 'open' ? undefined : `https://planted.example/consent?state=${attempt}`;
      },
      openBrowser: async (attempt) => {
        if (attempt === 'no-browser') throw new Fault('browser-unavailable');
        did.push(`opened ${attempt}`);
      },
      outcome: async (attempt) =>
        attempt === 'failed'
          ? { kind: 'failed', fault: new Fault('client-refused', { subject: 'planted.example' }) }
          : { kind: 'denied' },
    },
    snapshot,
    subscribe: (listener) => {
      changed = listener;
      return () => undefined;
    },
    activity: (connectionId, limit = 500) =>
      [entry(3), entry(2, { connectionId: 'id-9', outcome: 'planted!' }), entry(1, { outcome: 'done' })]
        .filter((one) => connectionId === undefined || one.connectionId === connectionId)
        .slice(0, limit),
    clientReplacedBy: ({ clientId }) => (clientId === 'another' ? 'sales' : undefined),
    onActivity: (listener) => {
      happened = listener;
      return () => undefined;
    },
  };
  const heard = new Set<(now: Settings) => void>();
  const store: SettingsStore = {
    get: () => settings,
    change: async (change) => {
      settings = settingsSchema.parse({ ...settings, ...change });
      for (const listener of heard) listener(settings);
      return settings;
    },
    subscribe: (listener) => {
      heard.add(listener);
      return () => heard.delete(listener);
    },
  };
  host = {
    kind: 'desktop',
    system: 'linux',
    systemLanguages: ['tr', 'es-MX'],
    newPrograms: 'ask',
    hasTray: () => true,
    startAtLogin: () => 'off',
    quit: () => did.push('quit'),
    ...more,
  };
  face = createFace({
    handlers,
    broker,
    settings: store,
    imports: {
      find: async (_, language) => {
        did.push(`looked (${language})`);
        return [];
      },
      take: async ({ servers }, language) => {
        did.push(`took ${servers} (${language})`);
        return { servers: [] };
      },
      removeBackups: async (path) => [`${path}`],
    },
    host,
    status: () => ({
      version: '1.2.3',
      pid: 1,
      dataDir: '/home/planted/data',
      socketPath: '/home/planted/data/broker.sock',
      httpUrl: 'http://127.0.0.1:4748',
      wantedPort: 4747,
      keychain: 'GNOME Keyring',
      startedAtMs: 0,
      nowMs: 5_000,
    }),
    log: (_level, message, facts) => logged.push(`${message} ${JSON.stringify(facts)}`),
  });
}

beforeEach(() => {
  asked = [];
  logged = [];
  answers = {};
  did = [];
  signIns = undefined;
  settings = settingsSchema.parse({});
  build();
});
afterEach(() => vi.useRealTimers());

const result = async (method: string, argument: unknown = {}) => {
  const answer = await face.ask(method, argument);
  if (!answer.ok) throw new Error(JSON.stringify(answer.fault));
  return answer.result;
};
const fault = async (method: unknown, argument: unknown = {}) => {
  const answer = await face.ask(method as string, argument);
  if (answer.ok) throw new Error('it was answered');
  return answer.fault;
};

describe('questions', () => {
  it('that the command line has as well are passed on as they are', async () => {
    answers = {
      setPaused: { changed: 2, more: 'is left out' },
      examine: { keychain: { status: 'ok', label: 'x' }, services: [] },
    };
    expect(await result('setPaused', { connection: 'id-1', paused: true, more: 1 })).toEqual({ changed: 2 });
    await result('unlock');
    await result('cancelSignIn', { attempt: 'a' });
    expect(asked).toEqual([
      { method: 'setPaused', argument: { connection: 'id-1', paused: true } },
      { method: 'unlock', argument: {} },
      { method: 'cancelSignIn', argument: { attempt: 'a' } },
    ]);
  });

  it('for the state are answered with what the host knows, in the person’s language', async () => {
    expect(await result('state')).toEqual(face.state());
    expect(face.state().app).toEqual({
      kind: 'desktop',
      version: '1.2.3',
      system: 'linux',
      language: 'es',
      dataDir: '/home/planted/data',
      httpUrl: 'http://127.0.0.1:4748',
      wantedPort: 4747,
      keychain: 'GNOME Keyring',
      tray: true,
      startAtLogin: 'off',
      newPrograms: 'ask',
    });
    expect(await result('changeSettings', { language: 'en', newPrograms: 'allow' })).toMatchObject({
      settings: { language: 'en', theme: 'system' },
      app: { language: 'en', newPrograms: 'allow' },
    });
  });

  it('about activity give the newest, of one connection where it is named', async () => {
    const ids = async (argument: object) =>
      ((await result('activity', argument)) as { entries: Activity[] }).entries.map(({ id }) => id);
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ connection: 'id-1', limit: 1 })).toEqual([3]);
  });

  it('about a sign-in concern its own page only', async () => {
    expect(await fault('openSignIn', { attempt: 'a' })).toMatchObject({ fault: 'sign-in-unknown' });
    expect(await fault('signInLink', { attempt: 'a' })).toMatchObject({ fault: 'sign-in-unknown' });
    signIns = ['a', 'no-browser'];
    expect(await result('openSignIn', { attempt: 'a' })).toEqual({ browserOpened: true });
    expect(await result('openSignIn', { attempt: 'no-browser' })).toEqual({ browserOpened: false });
    expect(did).toEqual(['opened a']);
    expect(await result('signInLink', { attempt: 'a' })).toEqual({ url: 'https://planted.example/consent?state=a' });
    signIns = ['open', 'gone'];
    expect(await fault('signInLink', { attempt: 'open' })).toMatchObject({ fault: 'sign-in-unknown' });
    expect(await fault('signInLink', { attempt: 'gone' })).toMatchObject({ fault: 'sign-in-unknown' });
    answers = { signInOutcome: { kind: 'denied' } };
    expect(await result('signInOutcome', { attempt: 'a' })).toEqual({ kind: 'denied' });
    expect(await result('signInOutcome', { attempt: 'failed' })).toEqual({
      kind: 'failed',
      fault: 'client-refused',
      what: 'Planted title · planted/planted no acepta este ID de cliente o su secreto.',
      next: expect.any(String),
    });
  });

  it('for what this host cannot do are answered with that', async () => {
    expect(await result('copyText', { text: 'x' })).toEqual({ copied: false });
    expect(await result('openDataFolder')).toEqual({ opened: false });
    expect(await result('openHelp', { page: 'conexor' })).toEqual({ url: 'https://app.conexor.io/', opened: false });
    expect(await fault('setStartAtLogin', { on: true })).toMatchObject({ fault: 'input-invalid' });
    expect(await fault('openHelp', { page: 'https://evil.example' })).toMatchObject({ fault: 'input-invalid' });
    build({
      copyText: async (text) => void did.push(`copied ${text}`),
      openDataFolder: async () => void did.push('folder'),
      openHelp: async (page) => void did.push(`help ${page}`),
      setStartAtLogin: async (on) => void did.push(`start ${on}`),
    });
    expect(await result('copyText', { text: 'x' })).toEqual({ copied: true });
    expect(await result('openDataFolder')).toEqual({ opened: true });
    expect(await result('openHelp', { page: 'claude' })).toMatchObject({ opened: true });
    await result('setStartAtLogin', { on: true });
    await result('quit');
    expect(did).toEqual(['copied x', 'folder', 'help claude', 'start true', 'quit']);
  });

  it('about what was pasted are read, and one server of it is connected with its secret', async () => {
    answers = { addConnection: { connection, added: true } };
    const text = JSON.stringify({
      mcpServers: {
        sales: {
          url: 'https://app.conexor.io/mcp/acme/sales-api',
          oauth: { clientId: 'c', clientSecret: 'sk-planted', scopes: ['mcp:tools:read'] },
        },
        'planted-name': { url: 'https://mcp.example/mcp' },
      },
    });
    const read = await result('readPasted', { text });
    expect(read).toMatchObject({ kind: 'block', servers: [{ name: 'sales', hasSecret: true }, {}] });
    expect(JSON.stringify(read)).not.toContain('sk-planted');
    expect(await result('addPasted', { text, server: 'sales' })).toMatchObject({ added: true });
    // A name that is taken is no reason to refuse: the next one is.
    await result('addPasted', { text, server: 'planted-name' });
    expect(asked.map(({ argument }) => argument)).toEqual([
      {
        target: 'https://app.conexor.io/mcp/acme/sales-api',
        name: 'sales',
        clientId: 'c',
        clientSecret: 'sk-planted',
        scopes: ['mcp:tools:read'],
      },
      { target: 'https://mcp.example/mcp', name: 'planted-name-2' },
    ]);
    expect(await fault('addPasted', { text, server: 'none' })).toMatchObject({ fault: 'input-invalid' });
    const another = JSON.stringify({ sales: { url: 'https://mcp.example/mcp', clientId: 'another' } });
    expect(await result('readPasted', { text: another })).toMatchObject({ servers: [{ replaces: 'sales' }] });
    expect(await result('readPasted', { text: 'http://shop.example/mcp' })).toMatchObject({
      kind: 'unusable',
      fault: { next: expect.stringMatching(/^Usa/) },
    });
  });

  it('about what other programs wrote down name no file but that program’s, and are answered in the person’s language', async () => {
    const source = { kind: 'claude-desktop', path: '/home/planted/claude.json' };
    expect(await result('findImports', { source: { kind: 'file', path: '/etc/passwd' } })).toEqual({ found: [] });
    expect(await result('importServers', { source, servers: ['a'], clean: 'secret' })).toEqual({ servers: [] });
    for (const other of [
      { kind: 'file', path: '/etc/passwd' },
      { kind: 'text', text: '{}' },
    ]) {
      const asking = { source: other, servers: ['a'], clean: 'nothing' };
      expect(await fault('importServers', asking)).toMatchObject({ fault: 'input-invalid' });
    }
    expect(await result('removeBackups', { path: '/etc' })).toEqual({ removed: ['undefined'] });
    expect(did).toEqual(['looked (es)', 'took a (es)']);
  });

  it('that nobody knows are refused, whatever they are called', async () => {
    for (const method of ['stop', 'localClientKey', 'nothing', '', '__proto__', 'constructor', 'toString', 7, {}]) {
      expect(await fault(method)).toMatchObject({ fault: 'input-invalid' });
    }
    expect(asked).toEqual([]);
  });

  it('with a wrong argument are refused without repeating it', async () => {
    for (const argument of [null, 7, 'x', [], { paused: 'sk-planted' }]) {
      const refused = await fault('setPaused', argument);
      expect(refused).toMatchObject({ fault: 'input-invalid' });
      expect(JSON.stringify([refused, logged])).not.toContain('sk-planted');
    }
    expect(asked).toEqual([]);
  });

  it('that fail inside say so, and the log has the kind of error only', async () => {
    answers = { unlock: new TypeError('sk-planted'), retry: { not: 'a connection' } };
    expect(await fault('unlock')).toEqual({ fault: 'internal', what: expect.any(String), next: expect.any(String) });
    expect(await fault('retry', { connection: 'x' })).toMatchObject({ fault: 'internal' });
    expect(logged).toEqual([expect.stringContaining('TypeError'), expect.stringContaining('ZodError')]);
    expect(logged.join()).not.toContain('sk-planted');
  });

  it('have an answer each', async () => {
    for (const method of Object.keys(windowTable)) {
      const answer = await face.ask(method, {});
      if (!answer.ok) expect(answer.fault.fault).toMatch(/^(input-invalid|internal)$/);
    }
  });

  it('of a page gone wild are refused until it is calm, and others are still heard', async () => {
    const many = await Promise.all(Array.from({ length: 300 }, () => face.ask('unlock', {}, 'tab 1')));
    const refused = many.filter((answer) => !answer.ok);
    expect(refused.length).toBeGreaterThan(150);
    expect(refused[0]).toMatchObject({ fault: { fault: 'rate-limited' } });
    expect(await face.ask('unlock', {}, 'tab 2')).toMatchObject({ ok: true });
  });
});

it('a rate limit lets through as many a second, and forgets who is silent', () => {
  let nowMs = 0;
  const may = createRateLimit(10, () => nowMs);
  const passed = (caller: string, times: number) =>
    Array.from({ length: times }, () => may(caller)).filter(Boolean).length;
  expect(passed('a', 50)).toBe(10);
  nowMs += 500;
  expect(passed('a', 50)).toBe(5);
  nowMs += 60_000;
  expect(passed('a', 50)).toBe(10);
  for (let n = 0; n < 300; n++) may(`other ${n}`);
  expect(passed('a', 50)).toBe(10);
});

describe('events', () => {
  const states = (events: readonly WindowEvent[]) => events.filter(({ kind }) => kind === 'state').length;

  it('begin with the present state; a burst of changes is one more, soon', async () => {
    const events: WindowEvent[] = [];
    const stop = face.subscribe((event) => events.push(event));
    expect(states(events)).toBe(1);
    for (let n = 0; n < 1_000; n++) changed();
    expect(states(events)).toBe(1);
    await eventually(() => states(events) === 2);
    stop();
    changed();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(states(events)).toBe(2);
  });

  it('of a broker that changes all the time are at most one in 30 ms, and never late', () => {
    vi.useFakeTimers();
    build();
    const atMs: number[] = [];
    face.subscribe(() => atMs.push(performance.now()));
    atMs.length = 0;
    for (let n = 0; n < 300; n++) {
      changed();
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(30);
    expect(atMs.length).toBeGreaterThanOrEqual(9);
    expect(atMs.length).toBeLessThanOrEqual(12);
    const gaps = atMs.slice(1).map((one, n) => one - (atMs[n] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(31);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cost nothing while nobody listens', () => {
    vi.useFakeTimers();
    build();
    changed();
    face.hostChanged();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('come from settings, host and activity too, to everybody, and past a listener that fails', async () => {
    const events: WindowEvent[] = [];
    face.subscribe(() => {
      throw new Error('closed');
    });
    face.subscribe((event) => events.push(event));
    happened(entry(7));
    face.show({ name: 'settings' });
    await result('changeSettings', { theme: 'dark' });
    await eventually(() => states(events) === 2);
    expect(events).toContainEqual({ kind: 'activity', entry: entry(7) });
    expect(events).toContainEqual({ kind: 'page', page: { name: 'settings' } });
    expect(events.at(-1)).toMatchObject({ kind: 'state', state: { settings: { theme: 'dark' } } });
    face.hostChanged();
    await eventually(() => states(events) === 3);
    expect(logged.join()).toContain('a listener of the window failed');
  });
});

describe('diagnostics', () => {
  it('say how things are, and name nobody and nothing', async () => {
    answers = {
      examine: {
        keychain: { status: 'failed', label: 'GNOME Keyring', reason: 'planted reason' },
        services: [
          { host: 'planted.example', reachable: true, clockAheadMs: 7_200_000 },
          { host: 'other.example', reachable: false, fault: 'tls-refused' },
        ],
      },
    };
    const { text } = (await result('diagnostics')) as { text: string };
    for (const line of [
      'Conexor 1.2.3, desktop, 1970-01-01T00:00:05.000Z',
      'Local port: 4748, wanted 4747',
      'Keychain: GNOME Keyring, failed; sign-ins kept in: keychain',
      'service 1 (conexor): unreachable, tries again in 25 s, accounts: connected (current), renews itself, access until 1970-01-01T00:00:01.000Z, programs: stdio asking',
      "service 1: reachable, this computer's clock is 7200 s ahead",
      'service 2: not reachable (tls-refused)',
      '1970-01-01T00:00:00.000Z tool, service 1: unreachable',
      'tool, a removed service: unknown',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toMatch(/planted|ada|example|\/home|done/i);
  });
});
