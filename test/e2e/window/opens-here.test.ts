/** Sign-ins that go on: in a tab where the computer opens no browser, after a denial, and after a question was allowed. */
import { describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { partMissing } from '../../fakes/parts.ts';
import { conexorOffers } from '../../fakes/sample-services.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { inWindow, windowStage } from './looks.ts';
import { account, service, stateOf, waiting } from './scenes.ts';
import { begins, conexorPage, mainButton, prepared, sheetMain, signedOut } from './screens.ts';
import { byCode, codeWaits, codeWanted, question } from './ways-screens.ts';

const app = { kind: 'tab' } as const;
const askedOf = ({ asked }: ScriptedWindow, method: string) =>
  asked.filter((one) => one.method === method).map(({ argument }) => argument);
const link = 'http://127.0.0.1:9/page';
const headless: Answers = { openSignIn: () => ({ browserOpened: false }), signInLink: () => ({ url: link }) };
/** What the tab was asked to open, in place of opening it. */
const noteOpened = ({ page }: ScriptedWindow) =>
  page.evaluate('window.opened = []; window.open = (url) => { window.opened.push(url); return null; }; undefined');
const opened = ({ page }: ScriptedWindow) => page.evaluate<readonly string[]>('window.opened');

describe.skipIf(partMissing('browser') !== undefined)('a tab where the computer opens no browser', () => {
  const stage = windowStage();

  it('opens the page itself, then waits for it; from then on without being told twice', () => {
    const state = stateOf([signedOut], { app });
    return inWindow(stage, { state, answers: { ...begins, ...headless } }, async (window) => {
      const { page } = window;
      await noteOpened(window);
      await mainButton(window).click();
      await window.show(stateOf([prepared], { app }));
      await sheetMain(window).click();
      await page.getByRole('dialog', { name: 'The browser could not be opened' }).waitFor();
      await page.getByRole('button', { name: 'Open the page here' }).click();
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      await expect.poll(() => opened(window)).toEqual([link]);
      await page.keyboard.press('Escape');
      await page.reload();
      await noteOpened(window);
      await page.getByRole('button', { name: 'Continue in the browser' }).click();
      await sheetMain(window).click();
      await expect.poll(() => opened(window)).toEqual([link]);
      expect(askedOf(window, 'openSignIn')).toHaveLength(1);
    });
  });

  it('opens the page of a code itself, and says why', () =>
    inWindow(stage, { state: stateOf([codeWanted], { app }), answers: { ...byCode, ...headless } }, async (window) => {
      const { page } = window;
      await noteOpened(window);
      await mainButton(window).click();
      await window.show(stateOf([codeWaits], { app }));
      await page.getByRole('button', { name: 'Open in the browser' }).click();
      await page.getByText('The browser could not be opened.').waitFor();
      await page.getByRole('button', { name: 'Open the page here' }).click();
      await expect.poll(() => opened(window)).toEqual([link]);
    }));
});

describe.skipIf(partMissing('browser') !== undefined)('a sign-in that is tried again', () => {
  const stage = windowStage();
  const program = account('Nightly report', { current: true, wayIn: 'client-credentials' });
  const base: Partial<ConnectionView> = {
    accounts: [program],
    wayIn: 'client-credentials',
    waysIn: [...conexorOffers],
  };

  it('another account begins with the suggested way, and after a denial the chosen way is tried again', () => {
    const idle = service('Conexor', base);
    const under = (another: boolean) => ({
      ...idle,
      state: 'signing-in' as const,
      signIn: waiting({ attempt: 'attempt-2', another, browserOpened: true }),
    });
    let attempts = 0;
    const answers: Answers = {
      startSignIn: () => ({
        attempt: `attempt-${++attempts}`,
        authorizationUrl: 'https://app.conexor.example/oauth/consent?state=1',
        host: 'app.conexor.example',
        permissions: [],
        browserOpened: false,
      }),
      signInOutcome: () => ({ kind: 'denied' }),
    };
    return inWindow(stage, { state: stateOf([idle]), at: conexorPage, answers }, async (window) => {
      const { page } = window;
      const dialog = page.getByRole('dialog');
      await page.getByRole('button', { name: 'Add another account' }).click();
      await dialog.getByRole('button', { name: 'Other ways to sign in' }).click();
      await dialog.getByRole('radio', { name: 'With an API key' }).check();
      await dialog.getByRole('radio', { name: 'In the browser' }).check();
      await sheetMain(window).click();
      await dialog.getByRole('button', { name: 'Continue in the browser' }).click();
      await window.show(stateOf([under(true)]));
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      await window.show(stateOf([idle]));
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await dialog.getByRole('button', { name: 'Continue in the browser' }).waitFor();
      const wish = { connection: idle.id, openBrowser: false, another: true, wayIn: 'authorization-code' };
      expect(askedOf(window, 'startSignIn')).toMatchObject([wish, wish, wish]);
    });
  });
});

describe.skipIf(partMissing('browser') !== undefined)('a sign-in that a program asked for', () => {
  const stage = windowStage();

  it('waits for the person where they allowed it, whatever page is shown', () => {
    const asks = question({ what: 'sign-in' });
    const idle = service('Conexor');
    const state = stateOf([idle], { snapshot: { questions: [asks] } });
    return inWindow(stage, { state, at: '#/settings' }, async (window) => {
      const { page } = window;
      await page.getByRole('button', { name: /^Allow/ }).click();
      await page.getByText('If it has stopped waiting').first().waitFor();
      const signIn = waiting({ browserOpened: false });
      await window.show(stateOf([{ ...idle, state: 'signing-in', signIn }]));
      await page.getByText('The sign-in waits for you.').waitFor();
      await page.getByRole('button', { name: 'Continue in the browser' }).click();
      await page.getByRole('dialog').waitFor();
      await sheetMain(window).click();
      await expect.poll(() => askedOf(window, 'openSignIn')).toEqual([{ attempt: 'attempt-1' }]);
    });
  });
});
