/** The screens of the other pages, looked at as every screen is; these and the ways in also in Spanish, whose words are longer. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import { everyScreen } from './every-screen.ts';
import { brokenButtons, inWindow, jargon, picture, scrollsSideways, visibleText, windowStage } from './looks.ts';
import { pageScreens } from './page-screens.ts';
import { waysScreens } from './ways-screens.ts';

everyScreen('every screen of the pages', pageScreens);

describe.skipIf(partMissing('browser') !== undefined)('in Spanish', () => {
  const stage = windowStage();

  it.each([...pageScreens, ...waysScreens])(
    'Rule 1 Rule 14 $name fits 360 px, without a technical word',
    ({ act, name, state, technical, told: _, ...screen }) => {
      const spanish = { ...state, app: { ...state.app, language: 'es' as const } };
      const context = { viewport: { width: 360, height: 720 }, locale: 'es-ES' };
      return inWindow(stage, { ...screen, state: spanish, context }, async (window) => {
        await act?.(window);
        expect(await scrollsSideways(window.page)).toBe(false);
        expect(await brokenButtons(window.page)).toEqual([]);
        if (!technical) expect(await visibleText(window.page)).not.toMatch(jargon);
        await picture(window.page, `${name}-spanish`);
      });
    },
  );
});
