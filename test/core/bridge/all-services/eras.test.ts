import { afterEach, describe, expect, it } from 'vitest';
import { eventually, type LineHost } from '../../../fakes/line-host.ts';
import { FakeWebApi } from '../../../fakes/web-api.ts';
import {
  faultIn,
  modernMeta,
  modernServer,
  namesIn,
  noticesOf,
  type SeveralServices,
  severalServices,
  textIn,
  toolsBecome,
} from './several-services.ts';

let stage: SeveralServices;
let api: FakeWebApi | undefined;
afterEach(async () => {
  await stage.stop();
  await api?.stop();
  api = undefined;
});

const modernKey = 'io.modelcontextprotocol/protocolVersion';
const callOf = (name: string, input: object = {}, meta: object = {}) => ({
  name,
  arguments: input,
  ...modernMeta(meta),
});
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';

/** `old` knows the era of sessions alone, `new` the newer one alone. */
async function mixed(): Promise<LineHost> {
  stage = await severalServices('old', 'new');
  modernServer(stage.server('new'));
  return stage.bridge.host('_all');
}

function listen(host: LineHost, notifications: object, id = 'sub'): void {
  host.say({ jsonrpc: '2.0', id, method: 'subscriptions/listen', params: { notifications, ...modernMeta() } });
}

