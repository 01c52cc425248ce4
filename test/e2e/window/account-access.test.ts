/** What a service's page says and does about accesses: how each came, its name, its age, whether it is good; and the local address. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import type { WindowResult } from '../../../shared/window.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { ScriptedWindow } from '../../fakes/scripted-window.ts';
import { inWindow, visibleText, windowStage } from './looks.ts';
import { ana, everyday, service, stateOf } from './scenes.ts';
import { conexorPage } from './screens.ts';
import { connexease, connexeasePage, question } from './ways-screens.ts';

const askedOf = ({ asked }: ScriptedWindow, method: string) =>
  asked.filter((one) => one.method === method).map(({ argument }) => argument);
const said = async (page: Page) =>
  (await page.locator('[data-live-announcer] [role="status"]').allTextContents()).join('');
const fromMenu = async ({ page }: ScriptedWindow, label: string, entry: string) => {
  await page.getByRole('button', { name: `More about ${label}` }).click();
  await page.getByRole('menuitem', { name: entry }).click();
};

describe.skipIf(partMissing('browser') !== undefined)('an account', () => {
  const stage = windowStage();
  const onPage = { state: stateOf([connexease()]), at: connexeasePage };

  it('says how it came in, and that it is bound to this computer where it is', () => {
    const bound = service('Conexor', { accounts: [{ ...ana, bound: true }] });
    return inWindow(stage, { state: stateOf([connexease(), bound]), at: connexeasePage }, async ({ page, tell }) => {
      const accounts = page.getByRole('region', { name: 'Accounts' });
      expect(await accounts.textContent()).toContain('Signed in with an access key');
      expect(await accounts.textContent()).not.toContain('Bound to this computer');
      await tell({ kind: 'page', page: { name: 'service', connection: bound.id } });
      await accounts.getByText('Signed in through the browser').waitFor();
      await accounts.getByText('Bound to this computer: nobody else could use it').waitFor();
    });
  });

  it('is renamed by the keyboard alone; an empty name is not taken; the new one is said', () =>
    inWindow(stage, onPage, async (window) => {
      const { page } = window;
      window.answer({ renameAccount: () => connexease() });
      await fromMenu(window, 'Acme support', 'Rename…');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await page.keyboard.press('Enter');
      await page.getByText('Enter a name.').waitFor();
      expect(askedOf(window, 'renameAccount')).toEqual([]);
      await page.keyboard.type(' Support desk ');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(askedOf(window, 'renameAccount')).toEqual([
        { connection: 'id-connexease', account: 'account-Acme support', label: 'Support desk' },
      ]);
      expect(await said(page)).toBe('It is called Support desk now.');
    }));

  it('whose key is old is reminded of, with one action, and not counted as a problem', () =>
    inWindow(stage, onPage, async ({ page }) => {
      const notice = page.getByRole('region', { name: 'The access key of Acme support is 200 days old' });
      expect(await notice.getByRole('button').allTextContents()).toEqual(['Enter the new one']);
      expect(await notice.textContent()).toContain('Ask there for a new one.');
      expect(await page.locator('.count').count()).toBe(0);
    }));

  const answers: readonly (readonly [Partial<WindowResult<'validate'>>, string, boolean])[] = [
    [{ active: 'yes', checkedBy: 'introspection' }, 'Connexease says that this access is good.', false],
    [{ active: 'yes', checkedBy: 'call' }, 'It works: Connexease has just answered with it.', false],
    [{ active: 'no', checkedBy: 'introspection' }, 'Connexease says that this access is not good any more.', true],
    [{ active: 'no', checkedBy: 'call' }, 'Connexease has just refused it.', true],
    [{ active: 'unknown' }, 'Connexease gave no answer from which this could be told.', false],
    [{ active: 'yes', signature: 'invalid' }, 'The signature of this access is not the one of the service.', true],
  ];
  it.each(answers)('is checked, and %o claims no more than was learnt', (answer, sentence, isBad) =>
    inWindow(stage, onPage, async (window) => {
      const validate = (): WindowResult<'validate'> => ({
        account: 'Acme support',
        active: 'unknown',
        checkedBy: 'call',
        signature: 'not-checked',
        scopes: [],
        ...answer,
      });
      window.answer({ validate });
      await fromMenu(window, 'Acme support', 'Check access');
      const dialog = window.page.getByRole('dialog', { name: 'The access of Acme support' });
      await dialog.locator('.verdict').waitFor();
      expect(await dialog.textContent()).toContain(sentence);
      expect(await said(window.page)).toContain(sentence);
      expect(await dialog.getByRole('button', { name: 'Sign in again' }).count()).toBe(isBad ? 1 : 0);
      expect(askedOf(window, 'validate')).toEqual([{ connection: 'id-connexease', account: 'account-Acme support' }]);
    }),
  );

  it('Rule 11 that cannot be checked says why, and can be tried again', () => {
    let reachable = false;
    const validate = (): WindowResult<'validate'> | Promise<never> =>
      reachable
        ? { account: '', active: 'yes', checkedBy: 'call', signature: 'not-checked', scopes: [] }
        : Promise.reject({ fault: 'unreachable', what: 'Connexease could not be reached.', next: 'Try later.' });
    return inWindow(stage, { ...onPage, answers: { validate } }, async (window) => {
      await fromMenu(window, 'Acme support', 'Check access');
      const dialog = window.page.getByRole('dialog');
      await dialog.getByText('Connexease could not be reached.').waitFor();
      reachable = true;
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await dialog.getByText('It works').waitFor();
    });
  });
});

describe.skipIf(partMissing('browser') !== undefined)('a web API', () => {
  const stage = windowStage();

  it('shows its local address to copy and one example, and asks for no tools', () =>
    inWindow(stage, { state: stateOf([connexease()]), at: connexeasePage }, async (window) => {
      const { page } = window;
      const local = page.getByRole('region', { name: 'For assistants and scripts' });
      await local.getByRole('button', { name: 'Copy the address' }).click();
      await expect.poll(() => askedOf(window, 'copyText')).toEqual([{ text: 'http://127.0.0.1:4717/api/connexease/' }]);
      await local.getByText('Example').click();
      expect(await local.textContent()).toContain(
        'curl -H "Authorization: Bearer KEY" http://127.0.0.1:4717/api/connexease/',
      );
      await page.getByText('Details', { exact: true }).click();
      await page.getByText('Short name').waitFor();
      expect(askedOf(window, 'tools')).toEqual([]);
      expect(await visibleText(page)).not.toContain('Tools');
    }));

  it('has its command for assistants in Help, and its address', () =>
    inWindow(stage, { state: stateOf([connexease()]), at: '#/help/connect' }, async ({ page }) => {
      await page.locator('.topic[open] .fold > summary').first().click();
      const text = await visibleText(page);
      expect(text).toContain('http://127.0.0.1:4717/api/connexease/');
      expect(text).toContain('relay.cjs');
    }));
});

describe.skipIf(partMissing('browser') !== undefined)('the registration at a service', () => {
  const stage = windowStage();
  const registration = (managed: boolean) => (wish: { action: string }) => ({
    alsoUsedBy: ['notes', 'wiki'],
    clientId: 'dyn-7f3a91c2',
    source: 'dynamic' as const,
    issuer: 'https://login.conexor.example',
    redirectUris: [],
    managed,
    outcome: wish.action === 'delete' ? ('deleted' as const) : ('read' as const),
  });
  const at = (managed: boolean) => ({
    state: stateOf(everyday),
    at: conexorPage,
    answers: { registration: registration(managed) },
  });

  it('Rule 7 stands under Details, and is deleted only after a question with focus on Cancel', () =>
    inWindow(stage, at(true), async (window) => {
      const { page } = window;
      expect(askedOf(window, 'registration')).toEqual([]);
      await page.getByText('Details', { exact: true }).click();
      await page.getByText('dyn-7f3a91c2').waitFor();
      await page.getByRole('button', { name: 'Delete this registration…' }).click();
      const dialog = page.getByRole('alertdialog');
      expect(await dialog.textContent()).toContain('The service forgets this client ID.');
      expect(await dialog.textContent(), 'who else is affected').toMatch(/Also at notes and wiki everybody/);
      expect(await page.evaluate('document.activeElement?.textContent')).toBe('Cancel');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('main').getByText('The service has deleted the registration.').waitFor();
      expect(askedOf(window, 'registration')).toEqual([
        { connection: 'id-conexor', action: 'read' },
        { connection: 'id-conexor', action: 'delete' },
      ]);
    }));

  it('that the service does not let us manage offers no button', () =>
    inWindow(stage, at(false), async ({ page }) => {
      await page.getByText('Details', { exact: true }).click();
      await page.getByText('dyn-7f3a91c2').waitFor();
      expect(await page.getByRole('button', { name: 'Delete this registration…' }).count()).toBe(0);
    }));
});

describe.skipIf(partMissing('browser') !== undefined)('a question of a program', () => {
  const stage = windowStage();
  const asking = (at = '#/settings') => ({ state: stateOf(everyday, { snapshot: { questions: [question()] } }), at });
  const title = `Claude wants to sign ${ana.label} out of Conexor`;

  it('Rule 9 stands above every page, says whose access and what follows, and does nothing before the answer', () =>
    inWindow(stage, asking(), async (window) => {
      const { page } = window;
      const notice = page.getByRole('region', { name: title });
      expect(await notice.textContent()).toContain('every app loses this access');
      await page.getByRole('link', { name: 'Help' }).click();
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
      await notice.getByRole('button', { name: /^Allow/ }).click();
      await expect.poll(() => askedOf(window, 'answerQuestion')).toEqual([{ question: 'question-1', allow: true }]);
      expect(await said(page)).toContain('Claude may do it, this once.');
    }));

  it('Rule 2 that would open the browser says whose page', () => {
    const asks = question({ what: 'sign-in' });
    return inWindow(stage, { state: stateOf(everyday, { snapshot: { questions: [asks] } }) }, async ({ page }) => {
      await page
        .getByText('your browser opens the sign-in page of Conexor (app.conexor.example); then you come back here.')
        .waitFor();
    });
  });

  it('Rule 13 takes nobody’s focus, is announced, and Allow cannot be pressed by who was about to press something else', () =>
    inWindow(stage, { state: stateOf(everyday), at: '#/add' }, async (window) => {
      const { page } = window;
      const field = page.getByRole('textbox', { name: 'Organisation' });
      await field.focus();
      const young = page.locator('.questions .button.primary[data-disabled]').waitFor({ timeout: 5_000 });
      await window.show(stateOf(everyday, { snapshot: { questions: [question()] } }));
      await young;
      expect(await field.evaluate((element) => element.matches(':focus'))).toBe(true);
      expect(await said(page)).toBe(title);
      await page.locator('.questions .button.primary:not([data-disabled])').waitFor({ timeout: 3_000 });
    }));

  it('Rule 13 after the answer by the keyboard focus is on the page, and "Not now" changes nothing', () =>
    inWindow(stage, asking(), async (window) => {
      const { page } = window;
      await page.getByRole('button', { name: `Not now: ${title}` }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => askedOf(window, 'answerQuestion')).toEqual([{ question: 'question-1', allow: false }]);
      await window.show(stateOf(everyday));
      await page.getByRole('region', { name: title }).waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('page-title');
    }));
});
