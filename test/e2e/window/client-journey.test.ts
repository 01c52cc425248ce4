/**
 * Journey 2 in the window of a real broker, beside a Claude Desktop that misbehaves as people report: from the sign-in's
 * end one button leads to an entry in its settings, once it is closed, and to green only when it has really started the
 * relay; the entry that it wipes is said and put back; removing takes it out again. With
 * CONEXOR_TEST_PICTURES=1 pictures lie in test-results/journeys/.
 */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserProgram, startBrowserProgram } from '../../fakes/browser-program.ts';
import { claudeConfig, type FakeClaude, installClaude, startClaude } from '../../fakes/claude-desktop.ts';
import { browser as browserProgram, partMissing } from '../../fakes/parts.ts';
import { type Stage, setStage } from '../stage.ts';
import { jargon, quiet, visibleText } from './looks.ts';

const distDir = fileURLToPath(new URL('../../../dist/', import.meta.url));
const pictures = fileURLToPath(new URL('../../../test-results/journeys/', import.meta.url));
const original = '{\n  "preferences": { "menuBarEnabled": false }\n}\n';
const wantsPictures = process.env['CONEXOR_TEST_PICTURES'] === '1';
const isMissing = partMissing('browser') !== undefined || process.platform === 'win32';

describe.skipIf(isMissing)('Add to Claude', { timeout: 60_000 }, () => {
  let home: string;
  let chromium: Browser;
  let program: BrowserProgram;
  let stage: Stage;
  let page: Page;
  let claude: FakeClaude | undefined;
  const complaints: string[] = [];

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    home = await realpath(await mkdtemp(join(tmpdir(), 'cx-window-claude-')));
    await installClaude(home);
    await writeFile(claudeConfig(home), original);
    const playwright = await import('@playwright/test');
    chromium = await playwright.chromium.launch({ executablePath: browserProgram() ?? '', args: quiet });
    const context = await chromium.newContext({ viewport: { width: 980, height: 760 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(45_000);
    program = await startBrowserProgram(async (url) => {
      const consent = await context.newPage();
      await consent.goto(url.href);
      await consent.getByRole('radio', { name: 'Ana Torres, Acme' }).check();
      await consent.getByRole('button', { name: 'Allow' }).click();
    });
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), CONEXOR_BROWSER: program.path };
    stage = await setStage({ distDir, keychain: 'none', env });
    await stage.control.ask('addConnection', { target: stage.practice.resource, service: 'practice', name: 'sales' });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    const window = await stage.control.ask('openWindow', { openBrowser: false });
    if (window.kind !== 'address') throw new Error('the headless broker has no screen');
    await page.goto(window.url);
  }, 60_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await draw('failed-2-claude');
  });
  afterAll(async () => {
    await claude?.quit();
    await chromium?.close();
    await stage?.stop();
    await program?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).first().click();
  const inSheet = (name: string) => page.locator('.dialog').getByRole('button', { name, exact: true }).click();
  const dialog = (name: string | RegExp) => page.getByRole('dialog', { name }).waitFor();
  const draw = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const picture = async (name: string) => (wantsPictures ? draw(name) : undefined);
  /** What is looked at every two seconds is looked at when a person comes back, too. */
  const comeBack = () => page.evaluate("window.dispatchEvent(new Event('focus'))");
  const settings = () => readFile(claudeConfig(home), 'utf8');

  it('2: from the sign-in to tools in Claude; wiped and put back; removed to the last byte', async () => {
    claude = await startClaude({ home });
    await press(/^Sign in/);
    await page.getByText(/Your browser opens a practice page/).waitFor();
    await inSheet('Continue in the browser');
    await dialog(/^Signed in to/);
    await inSheet('Add to Claude Desktop');
    await dialog('Add Conexor to Claude Desktop');
    await picture('2-before');
    expect(await visibleText(page)).not.toMatch(jargon);
    await inSheet('Add to Claude Desktop');
    await dialog('Close Claude Desktop first');
    await picture('2-close-first');
    const before = await settings();
    expect(before).not.toContain('conexor');

    await claude.quit();
    await comeBack();
    await dialog('Added. Open Claude Desktop now.');
    expect(await settings()).toContain('"conexor"');
    claude = await startClaude({ home });
    await comeBack();
    await dialog('Claude Desktop is connected');
    await picture('2-connected');
    expect(claude.tools.get('conexor')?.length).toBeGreaterThan(1);
    await inSheet('Done');

    await page.getByRole('link', { name: 'Apps' }).click();
    await claude.wipe();
    await page.getByRole('region', { name: "Conexor's entry has vanished from Claude Desktop" }).waitFor();
    await picture('2-vanished');
    await claude.quit();
    claude = undefined;
    const wiped = await settings();
    await press('Put it back…');
    await inSheet('Put it back');
    await dialog('Added. Open Claude Desktop now.');
    await inSheet('Close');
    await press('More about Claude Desktop');
    await page.getByRole('menuitem', { name: 'Remove from Claude Desktop…' }).click();
    await inSheet('Remove');
    await dialog('Conexor is removed from Claude Desktop.');
    await picture('2-removed');
    expect(await settings()).toBe(wiped);
    expect(complaints).toEqual([]);
  }, 180_000);
});