describe('a host of the newer era', () => {
  it('M-A 2 discovers us at once, and has the services of both eras', async () => {
    const host = await mixed();
    const { result } = await host.ask('server/discover', modernMeta());
    expect(result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      ttlMs: 0,
      cacheScope: 'private',
    });
    expect(result?.['instructions']).toContain('Modern words.');
    const listed = await host.ask('tools/list', modernMeta());
    expect(namesIn(listed)).toEqual(['old__echo', 'new__echo']);
    expect(listed.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });

    const atNew = await host.ask('tools/call', callOf('new__echo', { n: 1 }));
    expect(JSON.parse(textIn(atNew))).toMatchObject({
      name: 'echo',
      arguments: { n: 1 },
      _meta: { [modernKey]: '2026-07-28' },
    });
    const [seen] = stage.server('new').posts('tools/call');
    expect(seen?.headers).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-protocol-version': '2026-07-28',
    });

    const atOld = await host.ask('tools/call', callOf('old__echo', { n: 2 }, { progressToken: 'p' }));
    expect(atOld.result).toMatchObject({ resultType: 'complete' });
    expect(JSON.parse(textIn(atOld))).toEqual({ name: 'echo', arguments: { n: 2 }, _meta: { progressToken: 'p' } });
    expect(stage.server('old').posts('tools/call')[0]?.headers['mcp-session-id']).toBe('s-1');
  });

  it('M-A 9 need not discover first, and is refused what its era has no more', async () => {
    const host = await mixed();
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    for (const method of ['ping', 'logging/setLevel', 'resources/subscribe', 'nothing/there']) {
      expect((await host.ask(method, modernMeta())).error?.code).toBe(-32601);
    }
    const other = await host.ask('tools/list', modernMeta({ [modernKey]: '2099-01-01' }));
    expect(other.error).toMatchObject({ code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } });
  });

  it('M-A 5 has the results of both eras in its own form, byte for byte otherwise', async () => {
    const host = await mixed();
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    stage
      .server('old')
      .on.set('tools/call', ({ json, message }) =>
        json(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"content":[],"n":12345678901234567890}}`),
      );
    await host.ask('tools/call', callOf('old__echo'), 'raw');
    expect(host.lines.at(-1)).toBe(
      '{"jsonrpc":"2.0","id":"raw","result":{"resultType":"complete","content":[],"n":12345678901234567890}}',
    );
    stage
      .server('old')
      .on.set('resources/list', ({ json, message }) =>
        json({ jsonrpc: '2.0', id: message.id, result: { resources: [{ uri: 'a://b', name: 'b' }] } }),
      );
    stage
      .server('old')
      .on.set('resources/read', ({ json, message }) =>
        json({ jsonrpc: '2.0', id: message.id, result: { contents: [] } }),
      );
    expect((await host.ask('resources/read', { uri: 'a://b', ...modernMeta() })).result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      contents: [],
    });
  });

  it('M-A 7 hears on one subscription of changes at services of both eras, and of services that come', async () => {
    const host = await mixed();
    listen(host, { toolsListChanged: true });
    const acked = await host.notice('notifications/subscriptions/acknowledged');
    expect(acked.params).toEqual({ notifications: { toolsListChanged: true }, _meta: { [subscriptionId]: 'sub' } });
    await eventually(() => stage.server('old').streams.size === 1 && stage.server('new').streams.size === 1);
    const changed = 'notifications/tools/list_changed';
    for (const [index, name] of ['old', 'new'].entries()) {
      stage.server(name).push({ jsonrpc: '2.0', method: changed });
      await host.until(() => (noticesOf(host) > index ? true : undefined));
    }
    await stage.add('third');
    await host.until(() => (noticesOf(host) > 2 ? true : undefined));
    const told = host.heard.filter(({ method }) => method === changed);
    expect(told[0]?.params).toEqual({ _meta: { [subscriptionId]: 'sub' } });
    expect(noticesOf(host, 'prompts')).toBe(0);
    await toolsBecome(host, ['old__echo', 'new__echo', 'third__echo'], modernMeta());
    expect(host.heard.filter(({ method }) => method === 'notifications/subscriptions/acknowledged')).toHaveLength(1);
    host.notify('notifications/cancelled', { requestId: 'sub' });
    await host.ask('tools/list', modernMeta());
    const before = noticesOf(host);
    stage.broker.remove('third');
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    expect(noticesOf(host)).toBe(before);
  });

  it('M-A 7 hears of a resource that it subscribed to, at a service of either era', async () => {
    const host = await mixed();
    for (const name of ['old']) {
      stage
        .server(name)
        .on.set('resources/list', ({ json, message }) =>
          json({ jsonrpc: '2.0', id: message.id, result: { resources: [{ uri: `a://${name}`, name }] } }),
        );
      stage
        .server(name)
        .on.set('resources/subscribe', ({ json, message }) => json({ jsonrpc: '2.0', id: message.id, result: {} }));
    }
    await host.ask('resources/list', modernMeta());
    listen(host, { resourceSubscriptions: ['a://old'] });
    await eventually(() => stage.server('old').posts('resources/subscribe').length === 1);
    await eventually(() => stage.server('old').streams.size === 1);
    const params = { uri: 'a://old' };
    stage.server('old').push({ jsonrpc: '2.0', method: 'notifications/resources/updated', params });
    const updated = await host.notice('notifications/resources/updated');
    expect(updated.params).toEqual({ uri: 'a://old', _meta: { [subscriptionId]: 'sub' } });
  });

  it('M-A 8 cancels at services of both eras, each in its own way, and hears nothing more', async () => {
    const host = await mixed();
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    stage.server('old').on.set('tools/call', () => undefined);
    let closed = 0;
    const answer = stage.server('new').intercept;
    stage.server('new').intercept = (turn) => {
      if (turn.message.method !== 'tools/call') return answer?.(turn) ?? false;
      turn.response.on('close', () => {
        closed += 1;
      });
      return true;
    };
    for (const name of ['old', 'new']) {
      host.say({ jsonrpc: '2.0', id: name, method: 'tools/call', params: callOf(`${name}__echo`) });
      await eventually(() => stage.server(name).posts('tools/call').length === 1);
      host.notify('notifications/cancelled', { requestId: name });
    }
    await eventually(() => closed === 1);
    await eventually(() => stage.server('old').posts('notifications/cancelled').length === 1);
    const [called] = stage.server('old').posts('tools/call');
    const [cancelled] = stage.server('old').posts('notifications/cancelled');
    expect(cancelled?.message?.params).toEqual({ requestId: called?.message?.id });
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    expect(host.heard.some(({ id }) => id === 'old' || id === 'new')).toBe(false);
  });

  it('is not asked what its era cannot be asked: the service hears so', async () => {
    const host = await mixed();
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    expect(stage.server('old').posts('initialize')[0]?.message?.params?.['capabilities']).toEqual({});
    stage.server('old').on.set('tools/call', async ({ event, message, response }) => {
      event({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: {} });
      await eventually(() => stage.server('old').seen.some((one) => one.message?.error !== undefined));
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
      response.end();
    });
    expect((await host.ask('tools/call', callOf('old__echo'))).result).toEqual({ resultType: 'complete', content: [] });
    const refused = stage.server('old').seen.find((one) => one.message?.error !== undefined);
    expect(refused?.message).toMatchObject({ id: 0, error: { code: -32601 } });
    expect(host.heard.some(({ method }) => method === 'elicitation/create')).toBe(false);
  });

  it('finds a service of the newer era that was signed out when the conversation began', async () => {
    stage = await severalServices('old');
    modernServer(await stage.add('new', false));
    const host = stage.bridge.host('_all');
    await toolsBecome(host, ['old__echo', 'new__sign_in'], modernMeta());
    expect(faultIn(await host.ask('tools/call', callOf('new__echo')))).toBe('sign-in-needed');
    stage.broker.signedInAs('ada', 'new');
    await toolsBecome(host, ['old__echo', 'new__echo'], modernMeta());
    expect((await host.ask('tools/call', callOf('new__echo'))).result).toMatchObject({ resultType: 'complete' });
  });
});

