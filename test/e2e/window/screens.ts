/** Every screen of the list, of one service, and of a sign-in: what the broker says, and what the person did to see it. */
import type { WindowState } from '../../../shared/window.ts';
import type { Answers, FaultAnswer, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { ana, cursor, everyday, everyState, globex, inState, program, service, stateOf, waiting } from './scenes.ts';

export interface Screen {
  readonly name: string;
  readonly state: WindowState;
  readonly at?: string;
  readonly answers?: Answers;
  readonly act?: (window: ScriptedWindow) => Promise<void>;
  /** Sentences of the broker that the screen shows. */
  readonly told?: readonly string[];
  /** Shows what stands under Details, where technical words may be. */
  readonly technical?: boolean;
}

export const conexorPage = '#/service/id-conexor';

/** Nobody has signed in yet. */
export const signedOut = service('Conexor', { state: 'sign-in-again', accounts: [], clients: [] });
export const prepared = service('Conexor', {
  state: 'signing-in',
  accounts: [],
  clients: [],
  signIn: waiting({ browserOpened: false }),
});
/** Since now. */
export const inBrowser = () => ({ ...prepared, signIn: waiting() });
export const signedIn = service('Conexor', { clients: [] });

/** The attempt that the broker prepares. */
export const begins: Answers = {
  startSignIn: () => ({
    attempt: 'attempt-1',
    authorizationUrl: 'https://app.conexor.example/oauth/consent?state=1',
    host: 'app.conexor.example',
    permissions: [],
    browserOpened: false,
  }),
};

export const done: Answers = {
  ...begins,
  signInOutcome: () => ({
    kind: 'done',
    works: true,
    account: ana.label,
    accountId: ana.id,
    known: false,
    current: true,
    connection: signedIn,
  }),
};

export const unreachable: FaultAnswer = {
  fault: 'unreachable',
  what: 'Conexor could not reach app.conexor.example.',
  next: 'Check the internet connection, then try again.',
};

export const clientIdNeeded: FaultAnswer = {
  fault: 'client-id-needed',
  what: 'app.conexor.example wants every app to be known beforehand.',
  next: 'Ask whoever runs the service for a client ID and enter it in Conexor.',
};

/** By place, not by words: the pseudo-locale has others. */
export const mainButton = (window: ScriptedWindow) => window.page.locator('.service .button').first();
export const sheetMain = (window: ScriptedWindow) => window.page.getByRole('dialog').locator('.button.primary');

export async function toReady(window: ScriptedWindow): Promise<void> {
  await mainButton(window).click();
  await window.show(stateOf([prepared]));
  await window.page.locator('[role="dialog"] .points').waitFor();
}

export async function toWaiting(window: ScriptedWindow): Promise<void> {
  await toReady(window);
  await sheetMain(window).click();
  await window.show(stateOf([inBrowser()]));
  await window.page.locator('.dialog-corner').waitFor();
}

/** As `signInOutcome` of the answers says. */
async function toEnd(window: ScriptedWindow): Promise<void> {
  await toWaiting(window);
  await window.show(stateOf([window.answers.signInOutcome === done.signInOutcome ? signedIn : signedOut]));
  await sheetMain(window).waitFor();
}

const openMenu = (window: ScriptedWindow) => window.page.locator('.page-actions .icon-button').click();
const openFold = async ({ page }: ScriptedWindow) => {
  await page.locator('.fold summary').click();
  await page.locator('.tools').waitFor();
};

const activity: Answers = {
  activity: () => ({
    entries: [
      entry(3, { program: 'Claude', what: 'tool', tool: 'sales_query', outcome: 'done' }),
      entry(2, { program: 'Cursor', what: 'tool', tool: 'sales_query', outcome: 'unreachable' }),
      entry(1, { what: 'sign-in', outcome: 'done' }),
    ],
  }),
  tools: () => ({
    tools: [
      { name: 'sales_query', readOnly: true, destructive: false },
      { name: 'delete_order', readOnly: false, destructive: true },
    ],
  }),
};

function entry(id: number, change: { program?: string; what: 'tool' | 'sign-in'; tool?: string; outcome: string }) {
  return { id, atMs: Date.now() - id * 400_000, connectionId: 'id-conexor', connection: 'Conexor', ...change };
}

export const screens: readonly Screen[] = [
  { name: 'services', state: stateOf(everyday) },
  { name: 'services-every-state', state: stateOf(everyState) },
  { name: 'services-empty', state: stateOf([]) },
  {
    name: 'services-attention',
    state: stateOf([service('Conexor', { clients: [program('Cursor', { access: 'asking' })] })], {
      snapshot: {
        vault: { kind: 'memory' },
        pendingRevocations: [
          {
            id: 'revocation-1',
            subject: 'ana@old.example',
            host: 'app.conexor.example',
            requestedAtMs: Date.now(),
            attempts: 1,
            nextAttemptAtMs: Date.now() + 600_000,
          },
        ],
      },
    }),
  },
  { name: 'keychain-locked', state: stateOf([], { snapshot: { vault: { kind: 'locked' } } }) },
  { name: 'service', state: stateOf(everyday), at: conexorPage, answers: activity },
  {
    name: 'service-details',
    state: stateOf(everyday),
    at: conexorPage,
    answers: activity,
    act: openFold,
    technical: true,
  },
  { name: 'service-menu', state: stateOf(everyday), at: conexorPage, act: openMenu },
  {
    name: 'service-permission-needed',
    state: stateOf([inState('permission-needed', 'Conexor')]),
    at: conexorPage,
  },
  { name: 'service-waiting', state: stateOf([inState('signing-in', 'Conexor')]), at: conexorPage },
  { name: 'service-gone', state: stateOf([]), at: conexorPage },
  {
    name: 'dialog-pause',
    state: stateOf(everyday),
    at: conexorPage,
    act: async ({ page }) => page.locator('.page-actions .button').first().click(),
  },
  {
    name: 'dialog-sign-out',
    state: stateOf(everyday),
    at: conexorPage,
    act: async ({ page }) => page.locator('.page-actions .button').nth(1).click(),
  },
  {
    name: 'dialog-remove',
    state: stateOf(everyday),
    at: conexorPage,
    act: async (window) => {
      await openMenu(window);
      await window.page.getByRole('menuitem').last().click();
    },
  },
  {
    name: 'dialog-plan',
    state: stateOf([inState('plan-limit', 'Conexor')]),
    act: (window) => mainButton(window).click(),
  },
  {
    name: 'signed-out-waiting',
    state: stateOf(everyday),
    at: conexorPage,
    answers: { signOut: () => ({ account: ana.label, service: 'waiting', proof: 'not-checked' }) },
    act: async ({ page, show }) => {
      await page.locator('.page-actions .button').nth(1).click();
      await page.getByRole('alertdialog').locator('.button.danger').click();
      await show(stateOf([service('Conexor', { accounts: [{ ...globex, current: true }] })]));
      await page.locator('.notice').waitFor();
    },
  },
  {
    name: 'sign-in-preparing',
    state: stateOf([signedOut]),
    answers: { startSignIn: () => new Promise(() => undefined) },
    act: async (window) => {
      await mainButton(window).click();
      await window.page.locator('[role="dialog"] .busy p:not(:empty)').waitFor();
    },
  },
  { name: 'sign-in-ready', state: stateOf([signedOut]), answers: begins, act: toReady },
  { name: 'sign-in-waiting', state: stateOf([signedOut]), answers: begins, act: toWaiting },
  {
    name: 'sign-in-no-browser',
    state: stateOf([signedOut]),
    answers: { ...begins, openSignIn: () => ({ browserOpened: false }) },
    act: async (window) => {
      await toWaiting(window);
      await sheetMain(window).waitFor();
    },
  },
  { name: 'sign-in-done', state: stateOf([signedOut]), answers: done, act: toEnd, told: [ana.label] },
  {
    name: 'sign-in-another-added',
    state: stateOf(everyday),
    at: conexorPage,
    answers: {
      ...begins,
      signInOutcome: () => ({
        kind: 'done',
        works: true,
        account: globex.label,
        accountId: globex.id,
        known: false,
        current: false,
        connection: service('Conexor', { accounts: [ana, globex], clients: [cursor] }),
      }),
    },
    act: async (window) => {
      const { page } = window;
      const signingIn = (browserOpened: boolean) =>
        stateOf([{ ...service('Conexor'), state: 'signing-in', signIn: waiting({ another: true, browserOpened }) }]);
      await page.locator('.after-card .button').first().click();
      await window.show(signingIn(false));
      await page.locator('[role="dialog"] .points').waitFor();
      await sheetMain(window).click();
      await window.show(signingIn(true));
      await window.show(stateOf([service('Conexor', { accounts: [ana, globex], clients: [cursor] })]));
      await sheetMain(window).waitFor();
    },
  },
  {
    name: 'sign-in-denied',
    state: stateOf([signedOut]),
    answers: { ...begins, signInOutcome: () => ({ kind: 'denied' }) },
    act: toEnd,
  },
  {
    name: 'sign-in-timed-out',
    state: stateOf([signedOut]),
    answers: { ...begins, signInOutcome: () => ({ kind: 'timed-out' }) },
    act: toEnd,
  },
  {
    name: 'sign-in-failed',
    state: stateOf([signedOut]),
    answers: { ...begins, signInOutcome: () => ({ kind: 'failed', ...unreachable }) },
    told: [unreachable.what, unreachable.next, `${unreachable.what} ${unreachable.next}`],
    act: toEnd,
  },
  {
    name: 'sign-in-client-id',
    technical: true,
    state: stateOf([signedOut]),
    answers: { startSignIn: () => Promise.reject(clientIdNeeded) },
    told: [clientIdNeeded.what, clientIdNeeded.next],
    act: async (window) => {
      await mainButton(window).click();
      await window.page.locator('[role="dialog"] form').waitFor();
    },
  },
];
