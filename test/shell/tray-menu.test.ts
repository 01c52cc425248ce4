/** The tray's menu, tooltip and icon for every state, in both languages, with any names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrayAction, TrayItem } from '../../electron/shell/tray-menu.ts';
import { trayIcon, trayMenu, trayTooltip } from '../../electron/shell/tray-menu.ts';
import { pageSchema } from '../../shared/pages.ts';
import { languages } from '../../shared/settings.ts';
import { type ConnectionView, type State, stateSchema } from '../../shared/snapshot.ts';
import type { WindowState } from '../../shared/window.ts';
import { windowTable } from '../../shared/window.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { account, client, connection, inState, question, stateWith } from './states.ts';

const en = wordsOf('en');

/** All items, menus in menus included. */
function flat(items: readonly TrayItem[]): TrayItem[] {
  return items.flatMap((one) => [one, ...flat(one.items ?? [])]);
}

const items = (state: WindowState, words = en) => flat(trayMenu(state, words).items);
const labels = (state: WindowState, words = en) => trayMenu(state, words).items.map((one) => one.label || '–');

function submenuOf(one: ConnectionView): readonly TrayItem[] {
  return items(stateWith([one])).find((entry) => entry.id === `service:${one.id}`)?.items ?? [];
}

function actionOf(state: WindowState, label: string): TrayAction | undefined {
  return items(state).find((one) => one.label === label)?.action;
}

