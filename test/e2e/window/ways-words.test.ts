/** What is said around the ways in: once, true of this service, and only where there is something to say. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, windowStage } from './looks.ts';
import { account, ana, everyday, globex, service, stateOf } from './scenes.ts';
import { conexorPage, mainButton } from './screens.ts';
import {
  added,
  byCode,
  codeWaits,
  codeWanted,
  connexease,
  connexeasePage,
  device,
  doneDirect,
} from './ways-screens.ts';

const advice = 'The service itself advises against this way';

describe.skipIf(partMissing('browser') !== undefined)('the words around a way in', () => {
  const stage = windowStage();
  const add = { state: stateOf(everyday), at: '#/add', answers: added };
  const card = (title: string) => ({ level: 2, name: title, exact: true }) as const;

  it('that a service advises against it is said once, at the way that is chosen', () =>
    inWindow(stage, add, async ({ page }) => {
      await page.getByRole('heading', card('Connexease')).click();
      const form = page.locator('.way-card[open]');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'With user name and password' }).check();
      expect((await form.textContent())?.split(advice)).toHaveLength(2);
    }));

  it('what is folded away in one form has names of its own', () =>
    inWindow(stage, add, async ({ page }) => {
      await page.getByRole('heading', card('Any other web service')).click();
      const form = page.locator('.way-card[open]');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'As a program' }).check();
      const names = await form.locator('.fold summary').allTextContents();
      expect(names).toHaveLength(2);
      expect(new Set(names).size).toBe(2);
    }));

  it('a code for a page of this computer is not to be typed on a phone', () => {
    const here = { userCode: device.userCode, verificationUri: 'http://127.0.0.1:4801/device' };
    const startSignIn = () => ({ attempt: 'attempt-1', device: here, host: '', permissions: [], browserOpened: false });
    return inWindow(stage, { state: stateOf([codeWanted]), answers: { ...byCode, startSignIn } }, async (window) => {
      await mainButton(window).click();
      const signIn = codeWaits.signIn && { ...codeWaits.signIn, device: here };
      await window.show(stateOf([{ ...codeWaits, ...(signIn ? { signIn } : {}) }]));
      const sheet = window.page.getByRole('dialog');
      await sheet.getByText('in a browser on this computer').waitFor();
      expect(await sheet.textContent()).not.toContain('phone');
    });
  });

  it('permissions that Conexor has no words for leave no empty heading, and stand under Details', () => {
    const grantedScopes = ['read', 'write'];
    const accounts = [account('Acme support', { current: true, wayIn: 'access-token', grantedScopes })];
    const connection = connexease({ accounts });
    const outcome = doneDirect.signInOutcome;
    const answers = { ...added, ...(outcome ? { signInOutcome: outcome } : {}) };
    const state = stateOf([connexease({ state: 'sign-in-again', accounts: [], clients: [] })]);
    return inWindow(stage, { state, answers }, async (window) => {
      const { page } = window;
      await mainButton(window).click();
      await page.getByRole('dialog').getByRole('textbox').fill('ct_live_1');
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Signed in to Connexease' });
      await window.show(stateOf([connection]));
      await sheet.waitFor();
      expect(await sheet.getByRole('heading', { level: 3 }).allTextContents()).toEqual(['What to do now']);
      await sheet.getByRole('button', { name: 'Done' }).click();
      await page.evaluate(`location.hash = '${connexeasePage}'`);
      await page.getByText('The service has names of its own for it; they stand under Details.').waitFor();
    });
  });

  it('of several accounts that stay, "stay" is said', () => {
    const third = account('Key of the shop', { wayIn: 'api-key' });
    const state = stateOf([service('Conexor', { accounts: [ana, globex, third] })]);
    return inWindow(stage, { state, at: conexorPage }, async ({ page }) => {
      await page.getByRole('button', { name: 'Sign out…' }).click();
      const text = await page.getByRole('alertdialog').textContent();
      expect(text).toContain(`${globex.label} and ${third.label} stay signed in.`);
    });
  });

  it.each([960, 400])('nothing touches the button above it on the page of a web API, %i px wide', (width) =>
    inWindow(stage, { state: stateOf([connexease()]), at: connexeasePage }, async ({ page }) => {
      await page.setViewportSize({ width, height: 720 });
      const button = await page.getByRole('button', { name: 'How to connect an assistant' }).boundingBox();
      const text = await page.getByText('For scripts:').boundingBox();
      expect((text?.y ?? 0) - (button?.y ?? 0) - (button?.height ?? 0)).toBeGreaterThanOrEqual(8);
    }),
  );
});
