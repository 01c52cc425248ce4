/**
 * One entry for every service (`--connection _all`), as an assistant uses it: the official SDK's clients of both eras over
 * the built relay, two practice services with people signed in, and one whose tools have the worst of names.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { answerConsent } from '../fakes/consent.ts';
import { FakeMcpServer } from '../fakes/mcp-server.ts';
import { toolNames } from '../practice/clients.ts';
import { type HostKind, hostKinds, type McpHost, relayWay } from './mcp-hosts.ts';
import { type Stage, setStage } from './stage.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));
const [older] = hostKinds;
const newer = hostKinds[3] as HostKind;
const names = ['orders.list', 'orders/list', 'orders_list', 'Orders_List', 'x'.repeat(120)];

let stage: Stage;
let second: PracticeService;
let third: FakeMcpServer;

beforeAll(async () => {
  [stage, second, third] = await Promise.all([
    setStage({ distDir, keychain: 'none' }),
    startPractice(),
    new FakeMcpServer().start(),
  ]);
  await stage.signIn('acme');
  third.on.set('tools/list', ({ json, message }) =>
    json({
      jsonrpc: '2.0',
      id: message.id,
      result: { tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) },
    }),
  );
});

afterAll(async () => {
  await stage?.stop();
  await second?.stop();
  await third?.stop();
});

const connect = (kind: HostKind) =>
  kind.connect(relayWay(distDir, stage.dataDir, stage.env, ['--client', 'assistant', '--connection', '_all']));
const prefixed = (prefix: string) => toolNames.map((name) => `${prefix}__${name}`);
const until = (host: McpHost, wanted: readonly string[]) =>
  expect.poll(async () => (await host.tools()).sort()).toEqual([...wanted].sort());

async function signInAtSecond(account: string): Promise<void> {
  const attempt = await stage.control.ask('startSignIn', { connection: 'crm', openBrowser: false });
  await answerConsent(attempt.authorizationUrl ?? '', { account, allow: true });
  expect(await stage.control.ask('signInOutcome', { attempt: attempt.attempt })).toMatchObject({ kind: 'done' });
}

describe('one entry for every service', () => {
  it('shows what comes and goes to assistants of both eras, while they run', async () => {
    const hosts = await Promise.all([older, newer].map(connect));
    const [first] = hosts as [McpHost];
    expect(first.serverName).toBe('conexor');
    for (const host of hosts) await until(host, prefixed('sales'));
    expect(JSON.parse((await first.call('sales__whoami')).text)).toMatchObject({ organisation: 'acme' });

    // A second service is added, signed out: its one tool is there, and the first one's stay.
    const changes = hosts.map((host) => host.toolsChanged());
    await stage.control.ask('addConnection', { target: second.resource, service: 'practice', name: 'crm' });
    await Promise.all(changes);
    for (const host of hosts) await until(host, [...prefixed('sales'), 'crm__sign_in']);
    await signInAtSecond('globex');
    for (const host of hosts) {
      await until(host, [...prefixed('sales'), ...prefixed('crm')]);
      const whose = async (name: string) => JSON.parse((await host.call(`${name}__whoami`)).text).organisation;
      expect([await whose('sales'), await whose('crm')]).toEqual(['acme', 'globex']);
      expect(await host.prompt('crm__monthly_review', { month: '2025-03' })).toContain('Review the sales of 2025-03');
    }
    expect(await first.read('sales://guide')).toContain('# How to read the sales data');

    // A question of a service reaches the person, and the answer that service.
    const approved = await first.call('crm__approve_discount', { customer: 'Norte Foods', percent: 5 });
    expect(approved.text).toBe('Discount approved by the person.');

    // A third, with names that meet or are too long.
    await stage.control.ask('addConnection', { target: third.url, name: 'erp' });
    await stage.control.ask('startSignIn', { connection: 'erp', openBrowser: false }).catch(() => undefined);
    for (const host of hosts) {
      await expect
        .poll(async () => (await host.tools()).filter((name) => name.startsWith('erp__')).length)
        .toBe(names.length);
      const shown = (await host.tools()).filter((name) => name.startsWith('erp__'));
      expect(new Set(shown.map((name) => name.toLowerCase())).size).toBe(names.length);
      for (const [index, name] of shown.entries()) {
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(JSON.parse((await host.call(name)).text).name).toBe(names[index]);
      }
    }

    // One is signed out: the others stay.
    const [account] = (await stage.control.ask('findConnection', { connection: 'sales' })).accounts;
    await stage.control.ask('signOut', { connection: 'sales', account: account?.id ?? '' });
    for (const host of hosts) {
      await expect
        .poll(async () => (await host.tools()).filter((name) => name.startsWith('sales__')))
        .toEqual(['sales__sign_in']);
      expect(JSON.parse((await host.call('crm__whoami')).text)).toMatchObject({ organisation: 'globex' });
    }
    await Promise.all(hosts.map((host) => host.close()));
    await expect.poll(() => second.seen.sessions.alive).toBe(0);
  });
});
