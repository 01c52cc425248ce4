/**
 * Signed out, out of reach and out of date, as hosts that nobody here wrote meet it: each goes on in the session that
 * it began, over the built relay and over the local HTTP address.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserProgram, startBrowserProgram } from '../fakes/browser-program.ts';
import { answerConsent, type ConsentOutcome } from '../fakes/consent.ts';
import { LineHost } from '../fakes/line-host.ts';
import { soon } from '../fakes/soon.ts';
import { toolNames } from '../practice/clients.ts';
import { hostKinds, type McpHost, relayWay, type Way } from './mcp-hosts.ts';
import { type Stage, setStage } from './stage.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));
const doors = ['relay', 'http'] as const;
type Door = (typeof doors)[number];
const [oneHost] = hostKinds;
const newestHost = hostKinds.at(-1) ?? oneHost;
const cells = doors.flatMap((door) => hostKinds.map((kind) => ({ door, kind, name: `${kind.name} over ${door}` })));

let stage: Stage;
let browser: BrowserProgram;
const pages: ConsentOutcome[] = [];
let allow = true;

beforeAll(async () => {
  browser = await startBrowserProgram(async (url) => {
    pages.push(await answerConsent(url, { account: 'acme', allow }));
  });
  stage = await setStage({ distDir, keychain: 'none', env: { CONEXOR_BROWSER: browser.path } });
  await stage.signIn('acme');
  // The bridge has seen that this service speaks the newer revision too; hosts of the older one come first below, and
  // must not make it forget.
  await (await newestHost.connect(await way('relay'))).close();
});

afterAll(async () => {
  await stage?.stop();
  await browser?.stop();
});

async function way(door: Door, connection = 'sales'): Promise<Way> {
  if (door === 'relay') return relayWay(distDir, stage.dataDir, stage.env, ['--connection', connection]);
  return { door, ...(await stage.control.ask('localClientKey', { name: 'hosts', connection })) };
}

async function signedOut(): Promise<void> {
  allow = true;
  const { accounts } = await stage.control.ask('findConnection', { connection: 'sales' });
  for (const { id } of accounts) await stage.control.ask('signOut', { connection: 'sales', account: id });
}

/** Looks until it is so; bounded by the test's own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(cells)('$name, begun while signed out', ({ door, kind }) => {
  let host: McpHost | undefined;
  beforeEach(signedOut);
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  it('finds one tool, which opens the browser; then the others are there', async () => {
    const opened = browser.opened.length;
    host = await kind.connect(await way(door));
    expect(await host.tools()).toEqual(['sign_in']);
    expect(browser.opened).toHaveLength(opened);

    const told = host.toolsChanged();
    const { text, isError } = await host.call('sign_in');
    expect(isError).toBe(false);
    expect(text).toContain("open in the person's browser");
    await told;
    expect(browser.opened).toHaveLength(opened + 1);
    // The host may be told before the browser has its last page.
    await until(() => pages.length === browser.opened.length);
    expect(pages.at(-1)).toMatchObject({ status: 200, page: expect.stringContaining('Signed in as') });

    expect((await host.tools()).sort()).toEqual(toolNames);
    expect((await host.call('whoami')).text).toContain('acme');

    const toldAgain = host.toolsChanged();
    await stage.control.ask('signOut', { connection: 'sales' });
    await toldAgain;
    expect(await host.tools()).toEqual(['sign_in']);
    expect(browser.opened).toHaveLength(opened + 1);
  });
});

describe('a person who does not allow it', () => {
  beforeEach(signedOut);

  it.each(doors)('changes nothing over %s, and no browser opens again by itself', async (door) => {
    allow = false;
    const opened = browser.opened.length;
    const host = await oneHost.connect(await way(door));
    try {
      await host.call('sign_in');
      await until(() => pages.length === browser.opened.length && browser.opened.length > opened);
      expect(pages.at(-1)?.page).toContain('allow access');
      expect(await host.tools()).toEqual(['sign_in']);
      await expect(host.call('list_orders')).rejects.toThrow(/sign in/i);
      expect((await host.call('sign_in')).text).toContain('The last sign-in was not finished');
    } finally {
      await host.close();
    }
    expect(browser.opened).toHaveLength(opened + 2);
  });
});

describe('a token that ends in the middle', () => {
  it.each(doors)('is followed by the next one unseen over %s', async (door) => {
    const { seen, control } = stage.practice;
    control.setAccessTokenLifeMs(1_000);
    await stage.signIn('acme');
    const before = seen.accessTokenIds.length;
    const host = await oneHost.connect(await way(door));
    try {
      while (seen.accessTokenIds.length < before + 3) {
        expect(await host.call('whoami')).toMatchObject({ isError: false, text: expect.stringContaining('acme') });
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(seen.refreshReuses).toBe(0);
      // Not at every call: a life of a second is used for most of it.
      expect(seen.tokenRequests.refreshToken).toBeLessThan(12);
    } finally {
      control.setAccessTokenLifeMs(3_600_000);
      await host.close();
    }
  });
});

describe('a service out of reach when a host begins', () => {
  beforeAll(() => stage.signIn('acme'));

  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } };

  async function overRelay(connection: string): Promise<object | undefined> {
    const relay = await way('relay', connection);
    if (relay.door !== 'relay') throw new Error('no relay');
    const child = spawn(relay.command, relay.args, { env: relay.env, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const { result } = await new LineHost(child.stdout, child.stdin).ask('initialize', initialize);
    child.stdin.end();
    await ended;
    return result;
  }

  async function overHttp(connection: string): Promise<object | undefined> {
    const http = await way('http', connection);
    if (http.door !== 'http') throw new Error('no address');
    const response = await fetch(http.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${http.key}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize }),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}');
    return JSON.parse(json).result;
  }

  async function initializes(begin: (connection: string) => Promise<object | undefined>): Promise<void> {
    expect(await soon(begin('sales'))).toMatchObject({
      serverInfo: { name: 'conexor' },
      capabilities: { tools: { listChanged: true } },
    });
  }

  const begins = [
    ['relay', overRelay],
    ['http', overHttp],
  ] as const;

  it.each(begins)('answers initialize over %s, though the service says nothing', async (_door, begin) => {
    stage.practice.control.delayNext('mcp', 60_000, 20);
    await initializes(begin);
  });

  it.each(begins)('answers initialize over %s, though nobody is there', async (_door, begin) => {
    await stage.practice.stop();
    await initializes(begin);
  });

  it('offers to try again, and opens no browser for it', async () => {
    await stage.practice.stop();
    const host = await oneHost.connect(await way('relay'));
    try {
      expect(await host.tools()).toEqual(['sign_in']);
      const opened = browser.opened.length;
      expect(await host.call('sign_in')).toMatchObject({ isError: true });
      // A service that is down is no reason for a sign-in page (rule 12 of the face).
      expect(browser.opened).toHaveLength(opened);
    } finally {
      await host.close();
    }
  });
});
