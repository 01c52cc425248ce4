/**
 * Access that is removed from a program in one click, as it meets a call that runs: over the relay as it is built, and over
 * HTTP with a key. A second is what people are promised; nothing finer is measured.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClientStarts } from '../../../electron/core/bridge/client-starts.ts';
import { createAncestors } from '../../../electron/core/processes/ancestors.ts';
import { createSigners } from '../../../electron/core/processes/signers.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { type BuiltRelay, buildRelay, type Relay, startRelay } from '../../fakes/relay.ts';
import { soon } from '../../fakes/soon.ts';

const here = { platform: process.platform, env: process.env };
const slow = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 30 } };

describe('a program whose access is removed', () => {
  let relay: BuiltRelay;
  let home: string;
  let person: Person;
  let bridge: TestBridge;
  let running: Relay | undefined;
  beforeAll(async () => {
    [relay, home] = await Promise.all([buildRelay(), mkdtemp(join(tmpdir(), 'cx-home-'))]);
  });
  afterAll(async () => {
    await relay.remove();
    await rm(home, { recursive: true, force: true });
  });
  afterEach(async () => {
    running?.child.stdin?.end();
    await running?.ended;
    running = undefined;
    await bridge.stop();
    await person.stop();
  });

  async function open(): Promise<void> {
    person = await startPerson({ newPrograms: () => 'ask' });
    await person.signIn('acme');
    const starts = createClientStarts({ vault: () => person.vault, now: Date.now, log: () => undefined });
    const programs = { ancestors: createAncestors(here), signers: createSigners(here), starts };
    bridge = await testBridge(person.broker, { programs });
  }
  const underWay = () => expect.poll(() => person.practice.seen.mcpCount('tools/call')).toBeGreaterThan(0);

  it('loses the call that runs, and the next one, over the relay', async () => {
    await open();
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    running = startRelay(relay.path, ['--client', 'cursor', '--data', bridge.dataDir], home);
    const { host } = running;
    await host.begin();
    const call = host.ask('tools/call', slow, 'slow');
    await underWay();
    await person.broker.removeProgram('cursor');
    expect((await soon(call)).error?.data).toMatchObject({ fault: 'program-refused' });
    const next = await soon(host.ask('tools/call', { name: 'whoami', arguments: {} }));
    expect(next.error?.data).toMatchObject({ fault: 'program-refused' });
    expect(person.practice.seen.mcpCount('tools/call')).toBe(1);
    expect(person.broker.findConnection(person.connectionId).clients).toMatchObject([{ access: 'refused' }]);
  });

  it('loses the call that runs, the next one and its key, over HTTP', async () => {
    await open();
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    await person.broker.decideProgram(person.connectionId, 'n8n', true, 'http');
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'n8n', version: '1' },
      // Tells its progress, so that the service is seen to work on it.
      progressToken: 'p',
    };
    const post = async (id: number, params: { readonly name: string; readonly arguments: object }) => {
      const response = await fetch(bridge.url('practice'), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': params.name,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { ...params, _meta: meta } }),
      });
      return { status: response.status, text: await response.text() };
    };
    const call = post(1, slow);
    await underWay();
    await person.broker.removeProgram('n8n');
    expect((await soon(call)).text).toMatch(/"fault":"(program-refused|client-key-wrong)"/);
    const next = await soon(post(2, { name: 'whoami', arguments: {} }));
    expect(next.status).toBe(401);
    expect(person.practice.seen.mcpCount('tools/call')).toBe(1);
  });
});
