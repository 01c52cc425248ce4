/** Every screen of the other pages: first run, adding, apps, activity, settings, help, diagnostics. */
import type { Activity } from '../../../shared/activity.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { account, ana, everyday, program, service, stateOf } from './scenes.ts';
import { clientIdNeeded, type Screen, unreachable } from './screens.ts';

const minute = 60_000;
const fresh = stateOf([], { settings: { firstRunDone: false } });
const signedOut = service('Conexor', { state: 'sign-in-again', accounts: [], clients: [] });
const added: Answers = {
  addConnection: () => ({ connection: signedOut, added: true }),
  removeConnection: () => ({ name: 'conexor', signedOut: [] }),
};

/** By place, not by words: the pseudo-locale has others. */
const press = (selector: string) => async (window: ScriptedWindow) => {
  await window.page.locator(selector).first().click();
};
const openWay = (way: number) => press(`.way-card:nth-of-type(${way}) > summary`);

const fault = {
  fault: 'address-insecure',
  what: '10.0.0.3 is not protected on the way, so nothing is sent there.',
  next: 'Use an address that begins with https.',
};
const block = '{ "mcpServers": { "sales-api": … } }';
const pasted: Answers = {
  readPasted: () => ({
    kind: 'block',
    servers: [
      server('sales-api', { hasSecret: true, hasClientId: true, unknownKeys: ['autoApprove', 'timeout'] }),
      server('notes'),
      server('internal', { fault }),
    ],
  }),
};

function server(name: string, change: object = {}) {
  const host = `${name}.example`;
  return {
    name,
    target: `https://${host}/mcp`,
    host,
    title: name,
    hasClientId: false,
    hasSecret: false,
    unknownKeys: [],
    ...change,
  };
}

const entries: readonly Activity[] = [
  entry(7),
  entry(6, { tool: 'search_customers' }),
  entry(5, { program: 'Cursor', outcome: 'plan-limit' }),
  entry(4, { program: undefined, what: 'switched', tool: undefined }),
  entry(3, { program: 'n8n', what: 'program-refused', tool: undefined }),
  entry(2, { atMs: Date.now() - 27 * 60 * minute, program: 'Visual Studio Code' }),
  entry(1, { atMs: Date.now() - 28 * 60 * minute, program: undefined, what: 'sign-in', tool: undefined }),
];

function entry(id: number, change: Partial<Activity> = {}): Activity {
  return {
    id,
    atMs: Date.now() - (8 - id) * 7 * minute,
    connectionId: 'id-conexor',
    connection: 'Conexor',
    account: ana.label,
    program: 'Claude',
    what: 'tool',
    tool: 'list_orders',
    outcome: 'done',
    ...change,
  };
}

const toldActivity = ['⟦You⟧', 'Claude', 'Cursor', 'n8n', 'Visual Studio Code'].map(
  (who) => `${who} · Conexor · ${ana.label}`,
);

const report = [
  'Conexor 0.1.0, linux, Node 20.20.2',
  'keychain: ok',
  'service 1 (conexor): connected, reachable, 2 accounts',
  'service 2 (mcp): connected, reachable, 1 account',
  '2 plan-limit, 5 minutes ago',
].join('\n');

const programs = [
  ...everyday,
  service('Notes', {
    host: 'notes.example',
    accounts: [account('ana.torres@acme.example', { current: true })],
    clients: [program('Visual Studio Code', { access: 'asking' }), program('Zed', { access: 'refused' })],
  }),
];

export const pageScreens: readonly Screen[] = [
  { name: 'first-run', state: fresh },
  { name: 'first-run-server', state: fresh, act: press('.first-ways .button') },
  { name: 'first-run-other', state: fresh, act: press('.first-ways .button:nth-of-type(2)') },
  {
    name: 'first-run-ready',
    state: fresh,
    answers: {
      startPractice: () => ({ resource: 'http://127.0.0.1:4801/mcp/practice/sales' }),
      addConnection: () => ({ connection: service('Conexor'), added: false }),
    },
    act: async (window) => {
      await press('.first-ways .button:nth-of-type(3)')(window);
      await window.show(stateOf([service('Conexor')], { settings: { firstRunDone: false } }));
      await window.page.locator('.first-done').waitFor();
    },
  },
  { name: 'add', state: stateOf(everyday), at: '#/add' },
  {
    name: 'add-names-missing',
    state: stateOf(everyday),
    at: '#/add',
    act: press('.way-card .button.primary'),
  },
  {
    name: 'add-client-id',
    state: stateOf(everyday),
    at: '#/add',
    answers: { ...added, startSignIn: () => Promise.reject(clientIdNeeded) },
    told: [clientIdNeeded.what, clientIdNeeded.next],
    act: async ({ page }) => {
      await page.locator('.way-card input').first().fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.locator('.way-card [role="status"]').waitFor();
    },
  },
  {
    name: 'add-other-unreachable',
    state: stateOf(everyday),
    at: '#/add',
    answers: { ...added, startSignIn: () => Promise.reject(unreachable) },
    told: [unreachable.what, unreachable.next],
    act: async (window) => {
      await openWay(2)(window);
      await window.page.locator('.way-card[open] input').fill('app.conexor.example');
      await window.page.keyboard.press('Enter');
      await window.page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'add-paste',
    state: stateOf(everyday),
    at: '#/add',
    answers: pasted,
    told: [`${fault.what} ${fault.next}`, block],
    act: async (window) => {
      await openWay(3)(window);
      await window.page.locator('.way-card[open] textarea').fill(block);
      await window.page.locator('.pasted').first().waitFor();
    },
  },
  { name: 'add-practice', state: stateOf(everyday), at: '#/add', act: openWay(4) },
  {
    name: 'programs',
    state: stateOf(programs, { snapshot: { localClients: [{ name: 'backup-script', createdAtMs: 0 }] } }),
    at: '#/programs',
  },
  {
    name: 'programs-remove',
    state: stateOf(programs),
    at: '#/programs',
    act: press('.program-head .button'),
  },
  { name: 'programs-empty', state: stateOf([], { app: { newPrograms: 'allow' } }), at: '#/programs' },
  {
    name: 'activity',
    state: stateOf(everyday),
    at: '#/activity',
    answers: { activity: () => ({ entries: [...entries] }) },
    told: ['Visual Studio Code', ...toldActivity],
    act: async ({ page }) => page.locator('.entry').first().waitFor(),
  },
  { name: 'activity-empty', state: stateOf(everyday), at: '#/activity' },
  {
    name: 'settings',
    technical: true,
    state: stateOf(everyday, { app: { wantedPort: 4717, httpUrl: 'http://127.0.0.1:50123' } }),
    at: '#/settings',
    // Languages are called by their own names, whatever the language.
    act: press('.setting .fold > summary'),
  },
  {
    name: 'settings-tab',
    state: stateOf(everyday, { app: { kind: 'tab', tray: false, startAtLogin: 'unavailable' } }),
    at: '#/settings',
  },
  { name: 'settings-quit', state: stateOf(everyday), at: '#/settings', act: press('.setting.line .button') },
  { name: 'help', state: stateOf(everyday), at: '#/help' },
  {
    name: 'help-connect',
    technical: true,
    state: stateOf(everyday),
    at: '#/help/connect',
    act: press('.topic[open] .fold > summary'),
  },
  {
    name: 'diagnostics',
    state: stateOf(everyday),
    at: '#/diagnostics',
    answers: { diagnostics: () => ({ text: report }) },
    told: [report],
    act: async ({ page }) => page.locator('textarea').waitFor(),
  },
];
