/**
 * The window in a tab of a real Chromium, served by the built broker: the address opens it once, reloading keeps it,
 * and neither another tab, another browser nor a page on another port gets in.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browser as browserProgram, partMissing } from '../../fakes/parts.ts';
import { distBeside, type Stage, setStage } from '../stage.ts';

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
const dist = distBeside(new URL('../../../dist/x', import.meta.url).href);

describe.skipIf(partMissing('browser') !== undefined)('the window in a tab', { timeout: 60_000 }, () => {
  let chromium: Browser;
  let stage: Stage;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    const playwright = await import('@playwright/test');
    [chromium, stage] = await Promise.all([
      playwright.chromium.launch({ executablePath: browserProgram() ?? '', args: quiet }),
      setStage({ distDir: dist, keychain: 'none' }),
    ]);
  });
  afterAll(async () => {
    await chromium?.close();
    await stage?.stop();
  });

  beforeEach(async () => {
    context = await chromium.newContext();
    page = await watched(context);
  });
  afterEach(() => context?.close());

  /** A page whose complaints are heard: refused by the policy, thrown, or warned of. */
  async function watched(of: BrowserContext): Promise<Page> {
    const made = await of.newPage();
    complaints = [];
    made.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    made.on('pageerror', (error) => complaints.push(String(error)));
    return made;
  }

  async function address(): Promise<string> {
    const window = await stage.control.ask('openWindow', { openBrowser: false });
    if (window.kind !== 'address') throw new Error(window.kind);
    return window.url;
  }

  const opened = (of: Page) => of.getByRole('heading', { level: 1 }).first().waitFor();
  const port = async () => new URL((await stage.control.ask('status', {})).httpUrl).port;

  it('opens by its address, with nothing of the key left in sight, and nothing refused by its policy', async () => {
    await page.goto(await address());
    await opened(page);
    expect(page.url()).toBe(`http://127.0.0.1:${await port()}/window/`);
    expect(await page.evaluate<number>('history.length')).toBeLessThanOrEqual(2);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await context.cookies()).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(new RegExp(`^conexor_window_${await port()}_[\\w-]{8}$`)),
        domain: '127.0.0.1',
        path: '/window',
        httpOnly: true,
        sameSite: 'Strict',
        expires: -1,
      }),
    ]);
    expect(complaints).toEqual([]);
  });

  it('is still open after a reload, and shows what happens', async () => {
    await page.goto(await address());
    await opened(page);
    await page.reload();
    await opened(page);
    // Past the pages that greet a person who has nothing connected yet.
    await page.evaluate(`fetch('/window/ask/changeSettings', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-conexor-window': Object.values(sessionStorage)[0] },
      body: '{"firstRunDone":true}',
    })`);
    await stage.control.ask('addConnection', { target: 'https://planted.example/mcp', name: 'planted' });
    await page.getByText('planted.example').first().waitFor({ state: 'attached' });
    await stage.control.ask('removeConnection', { connection: 'planted' });
    await page.getByText('planted.example').first().waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('opens in a second tab only by an address of its own, and the first stays', async () => {
    await page.goto(await address());
    await opened(page);
    const second = await context.newPage();
    // It has the cookie, and nothing to claim a key with.
    const asked: string[] = [];
    second.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await second.goto(page.url());
    await second.getByRole('heading', { name: 'Open this page from Conexor' }).waitFor();
    expect(asked.filter((path) => /claim|ask|events/.test(path))).toEqual([]);
    await second.goto(await address());
    await opened(second);
    await page.reload();
    await opened(page);
  });

  it('opens anew while another port has its cookies and sets some of the same name', async () => {
    await page.goto(await address());
    await opened(page);
    const [cookie] = await context.cookies();
    const { server, url, cookies } = await otherServer([
      `${cookie?.name}=evil; Path=/window/ask`,
      `${cookie?.name}=evil; Path=/window/events`,
    ]);
    try {
      const evil = await context.newPage();
      await evil.goto(url);
      expect(cookies.join()).toContain(cookie?.value);
      await page.reload();
      await opened(page);
      const ours = `http://127.0.0.1:${await port()}`;
      const before = cookies.length;
      await page.goto(await address());
      await opened(page);
      expect(page.url()).toBe(`${ours}/window/`);
      await evil.reload();
      // All that the other port ever sees; a claim is not among it, nor worth anything without one.
      for (const stolen of cookies.slice(before)) {
        const answer = await fetch(`${ours}/window/claim`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: ours, cookie: stolen },
          body: '{}',
        });
        expect(answer.status).toBe(401);
      }
      expect(cookies.length).toBeGreaterThan(before);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('tells another browser how to open it, in its language', async () => {
    const url = await address();
    await page.goto(url);
    await opened(page);
    const other = await chromium.newContext({ locale: 'es-ES' });
    try {
      const stranger = await watched(other);
      for (const place of [url, page.url()]) {
        const answer = await stranger.goto(place);
        expect(answer?.status()).toBe(401);
        expect(await stranger.getByRole('heading').textContent()).toBe('Abre esta ventana desde Conexor');
        expect(await stranger.content()).toContain('npx conexor window');
      }
      expect(await other.cookies()).toEqual([]);
      // Chromium reports the status itself; that our style is let through is what counts.
      expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('does not let a page of another port in, whose browser has the cookie', async () => {
    await page.goto(await address());
    await opened(page);
    const key = await page.evaluate<string>('Object.values(sessionStorage).join()');
    expect(key).not.toBe('');
    const { server, url, cookies } = await otherServer();
    try {
      const evil = await context.newPage();
      await evil.goto(url);
      // The browser sends our cookie there too: ports do not part cookies. That is why it is worth nothing alone.
      expect(cookies.join()).toContain('conexor_window_');
      const ours = `http://127.0.0.1:${await port()}`;
      const tried = await evil.evaluate<string[]>(`(async () => {
        const ask = (path, init) =>
          fetch(${JSON.stringify(ours)} + path, { credentials: 'include', ...init }).then(
            (response) => response.type + ' ' + response.status,
            () => 'refused',
          );
        const stolen = { 'content-type': 'application/json', 'x-conexor-window': ${JSON.stringify(key)} };
        return Promise.all([
          ask('/window/claim', { method: 'POST', headers: stolen, body: '{}' }),
          ask('/window/claim', { method: 'POST', mode: 'no-cors', body: '{}' }),
          ask('/window/ask/state', { method: 'POST', headers: stolen, body: '{}' }),
          ask('/window/ask/quit', { method: 'POST', mode: 'no-cors', body: '{}' }),
          ask('/window/events', { headers: stolen }),
          ask('/window/', {}),
          ask('/window/', { mode: 'no-cors' }),
        ]);
      })()`);
      expect(new Set(tried)).toEqual(new Set(['refused']));
      // Nor in a frame, or by a form.
      await evil.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${ours}/window/' }))`,
      );
      const framed = evil.frames().at(-1);
      await framed?.waitForLoadState().catch(() => undefined);
      expect(await framed?.getByRole('heading').count()).toBe(0);
      await evil.evaluate(`(() => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: '${ours}/window/ask/quit' });
        document.body.append(form);
        form.submit();
      })()`);
      await evil.waitForURL(/\/window\/ask\/quit/);
      expect(await evil.textContent('body')).toContain('host-refused');
      // The broker is still there, and so is the window.
      await page.reload();
      await opened(page);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('says that the broker has gone, and asks for a new address where another one runs', async () => {
    const before = await address();
    await page.goto(before);
    await opened(page);
    await stage.restartBroker();
    const stranger = await page.goto(page.url().replace(/:\d+/, `:${await port()}`));
    expect(stranger?.status()).toBe(401);
    await page.goto(await address());
    await opened(page);
  });
});

async function otherServer(
  tossed: readonly string[] = [],
): Promise<{ server: Server; url: string; cookies: string[] }> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '');
    response.setHeader('set-cookie', tossed);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><body>evil</body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/window/`, cookies };
}
