/**
 * The main job with hosts that nobody here wrote: the official SDK's clients of both generations and the official
 * inspector, over the built relay and over the local HTTP address, signed in at the practice service.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partMissing } from '../fakes/parts.ts';
import { toolNames } from '../practice/clients.ts';
import { runInspector } from './inspector.ts';
import { hostKinds, type McpHost, relayWay, type Way } from './mcp-hosts.ts';
import { type Stage, setStage } from './stage.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));
const serverName = 'practice-sales-api';
const doors = ['relay', 'http'] as const;
const cells = doors.flatMap((door) => hostKinds.map((kind) => ({ door, kind, name: `${kind.name} over ${door}` })));

let stage: Stage;
let account: { readonly acme: string; readonly globex: string };

beforeAll(async () => {
  stage = await setStage({ distDir, keychain: 'none' });
  const acme = (await stage.signIn('acme')).account;
  const globex = (await stage.signIn('globex', true)).account;
  account = { acme, globex };
  await use('acme');
});

afterAll(() => stage?.stop());

const use = (name: keyof typeof account) =>
  stage.control.ask('useAccount', { connection: 'sales', account: account[name] });

async function way(door: (typeof doors)[number]): Promise<Way> {
  if (door === 'relay') return relayWay(distDir, stage.dataDir, stage.env, ['--connection', 'sales']);
  return { door, ...(await stage.control.ask('localClientKey', { name: 'hosts', connection: 'sales' })) };
}

describe.each(cells)('$name', ({ door, kind }) => {
  let host: McpHost;
  beforeAll(async () => {
    host = await kind.connect(await way(door));
    // On a machine too busy to answer within the bridge's patience, it is the bridge that answers: that is another test's.
    for (let more = 0; more < 5 && host.serverName !== serverName; more += 1) {
      await host.close();
      host = await kind.connect(await way(door));
    }
  });
  afterAll(() => host?.close());

  it('meets the server itself and its tools', async () => {
    expect(host.serverName).toBe(serverName);
    expect((await host.tools()).sort()).toEqual(toolNames);
  });

  it('calls a tool that reads and one that writes', async () => {
    const customer = `${kind.name} over ${door}`;
    const order = { customer, region: 'North', product: 'Anvil', quantity: 2, unitPrice: 5 };
    const entered = await host.call('create_order', order);
    expect(entered.isError).toBe(false);
    const found = JSON.parse((await host.call('list_orders', { customer })).text);
    expect(found).toMatchObject({ organisation: 'acme', total: 1, orders: [{ customer, amount: 10 }] });
  });

  it('is told by the service itself what was wrong with its input', async () => {
    const refused = await host.call('list_orders', { limit: 0 });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('The limit is 1 or more.') });
  });

  it('reads the resource and gets the prompt', async () => {
    expect(await host.read('sales://guide')).toContain('# How to read the sales data');
    expect(await host.prompt('monthly_review', { month: '2025-03' })).toContain('Review the sales of 2025-03');
  });

  it('gets 1 MiB to the byte', async () => {
    const { text } = await host.call('big_report', { sizeKiB: 1024 });
    expect(text).toHaveLength(1024 * 1024);
    expect(text.startsWith('AC-0001;2025-01-01;Norte Foods;')).toBe(true);
  });

  it('hears the progress in order, and the log line', async () => {
    const steps: number[] = [];
    const onProgress = (step: number) => void steps.push(step);
    const result = await host.call('slow_report', { steps: 8, delayMs: 30 }, { onProgress });
    expect(result.text).toBe('The report is ready after 8 steps.');
    // Over stdio both SDKs forget progress that reaches them in one chunk with the answer, so the last may be missing;
    // that every line is carried is shown by test/core/bridge.
    expect(steps.length).toBeGreaterThan(3);
    expect(steps).toEqual(Array.from(steps, (_, index) => index + 1));
    expect(host.logged).toContain('A report of 8 steps begins.');
  });

  it('carries a question of the service to the person, and the answer back', async () => {
    const result = await host.call('approve_discount', { customer: 'Norte Foods', percent: 5 });
    expect(result.text).toBe('Discount approved by the person.');
    expect(host.asked).toEqual(['Give Norte Foods a discount of 5 %?']);
  });

  it('cancels a call, and goes on', async () => {
    const cancel = new AbortController();
    let steps = 0;
    const call = host.call(
      'slow_report',
      { steps: 10_000, delayMs: 5 },
      {
        signal: cancel.signal,
        onProgress: () => {
          steps += 1;
          if (steps === 2) cancel.abort('enough');
        },
      },
    );
    await expect(call).rejects.toThrow();
    expect((await host.call('whoami')).text).toContain('acme');
    expect(steps).toBeLessThan(10);
  });

  it('sees nothing of an access token that the service no longer takes', async () => {
    const { seen, control } = stage.practice;
    const refreshes = seen.tokenRequests.refreshToken;
    control.rejectAccessTokens();
    const answers = await Promise.all([host.call('whoami'), host.call('whoami'), host.call('list_orders')]);
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false]);
    expect(seen.tokenRequests.refreshToken).toBe(refreshes + 1);
    expect(seen.refreshReuses).toBe(0);
  });

  it('changes accounts in the middle of its session', async () => {
    const organisation = async () => JSON.parse((await host.call('whoami')).text).organisation;
    expect(await organisation()).toBe('acme');
    await use('globex');
    try {
      expect(await organisation()).toBe('globex');
    } finally {
      await use('acme');
    }
    expect(await organisation()).toBe('acme');
  });
});

describe.skipIf(partMissing('inspector') !== undefined)('the official inspector', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'cx-inspector-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const inspect = async (to: Way, ...words: string[]) => JSON.parse(await runInspector(home, to, words));

  it.each(doors)('lists tools, calls one, reads the resource and gets the prompt over %s', async (door) => {
    const to = await way(door);
    const [listed, called, read, prompted] = await Promise.all([
      inspect(to, '--method', 'tools/list'),
      inspect(to, '--method', 'tools/call', '--tool-name', 'whoami'),
      inspect(to, '--method', 'resources/read', '--uri', 'sales://guide'),
      inspect(to, '--method', 'prompts/get', '--prompt-name', 'monthly_review', '--prompt-args', 'month=2025-03'),
    ]);
    expect(listed.tools.map(({ name }: { name: string }) => name).sort()).toEqual(toolNames);
    expect(called.structuredContent).toMatchObject({ organisation: 'acme' });
    expect(read.contents[0].text).toContain('# How to read the sales data');
    expect(prompted.messages[0].content.text).toContain('Review the sales of 2025-03');
  });
});