describe('the whole menu', () => {
  it('stands in the order of the conventions', () => {
    const sales = connection('Sales', { clients: [client('Claude', { access: 'asking' })] });
    expect(labels(stateWith([sales, connection('Leads')]))).toEqual([
      'Connected: 2 services',
      'Claude asks for access…',
      '–',
      'Open Conexor',
      '–',
      'Sales',
      'Leads',
      '–',
      'Pause all',
      'Sign out of everything…',
      '–',
      'Start at login',
      '–',
      'Quit Conexor',
    ]);
  });

  it('begins with what is true', () => {
    const first = (state: WindowState) => {
      const [one] = trayMenu(state, en).items;
      expect(one?.enabled).toBe(false);
      return one?.label;
    };
    const out = (name: string) => connection(name, { state: 'sign-in-again' });
    expect(first(stateWith([]))).toBe('No services yet');
    expect(first(stateWith([connection('a')]))).toBe('Connected: 1 service');
    expect(first(stateWith([connection('a'), out('b')]))).toBe('1 needs you to sign in again');
    expect(first(stateWith([out('a'), inState('removed-by-service')]))).toBe('2 need you to sign in again');
    expect(first(stateWith([out('a'), inState('plan-limit')]))).toBe('2 need your attention');
    expect(first(stateWith([inState('paused')]))).toBe('Everything is paused');
    expect(first(stateWith([connection('a', { state: 'sign-in-again', accounts: [] })]))).toBe(
      'Not signed in anywhere',
    );
    expect(first(stateWith([connection('a'), inState('paused')]))).toBe('Connected: 1 service');
  });

  it('sorts services that need the person to the top', () => {
    const shown = trayMenu(stateWith([connection('fine'), inState('plan-limit')]), en).items.filter((one) => one.items);
    expect(shown[0]?.label).toBe('is-plan-limit – Plan limit reached');
  });

  it('a locked keychain leaves Unlock, the window and Quit', () => {
    const state = stateWith([], { snapshot: { vault: { kind: 'locked' } } });
    expect(labels(state)).toEqual([
      'Keychain locked',
      'Unlock',
      '–',
      'Open Conexor',
      '–',
      'Start at login',
      '–',
      'Quit Conexor',
    ]);
    expect(actionOf(state, 'Unlock')).toEqual({ kind: 'ask', method: 'unlock', argument: {} });
  });

  it('with nothing connected offers to add a service, and nothing to pause or sign out of', () => {
    expect(labels(stateWith([]))).toEqual([
      'No services yet',
      '–',
      'Open Conexor',
      '–',
      'Add a service…',
      '–',
      'Start at login',
      '–',
      'Quit Conexor',
    ]);
  });

  it('is bounded: fifteen services, three asking apps, twelve accounts', () => {
    const clients = Array.from({ length: 9 }, (_, n) => client(`App ${n}`, { access: 'asking' }));
    const accounts = Array.from({ length: 40 }, (_, n) => account(`a${n}@acme.example`, { current: n === 39 }));
    const many = Array.from({ length: 200 }, (_, n) => connection(`s${n}`, n === 0 ? { clients, accounts } : {}));
    const menu = trayMenu(stateWith(many), en);
    expect(menu.items.length).toBeLessThan(32);
    expect(labels(stateWith(many))).toEqual(expect.arrayContaining(['185 more in Conexor…', '6 more apps ask…']));
    const first = menu.items.find((one) => one.label === 's0')?.items ?? [];
    expect(first.filter((one) => one.type === 'radio')).toHaveLength(12);
    expect(first.filter((one) => one.checked).map((one) => one.label)).toEqual(['a39@acme.example']);
  });

  it('an app that asks at several services is one line, and leads to the apps', () => {
    const asks = { clients: [client('Cursor', { access: 'asking' })] };
    const state = stateWith([connection('a', asks), connection('b', asks)]);
    expect(labels(state).filter((text) => text.startsWith('Cursor'))).toHaveLength(1);
    expect(actionOf(state, 'Cursor asks for access…')).toEqual({ kind: 'show', page: { name: 'programs' } });
  });

  it('an entry that vanished from an app leads to where it is put back, and counts in tooltip and icon', () => {
    const state = stateWith([connection('sales')], {
      missing: [{ client: 'claude-desktop', title: 'Claude Desktop' }],
    });
    expect(actionOf(state, 'Claude Desktop has lost Conexor…')).toEqual({ kind: 'show', page: { name: 'programs' } });
    expect(trayTooltip(state, en)).toBe('Conexor: Claude Desktop has lost Conexor.');
    expect(trayIcon(state)).toBe('attention');
  });

  it('Rule 8 a sign-out that no service has confirmed is said', () => {
    const one = { id: 'r', subject: 'ana', host: 'h', requestedAtMs: 0, attempts: 1, nextAttemptAtMs: 0 };
    const state = stateWith([connection('a')], { snapshot: { pendingRevocations: [one] } });
    expect(actionOf(state, '1 sign-out not confirmed yet')).toEqual({ kind: 'show', page: { name: 'services' } });
  });

  it('Rule 9 a question of a program leads to the window, where all of it is read; nothing is answered in a menu', () => {
    const questions = ['1', '2', '3', '4', '5'].map((id) => question(id, { program: `Program ${id}` }));
    const state = stateWith([connection('sales')], { snapshot: { questions } });
    const shown = items(state).filter(({ id }) => id.startsWith('question'));
    expect(shown.map(({ label }) => label)).toEqual([
      'Program 1 has a question…',
      'Program 2 has a question…',
      'Program 3 has a question…',
      '2 more questions…',
    ]);
    for (const { action } of shown) expect(action).toEqual({ kind: 'show', page: { name: 'services' } });
    expect(trayIcon(state)).toBe('attention');
    expect(trayTooltip(state, en)).toContain('5 questions wait for your answer.');
    const named = question('1', { program: 'x'.repeat(200) });
    const [one] = items(stateWith([], { snapshot: { questions: [named] } })).filter(({ id }) => id === 'question:1');
    expect(one?.label.length).toBeLessThanOrEqual(40);
  });

  it('starts at login where that can be, and says what is in the way', () => {
    const item = (startAtLogin: WindowState['app']['startAtLogin']) =>
      items(stateWith([], { app: { startAtLogin } })).find((one) => one.id === 'start-at-login');
    expect(item('on')).toMatchObject({ checked: true, action: { method: 'setStartAtLogin', argument: { on: false } } });
    expect(item('off')).toMatchObject({ checked: false, action: { argument: { on: true } } });
    expect(item('needs-approval')?.action).toEqual({ kind: 'show', page: { name: 'settings' } });
    expect(item('unavailable')).toBeUndefined();
  });

  it('pauses all, resumes all, and both where some are paused', () => {
    const all = (state: WindowState) => labels(state).filter((text) => /all$/.test(text));
    expect(all(stateWith([connection('a')]))).toEqual(['Pause all']);
    expect(all(stateWith([inState('paused')]))).toEqual(['Resume all']);
    expect(all(stateWith([connection('a'), inState('paused')]))).toEqual(['Pause all', 'Resume all']);
    expect(actionOf(stateWith([connection('a')]), 'Pause all')).toEqual({
      kind: 'ask',
      method: 'setPaused',
      argument: { paused: true },
    });
  });

  it('signing out of everything says first what stops', () => {
    const menu = items(stateWith([connection('a')])).find((one) => one.id === 'sign-out-all')?.items ?? [];
    expect(menu.map((one) => [one.label, one.enabled])).toEqual([
      ['All apps lose all access at once', false],
      ['Sign out of everything', true],
    ]);
    expect(menu[1]?.action).toEqual({ kind: 'ask', method: 'signOutAll', argument: {} });
  });
});

