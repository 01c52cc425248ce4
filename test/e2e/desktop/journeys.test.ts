/**
 * The whole way of a person at a desk, in the desktop app: first run, a sign-in in a real browser, an assistant that is
 * asked about and let in, access taken back; and a keychain that is locked.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../../electron/practice/service.ts';
import { type BrowserProgram, startBrowserProgram } from '../../fakes/browser-program.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { browser, partMissing } from '../../fakes/parts.ts';
import { until } from '../terminal.ts';
import { type DesktopApp, desktopMissing, repository, startApp } from './app.ts';

const pictures = join(repository, 'test-results/desktop');
const quiet = ['--disable-background-networking', '--disable-component-update', '--no-first-run', '--no-sandbox'];
const acme = 'ana.torres@acme.example';

describe.skipIf((desktopMissing ?? partMissing('browser')) !== undefined)('a person at the desktop app', () => {
  let desk: Desk;
  let chromium: Browser;
  let program: BrowserProgram;
  let practice: PracticeService;
  let dataDir: string;
  let app: DesktopApp;
  const clients: Client[] = [];

  beforeAll(async () => {
    const playwright = await import('@playwright/test');
    await mkdir(pictures, { recursive: true });
    [desk, practice, chromium] = await Promise.all([
      startDesk({ panel: true }),
      startPractice(),
      playwright.chromium.launch({ executablePath: browser() ?? '', args: quiet }),
    ]);
    program = await startBrowserProgram(async (url) => {
      const consent = await chromium.newPage();
      await consent.goto(url.href);
      await consent.getByRole('radio', { name: 'Ana Torres, Acme' }).check();
      await consent.getByRole('button', { name: 'Allow' }).click();
      await consent.getByRole('heading', { name: /Signed in as/ }).waitFor();
    });
  });
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cx-desktop-'));
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture('failed');
    for (const client of clients.splice(0)) await client.close();
    await app?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  afterAll(async () => {
    await chromium?.close();
    await program?.stop();
    await practice?.stop();
    await desk?.stop();
  });

  const start = async (): Promise<Page> => {
    app = await startApp({ desk, dataDir, env: { CONEXOR_BROWSER: program.path } });
    const page = await app.page();
    page.setDefaultTimeout(45_000);
    return page;
  };
  const picture = async (name: string) => {
    await (await app.page()).screenshot({ path: join(pictures, `${name}.png`) }).catch(() => undefined);
  };

  /** A program over the relay, as Claude would start it. */
  async function assistant(name: string): Promise<Client> {
    const client = new Client({ name, version: '1' });
    clients.push(client);
    const args = [join(repository, 'dist/relay.cjs'), '--data', dataDir, '--client', name];
    const env = Object.fromEntries(Object.entries(desk.env).flatMap(([key, value]) => (value ? [[key, value]] : [])));
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
    return client;
  }
  const tools = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

  it('connects in three clicks, lets an assistant in, and takes access back', async () => {
    const page = await start();
    await page.getByRole('heading', { name: 'Let your assistants work with your services' }).waitFor();
    await picture('first-run');
    await page.getByRole('button', { name: 'Try the practice service' }).click();
    await page.getByText(/Your browser opens a practice page on this computer/).waitFor();
    await picture('before-the-browser');
    // The browser lies over it.
    await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await page.getByRole('button', { name: 'Continue in the browser' }).evaluate((button) => {
      (button as never as { click(): void }).click();
    });
    await until(() => app.isShown(), 'the window that comes forward');
    expect(program.opened).toHaveLength(1);
    await page
      .getByText(new RegExp(`signed in to .* as ${acme}`, 'i'))
      .first()
      .waitFor();
    await picture('signed-in');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Go to my services' }).click();
    await page.getByText('Everything is working.').first().waitFor();
    await picture('services');

    const claude = await assistant('Claude');
    expect(await tools(claude), 'nothing before it is allowed').toEqual(['sign_in']);
    const question = page.getByRole('region').or(page.getByRole('group')).filter({ hasText: 'Claude' }).first();
    await question.waitFor();
    await picture('an-assistant-asks');
    await question.getByRole('button', { name: /^Allow/ }).click();
    await expect.poll(async () => (await tools(claude)).length).toBeGreaterThan(1);
    const answer = await claude.callTool({ name: 'whoami', arguments: {} });
    expect(JSON.stringify(answer)).toContain(acme);

    await page.getByRole('main').getByRole('listitem').first().getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'Conexor practice service' }).waitFor();
    await picture('details');
    await page.getByRole('button', { name: 'Sign out…' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    await page
      .getByText(/cancelled/i)
      .first()
      .waitFor();
    await expect.poll(() => tools(claude)).toEqual(['sign_in']);
    expect(program.opened, 'no tab that nobody asked for').toHaveLength(1);
  });

  it('goes on with a keychain that is locked meanwhile, and finds everything after one that was locked at the start', async () => {
    let page = await start();
    await app.ask('changeSettings', { firstRunDone: true });
    const target = { target: practice.resource, service: 'practice', name: 'sales' };
    const { connection } = await app.ask('addConnection', target);
    const attempt = await app.ask('startSignIn', { connection: connection.id, openBrowser: true });
    expect(await app.ask('signInOutcome', { attempt: attempt.attempt })).toMatchObject({ kind: 'done' });
    await desk.keyring.lock();
    const tool = await app.ask('tools', { connection: connection.id });
    expect(tool.tools.length, 'locked while it runs').toBeGreaterThan(1);
    await app.ask('quit', {}).catch(() => undefined);
    expect(await app.ended).toBe(0);

    page = await start();
    await page.getByText('Keychain locked').first().waitFor();
    await picture('keychain-locked');
    expect((await app.state()).snapshot.connections).toEqual([]);
    // A prompt of the keychain may be open; quitting does not wait for anybody to answer it.
    await app.ask('quit', {}).catch(() => undefined);
    await app.ended;

    page = await start();
    await page.getByText('Keychain locked').first().waitFor();
    await desk.keyring.unlock();
    await page.getByRole('button', { name: 'Unlock' }).first().click();
    await until(async () => (await app.state()).snapshot.connections[0]?.accounts.length === 1, 'the sign-in');
  });
});
