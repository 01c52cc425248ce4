/**
 * One journey per service through the window of a real broker: added from the page, signed in to by each service's own
 * way, used by a program. Journeys 1 to 6 are in journeys.test.ts. Pictures lie in test-results/journeys/ afterwards.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { startOidcProvider } from '../../fakes/oidc-provider.ts';
import { browser as browserProgram, partMissing } from '../../fakes/parts.ts';
import { startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { type Stage, setStage } from '../stage.ts';
import { quiet } from './looks.ts';

const distDir = fileURLToPath(new URL('../../../dist/', import.meta.url));
const pictures = fileURLToPath(new URL('../../../test-results/journeys/', import.meta.url));
/** A browser and two processes share this machine; a code is asked about every five seconds. */
const soon = { timeout: 20_000, interval: 100 };

describe.skipIf(partMissing('browser') !== undefined)('each service in the window', { timeout: 60_000 }, () => {
  let chromium: Browser;
  let stage: Stage;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    const playwright = await import('@playwright/test');
    chromium = await playwright.chromium.launch({ executablePath: browserProgram() ?? '', args: quiet });
  });
  afterAll(() => chromium?.close());

  beforeEach(async () => {
    complaints = [];
    stage = await setStage({ distDir, keychain: 'none' });
    context = await chromium.newContext({ viewport: { width: 980, height: 760 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(45_000);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    const window = await stage.control.ask('openWindow', { openBrowser: false });
    if (window.kind !== 'address') throw new Error('the headless broker has no screen');
    await page.goto(window.url);
    await page.getByRole('button', { name: 'Skip' }).click();
    await page.getByRole('button', { name: 'Add a service' }).click();
    await page.getByRole('heading', { level: 1, name: 'Add a service' }).waitFor();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 40)}`);
    await context?.close();
    await stage?.stop();
    expect(complaints).toEqual([]);
  });

  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const form = () => page.locator('.way-card[open]');
  const sheet = () => page.getByRole('dialog');

  async function practise(service: string): Promise<void> {
    await page.getByRole('heading', { level: 2, name: 'Practice service', exact: true }).click();
    await form().getByText('Practise other kinds of sign-in').click();
    await form().getByLabel('What to practise').selectOption(service);
  }

  /** What a script does: the local address and its own key, no secret of the service. */
  async function byScript(connection: string, path: string): Promise<Response> {
    const { key } = await stage.control.ask('localClientKey', { name: 'script', connection });
    const { httpUrl } = await stage.control.ask('status', {});
    return fetch(`${httpUrl}/api/${connection}${path}`, { headers: { authorization: `Bearer ${key}` } });
  }

  async function onlyConnection() {
    const [connection] = (await stage.control.ask('snapshot', {})).connections;
    if (!connection) throw new Error('nothing was added');
    return connection;
  }

  it('Connexease: an access key, entered once; a wrong one is said at its field and leaves nothing', async () => {
    await practise('Connexease practice service, with an access key');
    const field = form().getByLabel('Access key', { exact: true });
    await field.fill('not-the-right-one');
    await form().getByRole('button', { name: 'Continue' }).click();
    await form().getByRole('alert').getByText('did not accept what you entered').waitFor();
    expect((await stage.control.ask('snapshot', {})).connections).toEqual([]);
    await picture('connexease-refused');

    await field.fill(` ${practiceCredentials.connexease.accessToken} `);
    await form().getByRole('button', { name: 'Continue' }).click();
    await sheet()
      .getByText(/^Signed in to/)
      .waitFor();
    await picture('connexease-signed-in');
    await sheet().getByRole('button', { name: 'Done' }).click();
    await page.getByText('Signed in with an access key').waitFor();
    const { name } = await onlyConnection();
    await page.getByText(`/api/${name}/`).first().waitFor();
    await picture('connexease-page');
    expect(await (await byScript(name, '/agents/')).json()).toMatchObject({ count: 3 });
    const asked = JSON.stringify(await stage.control.ask('snapshot', {}));
    expect(asked).not.toContain(practiceCredentials.connexease.accessToken);
  });

  it('an API with client ID and secret: access is checked, renamed and used by a script', async () => {
    await practise('Practice service for programs, with client ID and secret');
    await form().getByRole('button', { name: 'Continue' }).click();
    await sheet()
      .getByText(/^Signed in to/)
      .waitFor();
    await sheet().getByRole('button', { name: 'Done' }).click();
    const { name, accounts } = await onlyConnection();
    const label = accounts[0]?.label ?? '';
    await page.getByRole('button', { name: `More about ${label}` }).click();
    await page.getByRole('menuitem', { name: 'Check access' }).click();
    await sheet().locator('.verdict.tone-good').waitFor();
    await picture('api-checked');
    await sheet().getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: `More about ${label}` }).click();
    await page.getByRole('menuitem', { name: 'Rename…' }).click();
    await sheet().getByRole('textbox', { name: 'Name' }).fill('Reports');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'More about Reports' }).waitFor();
    expect(await (await byScript(name, '/v2/reports')).json()).toEqual({ reports: ['January', 'February', 'March'] });
  });

  it('Conexor as a program, with client ID and secret, by the other ways in', async () => {
    await practise('Conexor practice service');
    await form().getByRole('button', { name: 'Other ways to sign in' }).click();
    await form().getByRole('radio', { name: 'As a program, with a client ID' }).check();
    await picture('conexor-client');
    await form().getByRole('button', { name: 'Continue' }).click();
    await sheet()
      .getByText(/^Signed in to/)
      .waitFor();
    await sheet().getByRole('button', { name: 'Done' }).click();
    await page.getByText('Signed in as a program').waitFor();
    const { name } = await onlyConnection();
    const { tools } = await stage.control.ask('tools', { connection: name });
    expect(tools.length).toBeGreaterThan(1);
  });

  it('any server, by a code that is typed on another device', async () => {
    const resource = await startProtectedMcpServer();
    const provider = await startOidcProvider({ resource: resource.resource, device: true });
    try {
      await resource.trust(provider.issuer);
      await page.getByRole('heading', { level: 2, name: 'Another service', exact: true }).click();
      await form().getByRole('textbox', { name: 'Its address' }).fill(resource.resource);
      await form().getByRole('button', { name: 'Other ways to sign in' }).click();
      await form().getByRole('radio', { name: 'With a code on another device' }).check();
      await form().getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('dialog', { name: 'Type this code' }).waitFor();
      await picture('device-code');
      const code = (await sheet().locator('.device-code').textContent()) ?? '';
      expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
      const at = (await sheet().locator('.device-page').textContent()) ?? '';
      await provider.typeCode(`http://${at}`, code, { account: 'grace' });
      await expect.poll(() => sheet().textContent(), soon).toMatch(/Signed in to/);
      await sheet().getByRole('button', { name: 'Done' }).click();
      await page.getByText('Signed in with a code').waitFor();
      expect([...resource.seen.accepted.values()]).toEqual(['grace']);
    } finally {
      await Promise.all([resource.stop(), provider.close()]);
    }
  });
});