describe("a service's submenu", () => {
  const plain = ['Sign in with another account…', '–', 'Pause', 'Sign out…', 'Details…'];
  const expected: Record<State, { title: string; begins: readonly string[]; main?: TrayAction }> = {
    connected: { title: 'is-connected', begins: [] },
    'signing-in': {
      title: 'is-signing-in – Signing in…',
      begins: ['Waiting for you in the browser', 'Open the page again', 'Cancel'],
      main: { kind: 'ask', method: 'cancelSignIn', argument: { attempt: 'attempt-1' } },
    },
    'sign-in-again': {
      title: 'is-sign-in-again – Sign in again',
      begins: ['Sign in again', 'Sign in again…'],
      main: { kind: 'show', page: { name: 'service', connection: 'connection is-sign-in-again', dialog: 'sign-in' } },
    },
    'permission-needed': {
      title: 'is-permiss…eeded – Needs a new permission',
      begins: ['Needs a new permission', 'Allow it…'],
      main: {
        kind: 'show',
        page: { name: 'service', connection: 'connection is-permission-needed', dialog: 'sign-in' },
      },
    },
    paused: { title: 'is-paused – Paused', begins: ['Paused'] },
    unreachable: {
      title: "is-unrea…able – Can't reach it right now",
      begins: ["Can't reach it right now", 'Try now'],
      main: { kind: 'ask', method: 'retry', argument: { connection: 'connection is-unreachable' } },
    },
    'plan-limit': {
      title: 'is-plan-limit – Plan limit reached',
      begins: ['Plan limit reached', 'What this means…'],
      main: { kind: 'show', page: { name: 'service', connection: 'connection is-plan-limit' } },
    },
    'removed-by-service': {
      title: 'is-remove…vice – Removed by the service',
      begins: ['Removed by the service', 'Sign in again…'],
      main: {
        kind: 'show',
        page: { name: 'service', connection: 'connection is-removed-by-service', dialog: 'sign-in' },
      },
    },
    'keychain-locked': {
      title: 'is-keychain-locked – Keychain locked',
      begins: ['Keychain locked', 'Unlock'],
      main: { kind: 'ask', method: 'unlock', argument: {} },
    },
  };

  it.each(stateSchema.options)('%s: its words and its one main action', (state) => {
    const one = inState(state);
    const wanted = expected[state];
    const entry = items(stateWith([one])).find((item) => item.id === `service:${one.id}`);
    expect(entry?.label.length).toBeLessThanOrEqual(40);
    expect(plainTitle(entry?.label)).toBe(plainTitle(wanted.title));
    const shown = (entry?.items ?? []).map((item) => item.label || '–');
    const accounts = ['ana@acme.example', ...plain].map((text) => (one.paused && text === 'Pause' ? 'Resume' : text));
    expect(shown).toEqual([...wanted.begins, ...(wanted.begins.length > 0 ? ['–'] : []), ...accounts]);
    if (wanted.main) {
      const main = entry?.items?.find((item) => item.label === wanted.begins.at(-1));
      expect(main?.action).toEqual(wanted.main);
    }
  });

  /** How much of a long name is left depends on the words behind it. */
  const plainTitle = (text: string | undefined) => text?.replace(/^\S*…\S*/, '…');

  it('switches accounts: one is checked, the others are one click away', () => {
    const one = connection('Sales', {
      accounts: [account('ana@acme.example'), account('ana@globex.example', { current: true })],
    });
    const radios = submenuOf(one).filter((item) => item.type === 'radio');
    expect(radios.map((item) => [item.label, item.checked])).toEqual([
      ['ana@acme.example', false],
      ['ana@globex.example', true],
    ]);
    expect(radios[0]?.action).toEqual({
      kind: 'ask',
      method: 'useAccount',
      argument: { connection: 'connection Sales', account: 'account ana@acme.example' },
    });
  });

  it('a code that waits to be typed is shown in the window, not opened from the menu', () => {
    const one = inState('signing-in');
    const device = { userCode: 'BDWP-HQLK', verificationUri: 'https://login.example/device' };
    const waits = { ...one, ...(one.signIn ? { signIn: { ...one.signIn, device } } : {}) };
    const shown = submenuOf(waits);
    expect(shown.map(({ label }) => label)).toContain('Waiting for you to type a code');
    expect(shown.map(({ label }) => label)).not.toContain('Open the page again');
    expect(shown.find(({ label }) => label === 'Show the code…')?.action).toEqual({
      kind: 'show',
      page: { name: 'service', connection: one.id, dialog: 'sign-in' },
    });
    expect(JSON.stringify(shown)).not.toContain('BDWP');
  });

  it('Rule 2 and 12: signing in shows its page in the window first, the tray opens no browser unasked', () => {
    const opening = (state: WindowState) =>
      items(state).filter((one) => one.action?.kind === 'ask' && one.action.method === 'openSignIn');
    for (const state of stateSchema.options) {
      expect(opening(stateWith([inState(state)])).length).toBe(state === 'signing-in' ? 1 : 0);
    }
    expect(actionOf(stateWith([connection('Sales')]), 'Sign in with another account…')).toEqual({
      kind: 'show',
      page: { name: 'service', connection: 'connection Sales', dialog: 'sign-in-another' },
    });
  });

  it('Sign out… says what stops and names the account', () => {
    const one = connection('Sales', { accounts: [account('ana@acme.example'), account('ben@acme.example')] });
    const menu = submenuOf(one).find((item) => item.label === 'Sign out…')?.items ?? [];
    expect(menu.map((item) => [item.label, item.enabled])).toEqual([
      ['Apps lose this access at once', false],
      ['Sign out of ana@acme.example', true],
      ['Sign out of ben@acme.example', true],
    ]);
    expect(menu[2]?.action).toEqual({
      kind: 'ask',
      method: 'signOut',
      argument: { connection: 'connection Sales', account: 'account ben@acme.example' },
    });
  });

  it('where the account in use was signed out, the others are offered and no sign-in is asked for', () => {
    const one = connection('Sales', { state: 'sign-in-again', accounts: [account('bea@acme.example')] });
    expect(items(stateWith([one])).find((item) => item.items)?.label).toBe('Sales – No account in use');
    const labels = submenuOf(one).map((item) => item.label);
    expect(labels).toContain('bea@acme.example');
    expect(labels).not.toContain(en.tray.signInAgainNow);
  });

  it('without an account there is Sign in…, and nothing to sign out of', () => {
    const one = connection('New', { state: 'sign-in-again', accounts: [] });
    expect(items(stateWith([one])).find((item) => item.items)?.label).toBe('New – Not signed in');
    expect(submenuOf(one).map((item) => item.label || '–')).toEqual([
      'Not signed in',
      'Sign in…',
      '–',
      'Pause',
      'Details…',
    ]);
  });

  it('a service that wants no sign-in offers none', () => {
    const one = connection('Open', { access: 'none', accounts: [] });
    expect(submenuOf(one).map((item) => item.label)).toEqual(['Pause', 'Details…']);
  });

  it('two of the same service are told apart, and one that nobody named is called by its host', () => {
    const conexor = (resource: string, name: string) => connection(name, { title: 'Conexor', resource });
    const state = stateWith([
      conexor('https://app.conexor.io/mcp/acme/sales', 'conexor'),
      conexor('https://app.conexor.io/mcp/globex/sales', 'conexor-sales'),
      connection('notes', { service: 'mcp', title: 'MCP server', host: 'mcp.notes.example' }),
    ]);
    expect(
      trayMenu(state, en).items.flatMap((one) => (one.items && one.id.startsWith('service:') ? [one.label] : [])),
    ).toEqual(['Conexor · acme/sales', 'Conexor · globex/sales', 'mcp.notes.example']);
  });
});

