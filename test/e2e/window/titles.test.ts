/** What the window or tab is called in the browser's and the desktop's lists of windows. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, windowStage } from './looks.ts';
import { everyday, service, stateOf } from './scenes.ts';

const practice = service('Practice', { service: 'practice' });

describe.skipIf(partMissing('browser') !== undefined)('the title', () => {
  const stage = windowStage();

  it.each([
    ['', 'Services', 'Servicios'],
    ['#/service/id-linear', 'Linear', 'Linear'],
    ['#/service/id-practice', 'Conexor practice service', 'Servicio de práctica'],
    ['#/service/id-unknown', 'Services', 'Servicios'],
    ['#/add', 'Add a service', 'Añadir un servicio'],
    ['#/programs', 'Apps', 'Aplicaciones'],
    ['#/activity', 'Activity', 'Actividad'],
    ['#/settings', 'Settings', 'Ajustes'],
    ['#/help/connect', 'Help', 'Ayuda'],
    ['#/diagnostics', 'Diagnostics', 'Diagnóstico'],
  ])('Rule 13 names the page or service, in both languages: %s', (at, english, spanish) =>
    inWindow(stage, { state: stateOf([...everyday, practice]), at }, async ({ page, show }) => {
      await expect.poll(() => page.title()).toBe(`${english} – Conexor`);
      await show(stateOf([...everyday, practice], { app: { language: 'es' } }));
      await expect.poll(() => page.title()).toBe(`${spanish} – Conexor`);
    }),
  );

  it('Rule 13 follows from page to page, and from step to step of the first run', () =>
    inWindow(stage, { state: stateOf([], { settings: { firstRunDone: false } }) }, async ({ page }) => {
      await expect.poll(() => page.title()).toBe('Let your assistants work with your services – Conexor');
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await expect.poll(() => page.title()).toBe('Which server is yours? – Conexor');
      await page.getByRole('button', { name: 'Skip for now' }).click();
      await expect.poll(() => page.title()).toBe('Services – Conexor');
      await page.getByRole('link', { name: 'Activity' }).click();
      await expect.poll(() => page.title()).toBe('Activity – Conexor');
    }));
});
