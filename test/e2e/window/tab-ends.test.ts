/** What a tab of a real Chromium says when its broker goes: as the person wanted, or not; in a person's own terminal. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browser as browserProgram, partMissing } from '../../fakes/parts.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { quiet, visibleText } from './looks.ts';

const address = /http:\/\/127\.0\.0\.1:\d+\/window\/\S+/;

describe.skipIf(partMissing('browser') !== undefined)('a tab whose broker goes', { timeout: 60_000 }, () => {
  let chromium: Browser;
  let context: BrowserContext;
  let terminal: Terminal;
  let page: Page;

  beforeAll(async () => {
    const playwright = await import('@playwright/test');
    chromium = await playwright.chromium.launch({ executablePath: browserProgram() ?? '', args: quiet });
  });
  afterAll(() => chromium?.close());
  afterEach(async () => {
    await context?.close();
    await terminal?.stop();
  });

  /** As the page itself says to: a broker is started where none runs. */
  async function openWindow(...words: string[]): Promise<string> {
    const { stdout } = await terminal.run('window', '--no-browser', ...words);
    const [url] = address.exec(stdout) ?? [];
    if (url === undefined) throw new Error(stdout);
    return url;
  }

  async function openTab(locale = 'en-GB'): Promise<void> {
    terminal = await openTerminal();
    context = await chromium.newContext({ locale });
    page = await context.newPage();
    await page.goto(await openWindow('--port', '0'));
    await page.locator('.first-skip .button').click();
    await page.getByRole('navigation').waitFor();
  }

  it('says calmly that Conexor has ended where the person wanted it', async () => {
    await openTab();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Quit' }).click();
    await page.getByRole('dialog', { name: 'Quit Conexor?' }).getByRole('button', { name: 'Quit' }).click();
    await page.locator('h1:focus').filter({ hasText: 'Conexor has ended' }).waitFor();
    expect(await visibleText(page)).toMatch(/^Conexor has ended\s+You can close this page\.$/);
    expect(await page.title()).toBe('Conexor has ended – Conexor');
  });

  it.each([
    ['en', "Conexor isn't running", 'start it and open its window again', 'Open this page from Conexor'],
    ['es', 'Conexor no está en marcha', 'inícialo y vuelve a abrir su ventana', 'Abre esta página desde Conexor'],
  ])(
    'promises nothing that ended with the broker, and names the command that brings it back (%s)',
    async (...texts) => {
      const [language, title, todo, closed] = texts;
      await openTab(language);
      if (language === 'es') {
        await page.getByRole('link', { name: 'Settings' }).click();
        await page.getByRole('combobox', { name: 'Language' }).selectOption('Español');
        await page.getByRole('heading', { level: 1, name: 'Ajustes' }).waitFor();
      }
      await terminal.run('stop');
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      const text = await visibleText(page);
      expect(text).toContain(todo);
      expect(text).toContain('npx conexor window');
      expect(text).not.toMatch(/by itself|sola|npx conexor start/);
      // The next broker does not know this tab; its own opening is a new one.
      const again = await openWindow('--port', new URL(page.url()).port);
      await page.getByRole('heading', { level: 1, name: closed }).waitFor();
      await page.goto(again);
      await page.getByRole('navigation').waitFor();
    },
  );
});
