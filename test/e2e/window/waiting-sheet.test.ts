/** The sheet that waits for the browser, in a window of the usual width. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, picture, windowStage } from './looks.ts';
import { stateOf } from './scenes.ts';
import { begins, inBrowser, signedOut, toWaiting } from './screens.ts';

describe.skipIf(partMissing('browser') !== undefined)('the sheet that waits', () => {
  const stage = windowStage();

  it.each(['en', 'es'] as const)('Rule 3 has its three buttons in one row (%s)', (language) =>
    inWindow(
      stage,
      {
        state: stateOf([signedOut]),
        answers: begins,
        context: { viewport: { width: 980, height: 720 }, locale: language },
      },
      async (window) => {
        const { page, show } = window;
        await toWaiting(window);
        await show(stateOf([inBrowser()], { app: { language } }));
        const buttons = page.locator('.dialog-actions .button');
        await buttons.filter({ hasText: language === 'en' ? 'Cancel' : 'Cancelar' }).waitFor();
        const boxes = await Promise.all((await buttons.all()).map((button) => button.boundingBox()));
        await picture(page, `sign-in-waiting-980-${language}`);
        expect(boxes).toHaveLength(3);
        expect(new Set(boxes.map((box) => box?.y)).size).toBe(1);
      },
    ),
  );
});
