/** A double click is one click where its first half changes what lies under the pointer. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import type { ScriptedWindow } from '../../fakes/scripted-window.ts';
import { inWindow, windowStage } from './looks.ts';
import { ana, globex, inState, service, stateOf, waiting } from './scenes.ts';
import { begins, conexorPage, sheetMain } from './screens.ts';

const both = service('Conexor', { accounts: [ana, globex] });

describe.skipIf(partMissing('browser') !== undefined)('a double click', () => {
  const stage = windowStage();

  it.each([
    ['Pause', conexorPage, 'Pause Conexor?'],
    ['Quit', '#/settings', 'Quit Conexor?'],
  ])('a double click on %s asks, and the question stays', (name, at, question) =>
    inWindow(stage, { state: stateOf([both]), at }, async ({ page, asked }) => {
      await page.getByRole('button', { name, exact: true }).dblclick();
      const dialog = page.getByRole('dialog', { name: question });
      await settled(page);
      expect(await dialog.count()).toBe(1);
      expect(asked.map(({ method }) => method)).not.toContain('setPaused');
      expect(asked.map(({ method }) => method)).not.toContain('quit');
      // A press beside it, for itself, closes it.
      await page.mouse.click(5, 5);
      await dialog.waitFor({ state: 'detached' });
    }),
  );

  it('a double click on Resume in the list resumes, and opens nothing', () =>
    inWindow(stage, { state: stateOf([inState('paused', 'Conexor')]) }, async (window) => {
      const { page } = window;
      const box = await page.getByRole('button', { name: /^Resume/ }).boundingBox();
      if (!box) throw new Error('no button');
      await resumeTwice(window, box.x + box.width / 2, box.y + box.height / 2);
      await settled(page);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Services');
      // The next click is one of its own.
      await page.getByRole('button', { name: /^Details/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
    }));

  it('a double click on Continue marks no word', () =>
    inWindow(stage, { state: stateOf([both]), at: conexorPage, answers: begins }, async (window) => {
      const { page, show } = window;
      await page.getByRole('button', { name: 'Add another account' }).click();
      await show(stateOf([{ ...both, state: 'signing-in', signIn: waiting({ another: true, browserOpened: false }) }]));
      await page.locator('[role="dialog"] .points').waitFor();
      await sheetMain(window).dblclick();
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      expect(await page.evaluate('String(getSelection())')).toBe('');
    }));

  it('a double click on a word marks it, as everywhere', () =>
    inWindow(stage, { state: stateOf([both]), at: conexorPage }, async ({ page }) => {
      await page.getByText(globex.label).first().dblclick();
      expect(await page.evaluate('String(getSelection()).length > 0')).toBe(true);
    }));
});

/** The first half of a double click, the broker's answer, the second half: as it is with a quick broker. */
async function resumeTwice({ page, show, asked }: ScriptedWindow, x: number, y: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down({ clickCount: 1 });
  await page.mouse.up({ clickCount: 1 });
  await expect.poll(() => asked.filter(({ method }) => method === 'setPaused').length).toBe(1);
  await show(stateOf([service('Conexor')]));
  await page.getByRole('button', { name: /^Details/ }).waitFor();
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
}

/** All that a press sets off in the page has happened: two frames later. */
function settled(page: Page): Promise<unknown> {
  return page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
