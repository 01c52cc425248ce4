/** The apps page: who asks, who may what, taking it back. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, jargon, scrollsSideways, visibleText, windowStage } from './looks.ts';
import { account, ana, everyday, globex, program, service, stateOf } from './scenes.ts';

const asking = service('Conexor', { clients: [program('Cursor', { access: 'asking' })] });
const refused = service('Conexor', { clients: [program('n8n', { access: 'refused' })] });

describe.skipIf(partMissing('browser') !== undefined)('the apps page', () => {
  const stage = windowStage();
  const at = (connections = everyday, change: Parameters<typeof stateOf>[1] = {}) => ({
    state: stateOf(connections, change),
    at: '#/programs',
  });

  it('Rule 9 lists each app with its services, accounts and last use', () =>
    inWindow(stage, at(), async ({ page }) => {
      const cursor = page.getByRole('region', { name: 'Cursor' });
      expect(await cursor.getByRole('listitem').count()).toBe(2);
      const text = await cursor.textContent();
      expect(text).toContain('Last used yesterday');
      expect(text).toContain('as ana@torres.example');
      expect(await page.getByRole('region').allTextContents()).not.toEqual([]);
      expect(await visibleText(page)).not.toMatch(jargon);
    }));

  it('Rule 9 the first use asks: which app, which service and account, what it could do', () =>
    inWindow(stage, at([asking]), async ({ page, asked, show }) => {
      const card = page.getByRole('region', { name: 'Cursor asks to use Conexor' });
      expect(await card.textContent()).toContain('As ana.torres@acme.example');
      expect(
        await card.getByRole('list', { name: 'If you allow it, it can:' }).getByRole('listitem').allTextContents(),
      ).toEqual(['See which tools there are', 'Use its tools: read and change your data', 'Read its guides']);
      await card.getByRole('button', { name: /^Allow/ }).click();
      await expect
        .poll(() => asked.find(({ method }) => method === 'decideProgram')?.argument)
        .toEqual({
          connection: asking.id,
          program: 'Cursor',
          allow: true,
          door: 'stdio',
        });
      await show(stateOf([service('Conexor', { clients: [program('Cursor')] })]));
      await card.waitFor({ state: 'detached' });
      expect(await page.locator('[data-live-announcer]').textContent()).toContain('Cursor may now use Conexor.');
      expect(await page.locator(':focus').textContent()).toBe('Apps');
    }));

  it('Not now is as easy, and says until when it holds and that nothing was shared', () =>
    inWindow(stage, at([asking]), async ({ page, asked }) => {
      await page.getByText('If not now, it gets nothing until you allow it on the Apps page.').waitFor();
      await page.getByRole('button', { name: /^Not now/ }).click();
      await expect.poll(() => page.locator('[data-live-announcer]').textContent()).toContain('Nothing was shared.');
      expect(asked.find(({ method }) => method === 'decideProgram')?.argument).toMatchObject({ allow: false });
    }));

  it('Rule 7 Remove access says what stops and what is not touched; focus on Cancel, Escape leaves all as it is', () =>
    inWindow(
      stage,
      at(everyday, { snapshot: { localClients: [{ name: 'Cursor', createdAtMs: 0 }] } }),
      async (window) => {
        const { page, asked } = window;
        const button = page.getByRole('button', { name: 'Remove access… Cursor' });
        await button.click();
        const dialog = page.getByRole('alertdialog', { name: 'Remove the access of Cursor?' });
        const text = await dialog.textContent();
        expect(text).toContain('Cursor can no longer use Conexor and Linear, from this moment on.');
        expect(text).toContain('Its local key stops working.');
        expect(text).toContain('Your sign-ins stay');
        expect(await page.locator(':focus').textContent()).toBe('Cancel');
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        expect(asked.map(({ method }) => method)).not.toContain('removeProgram');
        expect(await page.locator(':focus').textContent()).toBe('Remove access…');
      },
    ));

  it('removes on one more press', () =>
    inWindow(
      stage,
      { ...at(), answers: { removeProgram: () => ({ connections: 2, keyRemoved: false }) } },
      async ({ page, asked }) => {
        await page.getByRole('button', { name: 'Remove access… Cursor' }).click();
        await page.getByRole('button', { name: 'Remove access', exact: true }).dblclick();
        await page.getByRole('alertdialog').waitFor({ state: 'detached' });
        expect(asked.filter(({ method }) => method === 'removeProgram').map(({ argument }) => argument)).toEqual([
          { program: 'Cursor' },
        ]);
      },
    ));

  it('a refused app can be allowed again', () =>
    inWindow(stage, at([refused]), async ({ page, asked }) => {
      const row = page.getByRole('region', { name: 'n8n' });
      expect(await row.textContent()).toContain('No access');
      expect(await row.getByRole('button', { name: /Remove/ }).count()).toBe(0);
      await row.getByRole('button', { name: 'Allow again: n8n, Conexor' }).click();
      await expect
        .poll(() => asked.find(({ method }) => method === 'decideProgram')?.argument)
        .toMatchObject({ allow: true });
    }));

  it('Rule 6 an app can be bound to an account of its own', () =>
    inWindow(stage, at(), async ({ page, asked }) => {
      const choice = page.getByRole('combobox', { name: 'The account with which Claude uses Conexor' });
      expect(await choice.locator('option').allTextContents()).toEqual([
        `As the account in use (${ana.label})`,
        `Always as ${ana.label}`,
        `Always as ${globex.label}`,
      ]);
      await choice.selectOption(globex.id);
      await expect
        .poll(() => asked.find(({ method }) => method === 'useAccount')?.argument)
        .toEqual({
          connection: everyday[0]?.id,
          account: globex.id,
          client: 'Claude',
        });
    }));

  it('a program with a key and no use yet is there too', () =>
    inWindow(stage, at([], { snapshot: { localClients: [{ name: 'backup', createdAtMs: 0 }] } }), async ({ page }) => {
      expect(await page.getByRole('region', { name: 'backup' }).textContent()).toContain('Not used yet');
    }));

  it('with nobody yet says what will be here', () =>
    inWindow(stage, at([]), async ({ page }) => {
      await page.getByRole('heading', { name: 'No app has come by yet' }).waitFor();
      await page.getByRole('link', { name: 'How an assistant is connected' }).click();
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
      expect(await page.getByText('Open the settings of your assistant').isVisible()).toBe(true);
    }));

  it('behind a locked keychain says so, with Unlock', () =>
    inWindow(stage, at([], { snapshot: { vault: { kind: 'locked' } } }), async ({ page, asked }) => {
      expect(await page.getByText('No app has come by yet').count()).toBe(0);
      await page.getByRole('button', { name: 'Unlock' }).click();
      await expect.poll(() => asked.map(({ method }) => method)).toContain('unlock');
    }));

  it('says so where new apps are let in without asking', () =>
    inWindow(stage, at(everyday, { app: { newPrograms: 'allow' } }), async ({ page }) => {
      await page.getByText('New apps are let in without asking.').waitFor();
    }));

  it('hostile names break nothing', () => {
    const name = `<img src=x onerror=alert(1)>${'W'.repeat(60)}`;
    const own = service('Conexor', { clients: [program(name), program(name, { access: 'asking', door: 'http' })] });
    const more = { ...own, accounts: [account('x'.repeat(200), { current: true })] };
    return inWindow(stage, { ...at([more]), context: { viewport: { width: 360, height: 740 } } }, async ({ page }) => {
      await page.getByRole('region', { name, exact: true }).waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(await scrollsSideways(page)).toBe(false);
    });
  });
});
