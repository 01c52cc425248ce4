import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offeredTools } from '../../../electron/core/bridge/offered-tools.ts';
import type { Fault } from '../../../shared/faults.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { FakeMcpServer } from '../../fakes/mcp-server.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let http: Agent;
beforeEach(async () => {
  server = await new FakeMcpServer().start();
  broker = new FakeBroker(server.url);
  http = new Agent();
});
afterEach(async () => {
  await http.destroy();
  await server.stop();
});

const offered = () => offeredTools({ broker, http, now: Date.now, version: '1' }, 'id-sales');
const faultOf = async (): Promise<string> =>
  offered().then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: 'object' }, ...more });

describe('what an account offers', () => {
  it('is read over all its pages, with the hints as MCP means them, and leaves no session behind', async () => {
    server.on.set('tools/list', ({ json, message }) => {
      const isSecond = message.params?.['cursor'] === 'two';
      json({
        jsonrpc: '2.0',
        id: message.id,
        result: isSecond
          ? { tools: [tool('drop', { annotations: { destructiveHint: true } }), tool('unsaid')] }
          : {
              tools: [
                tool('list', { title: 'List\u202e orders', annotations: { readOnlyHint: true } }),
                tool('add', { annotations: { title: 'Add', destructiveHint: false } }),
              ],
              nextCursor: 'two',
            },
      });
    });
    expect(await offered()).toEqual([
      { name: 'list', title: 'List  orders', readOnly: true, destructive: false },
      { name: 'add', title: 'Add', readOnly: false, destructive: false },
      { name: 'drop', readOnly: false, destructive: true },
      { name: 'unsaid', readOnly: false, destructive: true },
    ]);
    await expect.poll(() => server.sessionsLeft).toBe(0);
    expect(broker.seen.uses).toEqual([]);
  });

  it('of a web API is what Conexor itself makes of it, and nobody is asked', async () => {
    broker.add('shop', `${server.url}/api`, false, true, 'rest');
    expect(await offeredTools({ broker, http, now: Date.now, version: '1' }, 'id-shop')).toMatchObject([
      { name: 'read_api', readOnly: true, destructive: false },
      { name: 'write_api', readOnly: false, destructive: true },
    ]);
    expect([server.seen, broker.seen.gets]).toEqual([[], 0]);
  });

  it('is read from a stream of events, too', async () => {
    server.answersByEvents = true;
    expect((await offered()).map(({ name }) => name)).toEqual(['echo']);
  });

  it('is read from a service that knows no sessions (2026-07-28)', async () => {
    server.intercept = ({ message, json, request }) => {
      if (message.method === 'initialize') {
        json({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } }, 400);
        return true;
      }
      if (message.method !== 'tools/list') return false;
      const agreed = request.headers['mcp-protocol-version'] === '2026-07-28';
      json({ jsonrpc: '2.0', id: message.id, result: { tools: agreed ? [tool('modern')] : [] } });
      return true;
    };
    expect((await offered()).map(({ name }) => name)).toEqual(['modern']);
  });

  it('does not follow pages for ever, nor take a list of any size', async () => {
    let pages = 0;
    server.on.set('tools/list', ({ json, message }) => {
      pages += 1;
      json({ jsonrpc: '2.0', id: message.id, result: { tools: [tool(`t${pages}`)], nextCursor: String(pages) } });
    });
    expect(await offered()).toHaveLength(20);
    server.on.set('tools/list', ({ json, message }) =>
      json({ jsonrpc: '2.0', id: message.id, result: { tools: [tool('x'.repeat(9 * 1024 * 1024))] } }),
    );
    expect(await faultOf()).toBe('too-large');
  });

  it('is a fault where there is no access or no service, and what was seen is told', async () => {
    broker.setState('paused');
    expect(await faultOf()).toBe('paused');
    broker.signedOut();
    expect(await faultOf()).toBe('sign-in-needed');
    expect(server.seen).toEqual([]);
    broker.signedInAs('ada');
    server.on.set('tools/list', ({ json }) => json({ error: 'no' }, 402));
    expect(await faultOf()).toBe('plan-limit');
    expect(broker.seen.reports).toContainEqual({ kind: 'plan-limit' });
    await server.stop();
    expect(await faultOf()).toBe('unreachable');
    expect(broker.seen.reports).toContainEqual({ kind: 'unreachable' });
  });
});