describe('tooltip and icon', () => {
  it('count what waits', () => {
    const out = connection('a', { state: 'sign-in-again' });
    const asks = connection('b', { clients: [client('Claude', { access: 'asking' })] });
    expect(trayTooltip(stateWith([connection('a'), connection('b')]), en)).toBe('Conexor: Connected: 2 services');
    expect(trayTooltip(stateWith([out, asks]), en)).toBe(
      'Conexor: 1 service needs your attention. 1 app asks for access.',
    );
    expect(trayTooltip(stateWith([], { snapshot: { vault: { kind: 'locked' } } }), en)).toBe(
      'Conexor: Keychain locked.',
    );
  });

  it.each(stateSchema.options)('%s has its icon', (state) => {
    const calm: readonly State[] = ['connected', 'signing-in'];
    const wanted = state === 'paused' ? 'paused' : calm.includes(state) ? 'normal' : 'attention';
    expect(trayIcon(stateWith([inState(state)]))).toBe(wanted);
  });

  it('of one paused among others is the normal one', () => {
    expect(trayIcon(stateWith([connection('a'), inState('paused')]))).toBe('normal');
    expect(trayIcon(stateWith([]))).toBe('normal');
    expect(trayIcon(stateWith([], { snapshot: { vault: { kind: 'locked' } } }))).toBe('attention');
  });
});

