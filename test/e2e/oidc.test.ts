/**
 * The main job with nothing of ours on the other side: oidc-provider as the authorization server of an MCP server on
 * the official SDK. Nothing is given by hand but the address; the rest is discovered and registered.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserProgram, startBrowserProgram } from '../fakes/browser-program.ts';
import { type OidcProvider, type OidcProviderOptions, startOidcProvider } from '../fakes/oidc-provider.ts';
import { partMissing } from '../fakes/parts.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../fakes/protected-mcp-server.ts';
import { runInspector } from './inspector.ts';
import { hostKinds, relayWay, type Way } from './mcp-hosts.ts';
import { type BrokerRun, runBroker } from './stage.ts';

const run = promisify(execFile);
const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));
const doors = ['relay', 'http'] as const;
const [oneHost] = hostKinds;
const newestHost = hostKinds.at(-1) ?? oneHost;

let folder: string;
let env: Record<string, string | undefined>;
let broker: BrokerRun;
let browser: BrowserProgram;
/** Who sits at the computer, and whose sign-in page it is. */
let account = 'ada';
let providers: OidcProvider[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
  browser = await startBrowserProgram(async (url) => {
    const provider = providers.find(({ issuer }) => issuer === url.origin);
    if (provider === undefined) throw new Error(`nobody asked for ${url.origin}`);
    const landed = await fetch(await provider.consent(url, { account }));
    if (landed.status !== 200) throw new Error(`the last page had status ${landed.status}`);
  });
  env = { ...process.env, CONEXOR_DATA_DIR: folder, CONEXOR_BROWSER: browser.path };
  broker = await runBroker({ distDir, dataDir: folder, env, memory: true });
});

afterAll(async () => {
  await broker?.end();
  await browser?.stop();
  await rm(folder, { recursive: true, force: true });
});

const conexor = async (...words: string[]) =>
  (await run(process.execPath, [join(distDir, 'cli.mjs'), ...words], { env })).stdout;

async function way(door: (typeof doors)[number], connection: string): Promise<Way> {
  if (door === 'relay') return relayWay(distDir, folder, env, ['--connection', connection]);
  return { door, ...(await broker.control.ask('localClientKey', { name: 'hosts', connection })) };
}

/** A guarded MCP server and its authorization server, as they stand somewhere on the internet. */
async function startService(
  how: 'signature' | 'introspection',
  options: Partial<OidcProviderOptions> = {},
): Promise<{ server: ProtectedMcpServer; provider: OidcProvider; stop: () => Promise<void> }> {
  const server = await startProtectedMcpServer();
  const provider = await startOidcProvider({ resource: server.resource, ...options });
  await server.trust(provider.issuer, how);
  providers.push(provider);
  const stop = async () => {
    providers = providers.filter((one) => one !== provider);
    await Promise.all([server.stop(), provider.close()]);
  };
  return { server, provider, stop };
}

