/** Going to another page and back: what one was at is there again. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { inWindow, windowStage } from './looks.ts';
import { everyday, service, stateOf } from './scenes.ts';

const fresh = stateOf([], { settings: { firstRunDone: false } });

/** What the first run adds, which needs no sign-in here. */
const adding = (kind: 'practice' | 'conexor') => {
  const connection = service('Sales', { service: kind });
  const answers: Answers = {
    startPractice: () => ({ resource: 'http://127.0.0.1:4801/mcp/practice/sales' }),
    addConnection: () => ({ connection, added: false }),
    changeSettings: () => stateOf([connection]),
  };
  return { connection, answers };
};

async function toReady({ page, show }: ScriptedWindow, kind: 'practice' | 'conexor'): Promise<void> {
  if (kind === 'practice') await page.getByRole('button', { name: 'Try the practice service' }).click();
  else {
    await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
    await page.getByText('Step 2 of 3').waitFor();
    await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales');
    await page.keyboard.press('Enter');
  }
  await show(stateOf([adding(kind).connection], { settings: { firstRunDone: false } }));
  await page.getByRole('heading', { level: 1, name: 'Ready' }).waitFor();
}

describe.skipIf(partMissing('browser') !== undefined)('coming back', () => {
  const stage = windowStage();

  it.each([
    ['practice', 'Step 3 of 3'],
    ['conexor', 'Step 3 of 3'],
  ] as const)(
    'to the end of the first run after connecting an assistant; its steps are those of the way (%s)',
    (kind, step) => {
      const { connection, answers } = adding(kind);
      return inWindow(stage, { state: fresh, answers }, async (window) => {
        const { page, show, asked } = window;
        await page.getByText('Step 1 of 3').waitFor();
        await toReady(window, kind);
        await page.getByText(step).waitFor();
        for (const _ of ['once', 'and again']) {
          await page.getByRole('button', { name: 'Connect your assistant' }).click();
          await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
          await page.goBack();
          await page.locator('h1:focus').filter({ hasText: 'Ready' }).waitFor();
          await page.getByText(step).waitFor();
        }
        // Also once it is known to be over, and after loading anew.
        await show(stateOf([connection]));
        await page.reload();
        await page.getByRole('heading', { level: 1, name: 'Ready' }).waitFor();
        await page.goForward();
        await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
        await page.goBack();
        await page.getByRole('button', { name: 'Go to my services' }).click();
        await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
        expect(asked.filter(({ method }) => method === 'changeSettings')).toHaveLength(1);
      });
    },
  );

  it('leads to the services where nobody is signed in there any more', () => {
    const { answers } = adding('practice');
    return inWindow(stage, { state: fresh, answers }, async (window) => {
      const { page, show } = window;
      await toReady(window, 'practice');
      await page.getByRole('button', { name: 'Connect your assistant' }).click();
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
      await show(stateOf([service('Sales', { state: 'sign-in-again', accounts: [], clients: [] })]));
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    });
  });

  it.each(['the link', 'the history'])('to Help, whose topics stand open as they were left, by %s', (way) =>
    inWindow(stage, { state: stateOf(everyday), at: '#/help' }, async ({ page }) => {
      const open = page.locator('.topic[open] h2');
      await page.getByText('The keychain', { exact: true }).click();
      await page.getByText('Company network', { exact: true }).click();
      await page.getByText('Company network', { exact: true }).click();
      await expect.poll(() => open.allTextContents()).toEqual(['The keychain']);
      await page.getByRole('link', { name: 'Something else?' }).click();
      await page.getByRole('heading', { level: 1, name: 'Diagnostics' }).waitFor();
      if (way === 'the link') await page.locator('.back').click();
      else await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
      expect(await open.allTextContents()).toEqual(['The keychain']);
    }),
  );
});
