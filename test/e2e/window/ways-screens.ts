/** Every screen of the ways in: what is typed, the code, the address at which a browser ended, and what follows. */
import type { AccountView, ConnectionView, Question } from '../../../shared/snapshot.ts';
import type { DeviceCode } from '../../../shared/ways-in.ts';
import { conexorOffers, connexeaseOffers, offer } from '../../fakes/sample-services.ts';
import type { Answers, FaultAnswer, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { account, ana, claude, everyday, globex, program, service, stateOf, waiting } from './scenes.ts';
import { begins, conexorPage, mainButton, type Screen, sheetMain, toWaiting } from './screens.ts';

const day = 24 * 60 * 60_000;

export const device: DeviceCode = {
  userCode: 'BDWP-HQLK',
  verificationUri: 'https://login.reports.example/device',
  verificationUriComplete: 'https://login.reports.example/device?user_code=BDWP-HQLK',
};

export function connexease(change: Partial<ConnectionView> = {}): ConnectionView {
  return service('Connexease', {
    service: 'connexease',
    resource: 'https://api.connexease.example/',
    host: 'api.connexease.example',
    speaks: 'rest',
    wayIn: 'access-token',
    waysIn: [...connexeaseOffers],
    accounts: [
      withoutEnd('Acme support', {
        current: true,
        wayIn: 'access-token',
        requestedScopes: [],
        grantedScopes: [],
        renewsItself: false,
        lastRefreshAtMs: Date.now() - 200 * day - day / 2,
        remindAtMs: Date.now() - 20 * day,
      }),
    ],
    clients: [program('n8n', { door: 'http', lastUsedAtMs: Date.now() - 60_000 })],
    ...change,
  });
}

/** A key that nobody renews, good until the service ends it. */
function withoutEnd(label: string, change: Partial<AccountView>): AccountView {
  const { expiresAtMs: _, ...one } = account(label, change);
  return one;
}

export const connexeasePage = '#/service/id-connexease';
export const signedOutConnexease = connexease({ state: 'sign-in-again', accounts: [], clients: [] });

export const manyWays = service('Conexor', {
  state: 'sign-in-again',
  accounts: [],
  clients: [],
  waysIn: [...conexorOffers, offer('device-code')],
});

export const byCode: Answers = {
  startSignIn: () => ({
    attempt: 'attempt-1',
    device,
    host: 'login.reports.example',
    permissions: [],
    browserOpened: false,
  }),
};
export const codeWaits = service('Reports', {
  state: 'signing-in',
  accounts: [],
  clients: [],
  wayIn: 'device-code',
  waysIn: [offer('device-code'), offer('access-token')],
  signIn: waiting({ host: 'login.reports.example', browserOpened: false, device, endsAtMs: Date.now() + 870_000 }),
});
const codeWanted: ConnectionView = { ...codeWaits, state: 'sign-in-again' };
delete (codeWanted as { signIn?: unknown }).signIn;

export { codeWanted };

export const refused: FaultAnswer = {
  fault: 'credentials-refused',
  what: 'Connexease did not accept what you entered.',
  next: 'Check it where you got it, then enter it again.',
};

/** How it is said where it was typed. */
export const refusedInWords =
  'Connexease did not accept what you entered. Check it where you got it, then enter it again.';

export const added: Answers = {
  addConnection: () => ({ connection: signedOutConnexease, added: true }),
  removeConnection: () => ({ name: 'connexease', signedOut: [] }),
  startSignIn: () => ({ attempt: 'attempt-1', host: 'api.connexease.example', permissions: [], browserOpened: false }),
};
export const doneDirect: Answers = {
  ...added,
  signInOutcome: () => ({
    kind: 'done',
    works: true,
    account: 'Acme support',
    accountId: 'account-Acme support',
    known: false,
    current: true,
    connection: connexease(),
  }),
};

export function question(change: Partial<Question> = {}): Question {
  return {
    id: 'question-1',
    program: 'Claude',
    connectionId: 'id-conexor',
    what: 'revoke',
    account: ana.label,
    askedAtMs: Date.now(),
    endsAtMs: Date.now() + 300_000,
    ...change,
  };
}

const moreWanted: Partial<Question> = { another: true, by: 'address', scopes: ['email', 'admin:all'] };

const openMenu = async ({ page }: ScriptedWindow) => page.locator('.row .icon-button').first().click();
/** In every language of the tests: by the order in which services are offered. */
const openCard = (n: number) => async (window: ScriptedWindow) => {
  await window.page.locator('.section .way-card').nth(n).locator('summary').first().click();
};
const submitOpen = ({ page }: ScriptedWindow) => page.locator('.way-card[open] .button.primary').first().click();

const registered: Answers = {
  registration: () => ({
    clientId: 'dyn-7f3a91c2',
    source: 'dynamic',
    issuer: 'https://login.conexor.example',
    redirectUris: [],
    managed: true,
    alsoUsedBy: ['notes'],
    outcome: 'read',
  }),
};

export const waysScreens: readonly Screen[] = [
  {
    name: 'add-other-ways',
    state: stateOf(everyday),
    at: '#/add',
    act: async ({ page }) => {
      await page.locator('.way-card[open] .buttons .quiet').click();
      await page.locator('.ways-in input').nth(3).click();
    },
  },
  {
    name: 'add-key-missing',
    state: stateOf(everyday),
    at: '#/add',
    act: async (window) => {
      await openCard(1)(window);
      await submitOpen(window);
    },
  },
  {
    name: 'add-key-refused',
    state: stateOf(everyday),
    at: '#/add',
    answers: { ...added, signInOutcome: () => ({ kind: 'failed', ...refused }) },
    told: [`${refused.what} ${refused.next}`],
    act: async (window) => {
      await openCard(1)(window);
      await window.page.locator('.way-card[open] input[type="password"]').fill('not-the-right-one');
      await submitOpen(window);
      await window.page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'add-legacy-way',
    state: stateOf(everyday),
    at: '#/add',
    act: async (window) => {
      await openCard(1)(window);
      await window.page.locator('.way-card[open] .buttons .quiet').click();
      await window.page.locator('.way-card[open] .ways-in input').nth(1).click();
    },
  },
  { name: 'add-client-credentials', state: stateOf(everyday), at: '#/add', act: openCard(2) },
  {
    name: 'add-server-by-hand',
    state: stateOf(everyday),
    at: '#/add',
    technical: true,
    act: async (window) => {
      await openCard(3)(window);
      await window.page.locator('.way-card[open] .fold summary').first().click();
    },
  },
  {
    name: 'add-practice-ways',
    state: stateOf(everyday),
    at: '#/add',
    act: async (window) => {
      await window.page.locator('.way-card').nth(3).locator('summary').first().click();
      await window.page.locator('.way-card[open] .fold summary').first().click();
      await window.page.locator('.way-card[open] select').selectOption({ index: 1 });
    },
  },
  {
    name: 'sign-in-key',
    state: stateOf([signedOutConnexease]),
    act: async (window) => {
      await mainButton(window).click();
      await window.page.locator('.sheet-form input').waitFor();
    },
  },
  {
    name: 'sign-in-key-done',
    state: stateOf([signedOutConnexease]),
    answers: doneDirect,
    told: ['Acme support'],
    act: async (window) => {
      await mainButton(window).click();
      await window.page.locator('.sheet-form input').fill('ct_live_1');
      await sheetMain(window).click();
      await window.page.locator('.sheet-form').waitFor({ state: 'detached' });
      await window.show(stateOf([connexease()]));
    },
  },
  {
    name: 'sign-in-other-ways',
    state: stateOf([manyWays]),
    answers: begins,
    act: async (window) => {
      await mainButton(window).click();
      await window.page.locator('.other-ways .button').click();
      await window.page.locator('.ways-in').waitFor();
    },
  },
  {
    name: 'sign-in-code',
    state: stateOf([codeWanted]),
    answers: byCode,
    act: async (window) => {
      await mainButton(window).click();
      await window.show(stateOf([codeWaits]));
      await window.page.locator('.qr-code').waitFor();
    },
  },
  { name: 'services-code', state: stateOf([codeWaits, ...everyday.slice(1)]) },
  {
    name: 'sign-in-came-back',
    state: stateOf([service('Conexor', { state: 'sign-in-again', accounts: [], clients: [] })]),
    answers: begins,
    act: async (window) => {
      await toWaiting(window);
      await window.page.locator('[role="dialog"] .fold summary').click();
    },
  },
  {
    name: 'service-web-api',
    technical: true,
    state: stateOf([connexease()]),
    at: connexeasePage,
    act: ({ page }) => page.locator('.fold summary').first().click(),
  },
  { name: 'service-account-menu', state: stateOf([connexease()]), at: connexeasePage, act: openMenu },
  {
    name: 'service-bound',
    state: stateOf([service('Conexor', { accounts: [{ ...ana, bound: true }, globex], clients: [claude] })]),
    at: conexorPage,
  },
  {
    name: 'dialog-rename',
    state: stateOf([connexease()]),
    at: connexeasePage,
    told: ['Acme support'],
    act: async (window) => {
      await openMenu(window);
      await window.page.getByRole('menuitem').nth(2).click();
      await window.page.getByRole('dialog').waitFor();
    },
  },
  ...(['yes', 'no', 'unknown'] as const).map(
    (active): Screen => ({
      name: `dialog-check-${active}`,
      state: stateOf([connexease()]),
      at: connexeasePage,
      answers: {
        validate: () => ({
          account: 'Acme support',
          active,
          checkedBy: active === 'yes' ? 'introspection' : 'call',
          signature: active === 'yes' ? 'valid' : 'not-checked',
          scopes: active === 'yes' ? ['read'] : [],
          ...(active === 'yes' ? { expiresAtMs: Date.now() + day } : {}),
        }),
      },
      act: async (window) => {
        await openMenu(window);
        await window.page.getByRole('menuitem').nth(1).click();
        await window.page.locator('.verdict').waitFor();
      },
    }),
  ),
  {
    name: 'service-registration',
    technical: true,
    state: stateOf(everyday),
    at: conexorPage,
    answers: registered,
    act: async ({ page }) => {
      await page.locator('.fold summary').last().click();
      await page.locator('.registration').waitFor();
    },
  },
  {
    name: 'dialog-registration',
    technical: true,
    state: stateOf(everyday),
    at: conexorPage,
    answers: registered,
    act: async ({ page }) => {
      await page.locator('.fold summary').last().click();
      await page.locator('.registration .button').click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'questions',
    state: stateOf(everyday, {
      snapshot: {
        questions: [question(), question({ id: 'question-2', program: 'Cursor', what: 'sign-in', ...moreWanted })],
      },
    }),
    act: async ({ page }) => {
      await page.locator('.questions .button.primary:not([data-disabled])').first().waitFor();
    },
  },
  {
    name: 'questions-register',
    state: stateOf(everyday, { snapshot: { questions: [question({ what: 'register-client' })] } }),
    at: '#/settings',
    act: async ({ page }) => {
      await page.locator('.questions .button.primary:not([data-disabled])').first().waitFor();
    },
  },
];