describe('a service whose tokens are signed', () => {
  let server: ProtectedMcpServer;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ server, stop } = await startService('signature', { accessTokenSeconds: 2 }));
  });
  afterAll(() => stop?.());

  it('P-1 P-52 M-C 1 is connected by its address alone', async () => {
    account = 'ada';
    const said = await conexor('connect', server.resource, '--name', 'notes');
    expect(said).toContain('Signed in as ada');
    expect(said).toContain('A first call has worked.');
    expect(browser.opened).toHaveLength(1);
    const asked = browser.opened[0]?.searchParams;
    expect(asked?.get('resource')).toBe(server.resource);
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('client_id')).toMatch(/.+/);
  });

  const cells = doors.flatMap((door) => hostKinds.map((kind) => ({ door, kind, name: `${kind.name} over ${door}` })));
  it.each(cells)('is used by the $name', async ({ door, kind }) => {
    const host = await kind.connect(await way(door, 'notes'));
    try {
      expect(host.serverName).toBe('notes');
      expect((await host.tools()).sort()).toEqual(['wait', 'whose']);
      expect(await host.call('whose')).toEqual({ text: 'Notes of ada', isError: false });
    } finally {
      await host.close();
    }
  });

  it.skipIf(partMissing('inspector') !== undefined).each(doors)('is used by the inspector over %s', async (door) => {
    const to = await way(door, 'notes');
    const listed = JSON.parse(await runInspector(folder, to, ['--method', 'tools/list']));
    expect(listed.tools.map(({ name }: { name: string }) => name).sort()).toEqual(['wait', 'whose']);
    const called = await runInspector(folder, to, ['--method', 'tools/call', '--tool-name', 'whose']);
    expect(JSON.parse(called).content[0].text).toBe('Notes of ada');
  });

  it.each(doors)('hears over %s that a call was cancelled', async (door) => {
    const host = await newestHost.connect(await way(door, 'notes'));
    try {
      const { waits, cancelled } = server.seen;
      const cancel = new AbortController();
      const call = host.call('wait', {}, { signal: cancel.signal });
      await until(() => server.seen.waits === waits + 1);
      cancel.abort('enough');
      await expect(call).rejects.toThrow();
      await until(() => server.seen.cancelled === cancelled + 1);
    } finally {
      await host.close();
    }
  });

  it('P-43 gets a fresh token each time one ends, by refresh tokens that rotate', async () => {
    const host = await oneHost.connect(await way('relay', 'notes'));
    try {
      const { accepted } = server.seen;
      const before = accepted.size;
      while (accepted.size < before + 3) {
        expect(await host.call('whose')).toEqual({ text: 'Notes of ada', isError: false });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // A rotated refresh token that is used twice ends the grant here, so the third token shows that none was.
      expect(browser.opened).toHaveLength(1);
    } finally {
      await host.close();
    }
  });

  it('P-54 needs no second registration for a second account', async () => {
    account = 'grace';
    expect(await conexor('connect', server.resource)).toContain('Signed in as grace');
    expect(browser.opened).toHaveLength(2);
    const [first, second] = browser.opened.map(({ searchParams }) => searchParams);
    expect(second?.get('client_id')).toBe(first?.get('client_id'));
    expect(second?.get('redirect_uri')).toBe(first?.get('redirect_uri'));
    expect(second?.get('state')).not.toBe(first?.get('state'));

    const host = await oneHost.connect(await way('http', 'notes'));
    try {
      const grace = (await broker.control.ask('findConnection', { connection: 'notes' })).accounts.find(({ label }) =>
        label.includes('grace'),
      );
      await broker.control.ask('useAccount', { connection: 'notes', account: grace?.id ?? '' });
      expect((await host.call('whose')).text).toBe('Notes of grace');
    } finally {
      await host.close();
    }
  });
});

describe('a sign-in that is taken back', () => {
  it.each([
    // A signed token needs no question back, so it lives to its end: said, not glossed over.
    ['signature', 'jwt', 'still-accepted'],
    ['introspection', 'opaque', 'refused'],
  ] as const)(
    'P-56 is cancelled, and what it leaves is told, where tokens are checked by %s',
    async (how, kind, proof) => {
      const { server, stop } = await startService(how, { accessTokens: kind });
      account = 'ada';
      expect(await conexor('connect', server.resource, '--name', how)).toContain('Signed in as');
      const host = await oneHost.connect(await way('relay', how));
      try {
        expect((await host.call('whose')).text).toBe('Notes of ada');
        const { refused } = server.seen;
        const told = host.toolsChanged();
        const result = await broker.control.ask('signOut', { connection: how });
        expect(result).toMatchObject({ service: 'cancelled', proof });
        expect(result.accessUntilMs === undefined).toBe(proof === 'refused');
        expect(server.seen.refused).toBe(refused + (proof === 'refused' ? 1 : 0));
        await told;
        expect(await host.tools()).toEqual(['sign_in']);
      } finally {
        await host.close();
        await stop();
      }
    },
  );
});

/** Looks until it is so; bounded by the test's own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
