/**
 * Journeys 1, 4, 5 and 6 in the window of a real broker: the built headless program, its page in a real browser, the
 * practice service's consent page in the same browser, and a program that uses it all over the relay. Once with a
 * mouse, once by the keyboard alone. Pictures lie in test-results/journeys/ afterwards.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserProgram, startBrowserProgram } from '../../fakes/browser-program.ts';
import { browser as browserProgram, partMissing } from '../../fakes/parts.ts';
import { type Stage, setStage } from '../stage.ts';

const distDir = fileURLToPath(new URL('../../../dist/', import.meta.url));
const pictures = fileURLToPath(new URL('../../../test-results/journeys/', import.meta.url));
const quiet = ['--disable-background-networking', '--disable-component-update', '--no-first-run', '--no-sandbox'];

/** A whole browser and four processes share this machine. */
const soon = { timeout: 15_000, interval: 100 };
const ana = 'ana.torres@acme.example';
const globex = 'ana.torres@globex.example';
const useGlobex = /^Use this one: ana\.torres@globex/;
const wasAdded = /^ana\.torres@globex\.example.* was added\./;

describe.skipIf(partMissing('browser') !== undefined)('the journeys in the window', { timeout: 60_000 }, () => {
  let chromium: Browser;
  let person: (consent: Page) => Promise<void>;
  let program: BrowserProgram;
  let stage: Stage;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  const clients: Client[] = [];

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    const playwright = await import('@playwright/test');
    chromium = await playwright.chromium.launch({ executablePath: browserProgram() ?? '', args: quiet });
  });
  afterAll(() => chromium?.close());

  beforeEach(async () => {
    complaints = [];
    person = consentAs('Ana Torres, Acme');
    program = await startBrowserProgram(async (url) => {
      const consent = await context.newPage();
      await consent.goto(url.href);
      await person(consent);
    });
    stage = await setStage({ distDir, env: { CONEXOR_BROWSER: program.path } });
    context = await chromium.newContext({ viewport: { width: 980, height: 760 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(45_000);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    // The practice service of this stage lies at a port of its own, so it is added by its address.
    await stage.control.ask('addConnection', { target: stage.practice.resource, service: 'practice', name: 'sales' });
    const window = await stage.control.ask('openWindow', { openBrowser: false });
    if (window.kind !== 'address') throw new Error('the headless broker has no screen');
    await page.goto(window.url);
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 40)}`);
    for (const client of clients.splice(0)) await client.close();
    await context?.close();
    await stage?.stop();
    await program?.stop();
    expect(complaints).toEqual([]);
  });

  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const row = () => page.getByRole('listitem').filter({ hasText: 'practice' }).first();

  /** A program over the relay, as Claude would start it. */
  async function assistant(name: string): Promise<Client> {
    const client = new Client({ name, version: '1' });
    clients.push(client);
    const args = [join(distDir, 'relay.cjs'), '--data', stage.dataDir, '--client', name, '--connection', 'sales'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env: clean(stage.env) }));
    return client;
  }

  it('1: connected with two clicks besides the consent page’s own; the window says who, what and what next', async () => {
    await row()
      .getByRole('button', { name: /^Sign in/ })
      .click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText(/Your browser opens a (practice page on this computer|page of 127\.0\.0\.1)/).waitFor();
    await picture('1-before');
    await toBrowser();
    await sheet.getByText(/^Signed in to/).waitFor();
    await picture('1-signed-in');
    expect(await sheet.textContent()).toContain(ana);
    expect(await sheet.textContent()).toContain('Use its tools: read and change your data');
    await sheet.getByRole('button', { name: 'Done' }).click();
    expect(await row().textContent()).toContain('Connected');
    expect(await row().textContent()).toContain(ana);
    expect(await row().textContent()).toContain('Stays signed in');
    await page.getByText('Everything is working.').first().waitFor();
    await picture('1-list');
    expect(program.opened).toHaveLength(1);
  });

  it('Rule 4 the browser’s last page is ours and names account and permissions', async () => {
    let last = '';
    person = async (consent) => {
      await consentAs('Ana Torres, Acme')(consent);
      await consent.getByRole('heading', { name: /Signed in as/ }).waitFor();
      last = (await consent.textContent('main')) ?? '';
      expect(consent.url()).not.toMatch(/code|state/);
    };
    await signInByMouse();
    await expect.poll(() => last, soon).toContain(ana);
    expect(last).toContain('Use its tools: read and change your data');
    expect(last).toContain('We tried it: it works.');
  });

  it('Rule 5 a denial is calm, changes nothing and can be tried again', async () => {
    person = (consent) => consent.getByRole('button', { name: 'Deny' }).click();
    await row()
      .getByRole('button', { name: /^Sign in/ })
      .click();
    const sheet = page.getByRole('dialog');
    await toBrowser();
    await sheet.getByText("You didn't allow access").first().waitFor();
    await sheet.getByText('Nothing changed.').first().waitFor();
    await picture('5-denied');
    expect(await sheet.locator('[role=alert]').count()).toBe(0);
    person = consentAs('Ana Torres, Acme');
    await sheet.getByRole('button', { name: 'Try again' }).click();
    await toBrowser();
    await sheet.getByText(/^Signed in to/).waitFor();
  });

  it('Rule 12 no tab opens that nobody asked for, also when a program asks for access again and again', async () => {
    const client = await assistant('Claude');
    for (let call = 0; call < 5; call += 1) await client.listTools();
    expect(program.opened).toHaveLength(0);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['sign_in']);
  });

  it('5 and 6: a second account, the switch and the sign-out reach a running program', async () => {
    await signInByMouse();
    const claude = await assistant('Claude');
    expect(await whoami(claude)).toContain(ana);

    await row().getByRole('link').first().click();
    person = consentAs('Ana Torres, Globex');
    await page.getByRole('button', { name: 'Add another account' }).click();
    const sheet = page.getByRole('dialog');
    await toBrowser();
    await sheet.getByText(wasAdded).waitFor();
    await picture('6-added');
    expect(await whoami(claude)).toContain(ana);
    await sheet.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('button', { name: useGlobex }).click();
    await expect.poll(() => whoami(claude), soon).toContain(globex);
    await picture('6-details');
    expect(stage.practice.seen.revoked.refreshTokens).toBe(0);

    await page.getByRole('button', { name: 'Sign out…' }).first().click();
    const question = page.getByRole('alertdialog');
    await question.waitFor();
    await picture('5-question');
    expect(await question.textContent()).toContain('Claude');
    await question.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page
      .getByText(/cancelled/i)
      .first()
      .waitFor();
    await picture('5-signed-out');
    await expect.poll(async () => (await claude.listTools()).tools.map(({ name }) => name), soon).toEqual(['sign_in']);
  });

  it('4: signed out is not broken: sign_in brings the browser up, and the tools appear in the same session', async () => {
    const claude = await assistant('Claude');
    expect((await claude.listTools()).tools.map(({ name }) => name)).toEqual(['sign_in']);
    await claude.callTool({ name: 'sign_in', arguments: {} });
    await expect.poll(async () => (await claude.listTools()).tools.length, soon).toBeGreaterThan(1);
    expect(await row().textContent()).toContain('Connected');
    expect(program.opened).toHaveLength(1);
  });

  it('Rule 9 a new program asks first, and is let in without a restart', async () => {
    await signInByMouse();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: /ask/i }).click({ force: true });
    await page.getByRole('switch', { name: /ask/i, checked: true }).waitFor();
    await page.getByRole('link', { name: 'Services' }).click();
    const cursor = await assistant('Cursor');
    expect((await cursor.listTools()).tools.map(({ name }) => name)).toEqual(['sign_in']);
    const question = page.getByRole('region').or(page.getByRole('group')).filter({ hasText: 'Cursor' }).first();
    await question.waitFor();
    await picture('9-asking');
    expect(await question.textContent()).toContain(ana);
    await question.getByRole('button', { name: /^Allow/ }).click();
    await expect.poll(async () => (await cursor.listTools()).tools.length, soon).toBeGreaterThan(1);

    await page.getByRole('link', { name: 'Apps' }).click();
    await picture('9-apps');
    await page
      .getByRole('button', { name: /^Remove.*access/ })
      .first()
      .click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await expect.poll(async () => (await cursor.listTools()).tools.map(({ name }) => name), soon).toEqual(['sign_in']);
  });

  it('Rule 13 journeys 1, 6 and 5 by the keyboard alone', async () => {
    await press(page, /^Sign in/);
    await page
      .getByRole('dialog')
      .getByText(/Your browser opens a (practice )?page/)
      .waitFor();
    await press(page, 'Continue in the browser');
    await page
      .getByRole('dialog')
      .getByText(/^Signed in to/)
      .waitFor();
    await press(page, 'Done');
    // Focus lands on the service: Enter leads to it.
    expect(await page.locator(':focus').evaluate((element) => element.closest('li')?.textContent ?? '')).toContain(ana);
    await toLink(page, /practice/);
    await page.keyboard.press('Enter');
    person = consentAs('Ana Torres, Globex');
    await press(page, 'Add another account');
    await page
      .getByRole('dialog')
      .getByText(/Your browser opens a (practice )?page/)
      .waitFor();
    await press(page, 'Continue in the browser');
    await page.getByRole('dialog').getByText(wasAdded).waitFor();
    await press(page, 'Done');
    const claude = await assistant('Claude');
    expect(await whoami(claude)).toContain(ana);
    await press(page, useGlobex);
    await expect.poll(() => whoami(claude), soon).toContain(globex);
    await press(page, 'Sign out…');
    // Focus is on Cancel: Enter by mistake does no harm.
    expect(await page.locator(':focus').textContent()).toBe('Cancel');
    await press(page, 'Sign out');
    await page
      .getByText(/cancelled/i)
      .first()
      .waitFor();
    await expect.poll(async () => (await claude.listTools()).tools.map(({ name }) => name), soon).toEqual(['sign_in']);
  });

  /** As a person does: reads whose page will open, then presses. */
  async function toBrowser(): Promise<void> {
    const sheet = page.getByRole('dialog');
    await sheet.getByText(/Your browser opens a (practice page on this computer|page of 127\.0\.0\.1)/).waitFor();
    await sheet.getByRole('button', { name: 'Continue in the browser' }).click();
  }

  async function signInByMouse(): Promise<void> {
    await row()
      .getByRole('button', { name: /^Sign in/ })
      .click();
    await toBrowser();
    await page
      .getByRole('dialog')
      .getByText(/^Signed in to/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  }
});

/** A person who chooses this account on the consent page and allows. */
function consentAs(name: string): (consent: Page) => Promise<void> {
  return async (consent) => {
    await consent.getByRole('radio', { name }).check();
    await consent.getByRole('button', { name: 'Allow' }).click();
  };
}

async function whoami(client: Client): Promise<string> {
  return JSON.stringify(await client.callTool({ name: 'whoami', arguments: {} }));
}

interface Focused {
  readonly role: string;
  readonly name: string;
}

/** Tab until it is there; a page of this size has far fewer stops. */
async function tabTo(page: Page, wanted: (focused: Focused) => boolean): Promise<void> {
  for (let stop = 0; stop < 80; stop += 1) {
    const focused = await page.evaluate(`(() => {
      const element = document.activeElement;
      const role = element?.getAttribute('role') ?? element?.getAttribute('type') ?? element?.tagName.toLowerCase() ?? '';
      const name = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      return { role, name: name.trim() };
    })()`);
    if (wanted(focused as Focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not lead there');
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  // What comes up may take a moment; that it can be reached is then shown by the keyboard.
  await expect.poll(() => page.getByRole('button', { name, disabled: false }).first().isEnabled(), soon).toBe(true);
  await tabTo(
    page,
    (focused) => (typeof name === 'string' ? focused.name === name : name.test(focused.name)) && focused.role !== 'a',
  );
  await page.keyboard.press('Enter');
}

async function toLink(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, (focused) => focused.role === 'a' && name.test(focused.name));
}

function clean(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
