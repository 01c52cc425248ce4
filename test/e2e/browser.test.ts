/**
 * A sign-in at the practice service in a real Chromium, as a person sees it: the command line prints the address, the
 * consent page asks, and the last page is ours. Pictures of the pages lie in test-results/ afterwards.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browser as browserProgram, partMissing } from '../fakes/parts.ts';
import { authorizationAddress, type Command, openTerminal, type Terminal } from './terminal.ts';

const pictures = fileURLToPath(new URL('../../test-results/pages/', import.meta.url));
/** Chromium looks up hosts of its own at every start; nothing here is to leave the computer. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  // As root it does not start otherwise.
  '--no-sandbox',
];

describe.skipIf(partMissing('browser') !== undefined)('a sign-in in a real browser', () => {
  let chromium: Browser;
  let terminal: Terminal;
  let context: BrowserContext;
  let page: Page;
  let connecting: Command;
  let hosts: Set<string>;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    const playwright = await import('@playwright/test');
    const executablePath = browserProgram() ?? '';
    [chromium, terminal] = await Promise.all([
      playwright.chromium.launch({ executablePath, args: quiet }),
      openTerminal(),
    ]);
    const started = await terminal.run('start', '--port', '0');
    expect(started.code).toBe(0);
  });
  afterAll(async () => {
    await chromium?.close();
    await terminal?.stop();
  });

  beforeEach(async () => {
    context = await chromium.newContext({ viewport: { width: 900, height: 860 } });
    page = await context.newPage();
    hosts = new Set();
    complaints = [];
    context.on('request', (request) => hosts.add(new URL(request.url()).hostname));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    connecting = terminal.begin(['connect', 'practice', '--no-browser', '--another']);
    const [address] = await connecting.says(authorizationAddress);
    await page.goto(address);
  });
  afterEach(async () => {
    await context?.close();
    connecting?.child.kill('SIGTERM');
    await connecting?.ended;
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(complaints).toEqual([]);
  });

  /** In light and in dark. */
  async function picture(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${pictures}${name}-${colorScheme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }

  async function history(): Promise<string[]> {
    const session = await context.newCDPSession(page);
    const { entries } = await session.send('Page.getNavigationHistory');
    return entries.map(({ url }) => url);
  }

  it('the consent page says who asks, for what, and leaves the choice', async () => {
    await picture('consent');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Conexor Desktop');
    const permissions = page.getByRole('list', { name: 'It will be able to' }).getByRole('listitem');
    expect(await permissions.count()).toBeGreaterThan(1);
    for (const words of await permissions.allTextContents()) expect(words).toMatch(/^[A-Z][a-z]+ [a-z]/);
    expect(await page.getByRole('radio').count()).toBeGreaterThanOrEqual(2);
    expect(await page.getByRole('button').allTextContents()).toEqual(['Allow', 'Deny']);
  });

  it('P-13 P-14 Allow ends on our own page, which says who; the code is nowhere to be seen', async () => {
    await page.getByRole('radio', { name: 'Ana Torres, Globex' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: /Signed in as/ }).waitFor();
    await picture('success');
    expect(await page.textContent('main')).toContain('ana.torres@globex.example');
    expect((await connecting.ended).stdout).toContain('Signed in as ana.torres@globex.example');

    expect(page.url()).not.toMatch(/code|state/);
    const visited = await history();
    expect(visited.length).toBeGreaterThan(1);
    expect(visited.filter((url) => /[?&]code=/.test(url))).toEqual([]);
    expect(await page.locator('script, img, link, iframe, object').count()).toBe(0);
    const permissions = page.getByRole('list', { name: 'What your assistants may do with it' }).getByRole('listitem');
    expect(await permissions.allTextContents()).toContain('Use its tools: read and change your data');
  });

  it('Deny is calm', async () => {
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: /didn.t allow access/ }).waitFor();
    await picture('denied');
    expect(await page.textContent('main')).toContain('Nothing changed');
    expect(await page.locator('main.bad').count()).toBe(0);
    const said = await connecting.ended;
    expect(said.code).toBe(1);
    expect(said.stdout).toContain("You didn't allow access. Nothing changed.");
  });

  it('P-11 going back and loading again do no harm', async () => {
    const asked = page.url();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: /Signed in as/ }).waitFor();
    const { stdout } = await connecting.ended;
    expect(stdout).toContain('Signed in');

    // The port is closed within a moment: until then we say that the page was used, afterwards the browser speaks.
    const reloaded = await page.reload().then((answer) => answer?.status(), String);
    expect(String(reloaded)).toMatch(/^410$|ERR_CONNECTION_REFUSED/);
    // The question once more, and the same answer: it has nowhere to go any more.
    const again = await context.newPage();
    await again.goto(asked);
    const closed = again.waitForEvent('requestfailed');
    await again.getByRole('button', { name: 'Allow' }).click();
    expect((await closed).url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\//);
    complaints = [];
    const accounts = await terminal.run('accounts');
    expect(accounts.code).toBe(0);
    expect(accounts.stdout.match(/ana\.torres@acme\.example/g)).toHaveLength(1);
  });

  it('is done by the keyboard alone', async () => {
    const focused = async () => (await page.locator(':focus').getAttribute('value')) ?? '';
    const outline = () => page.locator(':focus').evaluate((element) => element.matches(':focus-visible'));
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('acme');
    expect(await outline()).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('private');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('allow');
    expect(await outline()).toBe(true);
    await picture('consent-keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Signed in as/ }).waitFor();
    expect(await page.textContent('main')).toContain('ana@torres.example');
  });
});