describe('whatever the names', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
    fc.constantFrom(
      'R&D && Söhne',
      '&&&&',
      'a\tCtrl+Q\nQuit Conexor',
      '\u202egro.live@ana\u202c',
      'x'.repeat(200),
      '👩‍👩‍👧‍👦'.repeat(60),
      '   ',
      '__proto__',
    ),
  );
  const anyConnection = fc
    .record({
      id: fc.uuid(),
      title: name,
      state: fc.constantFrom(...stateSchema.options),
      labels: fc.array(name, { maxLength: 15 }),
      programs: fc.uniqueArray(name, { maxLength: 6 }),
      access: fc.constantFrom('sign-in' as const, 'none' as const),
    })
    .map(({ id, title, state, labels: accounts, programs, access }) => ({
      ...inState(state),
      id,
      title,
      access,
      accounts: accounts.map((one, n) => account(one, { id: `${id}-${n}`, current: n === 0 })),
      clients: programs.map((one) => client(one, { access: 'asking' })),
    }));
  const anyState = fc
    .record({
      connections: fc.array(anyConnection, { maxLength: 20 }),
      startAtLogin: fc.constantFrom('on' as const, 'off' as const, 'needs-approval' as const, 'unavailable' as const),
    })
    .map(({ connections, startAtLogin }) => stateWith(connections, { app: { startAtLogin } }));
  const anyLanguage = fc.constantFrom(...languages);

  it('every label is one short line that a menu shows as it is', () => {
    fc.assert(
      fc.property(anyState, anyLanguage, (state, language) => {
        const words = wordsOf(language);
        for (const one of items(state, words)) {
          if (one.type === 'separator') continue;
          expect(one.label).not.toBe('');
          expect(one.label).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
          expect(one.label.replaceAll('&&', '')).not.toContain('&');
          const seen = [...new Intl.Segmenter('en').segment(one.label.replaceAll('&&', '&'))];
          expect(seen.length).toBeLessThanOrEqual(40);
        }
        expect(trayTooltip(state, words).length).toBeLessThanOrEqual(127);
      }),
      { numRuns: 60 },
    );
  });

  it('Rule 15 every action of the tray exists in the window', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        for (const { action, enabled, type } of items(state)) {
          const acts = enabled && type !== 'separator' && type !== 'submenu';
          expect(action !== undefined).toBe(acts);
          if (action?.kind === 'show' && action.page) expect(pageSchema.parse(action.page)).toEqual(action.page);
          if (action?.kind === 'ask') {
            expect(windowTable[action.method].argument.parse(action.argument)).toEqual(action.argument);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('ids are unique, so that a click means one item', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const ids = items(state).map((one) => one.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 60 },
    );
  });

  it.each(languages)('Rule 14 the words of the menu themselves are never cut (%s)', (language) => {
    for (const words of Object.values(wordsOf(language).tray)) {
      const text = typeof words === 'string' ? words : (words as (n: number) => string)(15);
      expect(text.length, text).toBeLessThanOrEqual(40);
    }
  });

  it('Rule 14 no text of the menu is outside the catalogue', () => {
    const state = stateWith(stateSchema.options.map(inState), { app: { startAtLogin: 'needs-approval' } });
    const foreign = /^(is-|ana@)/;
    for (const one of items(state, wordsOf('pseudo'))) {
      if (one.label !== '' && !foreign.test(one.label)) expect(one.label).toMatch(/^⟦.*⟧$/);
    }
  });
});
