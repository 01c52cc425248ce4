/** What the window says is so for this way in and this service: signing out, refusals, names, what was begun, web APIs. */
import { describe, expect, it } from 'vitest';
import type { AccountView } from '../../../shared/snapshot.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers } from '../../fakes/scripted-window.ts';
import { inWindow, windowStage } from './looks.ts';
import { account, ana, everyday, service, stateOf, waiting } from './scenes.ts';
import { mainButton } from './screens.ts';
import { added, connexease, connexeasePage, question, signedOutConnexease } from './ways-screens.ts';

describe.skipIf(partMissing('browser') !== undefined)('what is said is so', () => {
  const stage = windowStage();

  it.each([
    ['access-token', 'The access key itself stays good at Connexease until it is deleted there.'],
    ['api-key', 'The key itself stays good at Connexease until it is deleted there.'],
    ['jwt-login', 'Connexease has no way to cancel it: what it has given out ends there by itself.'],
    ['client-credentials', 'Connexease is asked to cancel the access, where it has a way.'],
  ] as const)('Rule 7 signing out of %s promises only what the service can do', (wayIn, sentence) => {
    const accounts = [account('Acme support', { current: true, wayIn })];
    return inWindow(stage, { state: stateOf([connexease({ accounts })]), at: connexeasePage }, async ({ page }) => {
      await page.getByRole('button', { name: 'Sign out…' }).click();
      const text = await page.getByRole('alertdialog').textContent();
      expect(text).toContain('is forgotten on this computer');
      expect(text).toContain(sentence);
      expect(text).not.toContain('is asked to cancel it');
    });
  });

  it.each([
    ['access-token', ['The access key itself stays good at Connexease until it is deleted there.']],
    ['client-credentials', ['Client ID and secret stay good at Connexease until they are deleted there.']],
    ['authorization-code', []],
  ] as const)('Rule 7 removing a service with %s says before and after what stays good there', (wayIn, stays) => {
    const accounts = [account('Acme support', { current: true, wayIn }), account('Acme sales', { wayIn })];
    const left = { account: 'Acme support', service: 'no-way', proof: 'not-checked', wayIn } as const;
    const answers: Answers = { removeConnection: () => ({ name: 'connexease', signedOut: [left] }) };
    const state = stateOf([connexease({ accounts })]);
    return inWindow(stage, { state, at: connexeasePage, answers }, async ({ page, show }) => {
      const staying = (text: string | null) => text?.match(/[^.]*stays? good[^.]*\./g)?.map((one) => one.trim()) ?? [];
      await page.getByRole('button', { name: 'More about Connexease' }).click();
      await page.getByRole('menuitem', { name: 'Remove…' }).click();
      const dialog = page.getByRole('alertdialog');
      expect(staying(await dialog.locator('dd').first().textContent())).toEqual(stays);
      await dialog.getByRole('button', { name: 'Remove' }).click();
      await show(stateOf([]));
      const notice = page.locator('.notice');
      await notice.waitFor();
      expect(await notice.textContent()).toContain('has no way to cancel it from outside.');
      expect(staying(await notice.textContent())).toEqual(stays);
    });
  });

  it('Details claim a renewal and a refresh only where there are such', async () => {
    const { expiresAtMs: _, ...endless } = account('Acme support', { current: true });
    const atMs = Date.now() - 60_000;
    const shown = async (change: Partial<AccountView>) => {
      const accounts = [{ ...endless, ...change }];
      let text = '';
      await inWindow(stage, { state: stateOf([connexease({ accounts })]), at: connexeasePage }, async ({ page }) => {
        await page.getByText('Details', { exact: true }).click();
        text = (await page.locator('.facts').textContent()) ?? '';
      });
      return text;
    };
    const first = { addedAtMs: atMs, lastRefreshAtMs: atMs - 5 };
    expect(await shown({ ...first, wayIn: 'access-token', renewsItself: false })).toContain(
      'Access token endsThe service did not sayLast refreshNever',
    );
    // Entered once more, it was still not renewed.
    const again = { addedAtMs: atMs, lastRefreshAtMs: atMs + 5_000 };
    expect(await shown({ ...again, wayIn: 'api-key', renewsItself: false })).toContain('Last refreshNever');
    expect(await shown(first)).toContain('Access token endsRenewed by Conexor when neededLast refreshNever');
    expect(await shown(again)).toMatch(/Last refresh.*\d:\d\d.*Account added/);
  });

  it('where the service names nobody, the end of the sign-in says where a name can be given', () => {
    const unnamed = account('Access key', { current: true, wayIn: 'access-token' });
    const { email: _, organisation: __, ...nobody } = unnamed;
    const connection = connexease({ accounts: [nobody], clients: [] });
    const done = { kind: 'done', works: true, accountId: nobody.id, known: false, current: true, connection } as const;
    const answers: Answers = { ...added, signInOutcome: () => ({ ...done, account: nobody.label }) };
    return inWindow(stage, { state: stateOf([signedOutConnexease]), answers }, async (window) => {
      const { page } = window;
      await mainButton(window).click();
      await page.getByRole('dialog').getByRole('textbox').fill('ct_live_1');
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Signed in to Connexease' });
      await window.show(stateOf([connection]));
      await sheet.getByText('you can give it').waitFor();
      expect(await sheet.textContent()).toContain('you can give it a name of your own on the page of Connexease');
      // Both doors of a web API: assistants, and scripts by its address.
      expect(await sheet.textContent()).toContain('Connect your assistant to Conexor');
      expect(await sheet.textContent()).toContain('address on the page of Connexease');
    });
  });

  it("Claude's file is looked at again when one comes back to the window", () => {
    const server = (name: string) => ({
      ...{ name, target: `https://${name}.example/mcp`, host: `${name}.example`, title: name },
      ...{ hasClientId: true, hasSecret: true, unknownKeys: [] },
    });
    const file = (name: string) => ({ found: [{ path: '/claude.json', servers: [server(name)], backups: [] }] });
    const answers: Answers = { findImports: () => file('sales') };
    return inWindow(stage, { state: stateOf(everyday), at: '#/add', answers }, async (window) => {
      const { page } = window;
      await page.getByText('sales.example').first().waitFor();
      window.answer({ ...answers, findImports: () => file('reports') });
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.getByText('reports.example').first().waitFor({ timeout: 5_000 });
    });
  });

  it('after a yes it says that nothing is done before the app, if it has stopped waiting, asks once more', () => {
    const state = (asked: boolean) => stateOf(everyday, { snapshot: { questions: asked ? [question()] : [] } });
    return inWindow(stage, { state: state(true), answers: { answerQuestion: () => ({}) } }, async (window) => {
      const { page } = window;
      const allow = page.getByRole('button', { name: /^Allow:/ });
      await allow.click({ timeout: 5_000 });
      await window.show(state(false));
      const notice = page.getByRole('region', { name: 'Claude may do it, this once.' });
      await notice.waitFor();
      expect(await notice.textContent()).toContain('If it has stopped waiting, nothing has been done yet');
      await notice.getByRole('button').click();
      await notice.waitFor({ state: 'detached' });
    });
  });

  it('a sign-in that nobody has opened yet is not said to be waited for: one sentence, on with it or Cancel', () => {
    const signIn = waiting({ browserOpened: false, startedAtMs: Date.now() - 60 * 60_000 });
    const state = stateOf([service('Conexor', { state: 'signing-in', signIn, accounts: [ana] })]);
    return inWindow(stage, { state }, async ({ page }) => {
      const row = page.locator('.service-waiting');
      await row.getByText('has not been opened yet').waitFor();
      expect(await row.textContent()).not.toContain('Still waiting');
      expect(await row.getByRole('button').allTextContents()).toEqual(['Cancel', 'Continue in the browser']);
    });
  });

  it('a web API has the command for assistants as every service, and its address for scripts', () =>
    inWindow(stage, { state: stateOf([connexease()]), at: '#/help/connect' }, async ({ page }) => {
      await page.getByText('Command for Connexease').waitFor({ state: 'attached' });
      expect(await page.textContent('body')).toContain('--connection connexease');
      expect(await page.textContent('body')).toContain('/api/connexease/');
    }));

  it('the page of a web API says both: assistants, and scripts by an address', () =>
    inWindow(stage, { state: stateOf([connexease()]), at: connexeasePage }, async ({ page }) => {
      await page.getByRole('heading', { name: 'For assistants and scripts' }).waitFor();
      await page.getByText('Assistants read and write at Connexease').waitFor();
      await page.getByRole('button', { name: 'How to connect an assistant' }).click();
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
    }));
});