describe('a host of the older era', () => {
  it('M-A 1 has the tools of a service that knows only the newer one, and hears of their changes', async () => {
    const host = await mixed();
    await host.begin();
    await toolsBecome(host, ['old__echo', 'new__echo']);
    const { result } = await host.ask('tools/call', { name: 'new__echo', arguments: { n: 1 } });
    expect(JSON.parse(textIn({ ...(result && { result }) }))).toMatchObject({
      name: 'echo',
      arguments: { n: 1 },
      _meta: { [modernKey]: '2026-07-28', 'io.modelcontextprotocol/clientInfo': { name: 'line-host' } },
    });
    await eventually(() => stage.server('new').streams.size === 1);
    stage.server('new').push({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    const told = await host.notice('notifications/tools/list_changed');
    expect(told.params).toBeUndefined();
    expect(host.heard.some(({ method }) => method === 'notifications/subscriptions/acknowledged')).toBe(false);
    expect((await host.ask('resources/read', { uri: 'none://x' })).error?.code).toBe(-32002);
  });

  it('M-A 6 is told in words where such a service asks back', async () => {
    const host = await mixed();
    const answer = stage.server('new').intercept;
    stage.server('new').intercept = (turn) => {
      if (turn.message.method !== 'tools/call') return answer?.(turn) ?? false;
      turn.json({ jsonrpc: '2.0', id: turn.message.id, result: { resultType: 'input_required', inputRequests: {} } });
      return true;
    };
    await host.begin();
    await toolsBecome(host, ['old__echo', 'new__echo']);
    const { error } = await host.ask('tools/call', { name: 'new__echo', arguments: {} });
    expect(error?.message).toContain('asks a question back');
  });
});

describe('a web API among the services', () => {
  const begun = async (): Promise<LineHost> => {
    stage = await severalServices('sales');
    api = await new FakeWebApi().start();
    stage.broker.add('shop', `${api.origin}/v2`, true, true, 'rest');
    return stage.bridge.host('_all');
  };
  const input = { path: 'orders' };

  it('has its two tools for hosts of the older era, and sign_in while nobody is signed in', async () => {
    const host = await begun();
    await host.begin();
    await toolsBecome(host, ['sales__echo', 'shop__read_api', 'shop__write_api']);
    const { result } = await stage.bridge.host('_all').begin();
    expect(result?.['instructions']).toContain('is a web API at');
    const answer = await host.ask('tools/call', { name: 'shop__read_api', arguments: input });
    expect(textIn(answer)).toContain('/v2/orders');
    expect(api?.seen.map(({ method, target }) => `${method} ${target}`)).toEqual(['GET /v2/orders']);
    stage.broker.signedOut('shop');
    await host.notice('notifications/tools/list_changed');
    await toolsBecome(host, ['sales__echo', 'shop__read_api', 'shop__write_api', 'shop__sign_in']);
    stage.broker.remove('shop');
    await toolsBecome(host, ['sales__echo']);
  });

  it('has them for hosts of the newer era too', async () => {
    const host = await begun();
    await toolsBecome(host, ['sales__echo', 'shop__read_api', 'shop__write_api'], modernMeta());
    const answer = await host.ask('tools/call', callOf('shop__read_api', input), 7);
    expect(answer.result).toMatchObject({ resultType: 'complete' });
    expect(textIn(answer)).toContain('/v2/orders');
  });

  it('ends its calls with a fault where it goes', async () => {
    const host = await begun();
    await host.begin();
    await toolsBecome(host, ['sales__echo', 'shop__read_api', 'shop__write_api']);
    if (api) api.answer = () => undefined;
    const running = host.ask('tools/call', { name: 'shop__read_api', arguments: input });
    await eventually(() => api?.seen.length === 1);
    stage.broker.remove('shop');
    const answer = await running;
    expect(faultIn(answer) ?? textIn(answer)).toBeTruthy();
    const huge = { name: 'sales__echo', arguments: { text: 'x'.repeat(100_000) } };
    expect((await host.ask('tools/call', huge)).result).toBeDefined();
  });
});
