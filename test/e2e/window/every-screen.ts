/**
 * What holds for every screen: without a technical word, in either language; accessible in three colour schemes, narrow and
 * zoomed; every text from the catalogue; nothing that the browser complains about.
 */
import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../shared/words/permissions.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { ScriptedWindow } from '../../fakes/scripted-window.ts';
import {
  type About,
  axeFinds,
  brokenButtons,
  inWindow,
  jargon,
  picture,
  scrollsSideways,
  textsOutsideCatalogue,
  visibleText,
  windowStage,
} from './looks.ts';
import { conexorScopes } from './scenes.ts';
import type { Screen } from './screens.ts';

const usual = { width: 960, height: 720 };
const narrow = { width: 360, height: 720 };
/** 200 % of the usual one. */
const zoomed = { width: 480, height: 360 };
const permissionWords = permissionsOf([...conexorScopes, 'mcp:server:manage', 'openid', 'profile'], 'en').known;

export function everyScreen(title: string, screens: readonly Screen[]): void {
  describe.skipIf(partMissing('browser') !== undefined)(title, () => {
    const stage = windowStage();
    const open = ({ act, name: _, told: __, technical: ___, ...screen }: Screen, pseudo: boolean, look: Look) =>
      inWindow(stage, { ...screen, pseudo }, async (window) => {
        await act?.(window);
        await look(window);
      });

    it.each(screens)(
      'Rule 1 Rule 13 Rule 14 $name is plain and fits in both languages, accessible in light, dark and forced colours, at 360 px and at 200 %',
      (screen) =>
        open(screen, false, async ({ page, show }) => {
          const faults: string[] = [];
          const look = async (how: string, about: About) => {
            faults.push(...(await axeFinds(page, about)).map((fault) => `${how}: ${fault}`));
            if (await scrollsSideways(page)) faults.push(`${how}: scrolls sideways`);
            faults.push(...(await brokenButtons(page)).map((fault) => `${how}: ${fault}`));
          };
          await look('light', 'all');
          await picture(page, `${screen.name}-light`);
          await page.emulateMedia({ colorScheme: 'dark' });
          await look('dark', 'colours');
          await picture(page, `${screen.name}-dark`);
          await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
          await look('forced colours', 'colours');
          await picture(page, `${screen.name}-forced`);
          await page.emulateMedia({ forcedColors: 'none' });
          await page.setViewportSize(narrow);
          await look('360 px', 'structure');
          await picture(page, `${screen.name}-narrow`);
          await page.setViewportSize(zoomed);
          // The layout is that of 360 px.
          await look('200 %', 'sizes');
          await page.setViewportSize(usual);
          if (!screen.technical) expect(await visibleText(page)).not.toMatch(jargon);
          // Its words are longer.
          await show({ ...screen.state, app: { ...screen.state.app, language: 'es' } });
          await page.setViewportSize(narrow);
          await page.locator('html[lang="es"]').waitFor({ state: 'attached' });
          if (await scrollsSideways(page)) faults.push('in Spanish: scrolls sideways');
          faults.push(...(await brokenButtons(page)).map((fault) => `in Spanish: ${fault}`));
          await picture(page, `${screen.name}-spanish`);
          if (!screen.technical) expect(await visibleText(page)).not.toMatch(jargon);
          expect(faults).toEqual([]);
        }),
      60_000,
    );

    it.each(screens)('Rule 14 $name has no text that is not in the catalogue', (screen) =>
      open(screen, true, async ({ page }) => {
        // What the broker tells: names, accounts, hosts, its faults' own sentences; and react-aria's own word.
        const told = new Set([...stringsIn(screen.state), ...permissionWords, ...(screen.told ?? []), 'Dismiss']);
        const codes = new Set(await page.locator('code').allTextContents());
        const found = await textsOutsideCatalogue(page);
        expect(found.filter((text) => !told.has(text) && !codes.has(text))).toEqual([]);
      }),
    );
  });
}

type Look = (window: ScriptedWindow) => Promise<void>;

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
