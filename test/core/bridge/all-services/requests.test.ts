import { afterEach, describe, expect, it } from 'vitest';
import { eventually, type LineHost } from '../../../fakes/line-host.ts';
import { faultIn, type SeveralServices, severalServices, toolsBecome } from './several-services.ts';

let stage: SeveralServices;
afterEach(() => stage.stop());

async function begun(...names: readonly string[]): Promise<LineHost> {
  stage = await severalServices(...names);
  const host = stage.bridge.host('_all');
  await host.begin();
  await toolsBecome(
    host,
    names.map((name) => `${name}__echo`),
  );
  return host;
}

const callOf = (name: string, more: object = {}) => ({ name, arguments: {}, ...more });
const lists = (name: string, method: string, result: object) =>
  stage.server(name).on.set(method, ({ json, message }) => json({ jsonrpc: '2.0', id: message.id, result }));
const asked = (name: string, method: string) =>
  stage
    .server(name)
    .posts(method)
    .map(({ message }) => message?.params);

describe('a call through one of several services', () => {
  it('passes in its own bytes both ways, but for the tool’s name', async () => {
    const host = await begun('sales', 'crm');
    const raw = (name: string) =>
      `{"jsonrpc":"2.0", "id":"x\\u00e9-7","method":"tools/call","params":{"name":"${name}","big":12345678901234567890,"_meta":{"progressToken":1,"a/b":[null]}},"extra":1.0}`;
    const back =
      '{"jsonrpc":"2.0","id":"xé-7","error":{"code":-31999,"message":"no","data":{"n":1.50,"u":"\\u00e9"}},"more":true}';
    stage.server('crm').on.set('tools/call', ({ json }) => json(back));
    host.say(raw('crm__echo'));
    await host.answer('xé-7');
    expect(stage.server('crm').posts('tools/call')[0]?.body).toBe(raw('echo'));
    // Lists may be said to have changed at any time.
    expect(host.lines).toContain(back);
  });

  it('brings its progress in order, and the answer last', async () => {
    const host = await begun('sales', 'crm');
    stage.server('sales').on.set('tools/call', ({ event, message, response }) => {
      for (let progress = 0; progress < 100; progress += 1)
        event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress } });
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
      response.end();
    });
    await host.ask('tools/call', callOf('sales__echo', { _meta: { progressToken: 'p' } }));
    const told = host.heard.filter(({ method }) => method === 'notifications/progress');
    // Lists may be said to have changed at any time.
    const last = host.heard.filter(({ method }) => !method?.endsWith('/list_changed')).at(-1);
    expect(told.map(({ params }) => params?.['progress'])).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(last?.result).toEqual({ content: [] });
  });

  it('is cancelled at its own service', async () => {
    const host = await begun('sales', 'crm');
    stage.server('crm').on.set('tools/call', () => undefined);
    host.say({ jsonrpc: '2.0', id: 'c', method: 'tools/call', params: callOf('crm__echo') });
    await eventually(() => stage.server('crm').posts('tools/call').length === 1);
    host.notify('notifications/cancelled', { requestId: 'c', reason: 'enough' });
    await eventually(() => stage.server('crm').posts('notifications/cancelled').length === 1);
    expect(asked('crm', 'notifications/cancelled')).toEqual([{ requestId: 'c', reason: 'enough' }]);
    expect(stage.server('sales').posts('notifications/cancelled')).toEqual([]);
  });

  it('is answered by the fault of its service where that goes meanwhile', async () => {
    const host = await begun('sales', 'crm');
    stage.server('crm').on.set('tools/call', () => undefined);
    const running = host.ask('tools/call', callOf('crm__echo'));
    await eventually(() => stage.server('crm').posts('tools/call').length === 1);
    stage.broker.remove('crm');
    expect(faultIn(await running)).toBeTypeOf('string');
    const gone = await host.ask('tools/call', callOf('crm__echo'));
    expect(gone.error?.code).toBe(-32602);
  });

  it('without a name, by a name that is none, or of an unknown method is refused in words', async () => {
    const host = await begun('sales');
    expect((await host.ask('tools/call', {})).error?.code).toBe(-32602);
    expect((await host.ask('tools/call', { name: 7 })).error?.code).toBe(-32602);
    expect((await host.ask('tools/call', callOf('echo'))).error?.message).toContain('There is no tool echo any more');
    expect((await host.ask('nothing/there')).error?.code).toBe(-32601);
  });

  it('waits for no other: ping and level are answered here, and the level goes to all', async () => {
    const host = await begun('sales', 'crm');
    expect((await host.ask('ping')).result).toEqual({});
    expect((await host.ask('logging/setLevel', { level: 'debug' })).result).toEqual({});
    await eventually(() => ['sales', 'crm'].every((name) => asked(name, 'logging/setLevel').length === 1));
    expect(asked('crm', 'logging/setLevel')).toEqual([{ level: 'debug' }]);
    const later = await stage.add('erp');
    await eventually(() => later.posts('logging/setLevel').length === 1);
    expect(stage.server('sales').posts('ping')).toEqual([]);
  });
});

describe('what services ask the host', () => {
  it('has ids and tokens that do not meet, and answers, progress and withdrawals go to the one that asked', async () => {
    const host = await begun('sales', 'crm');
    for (const name of ['sales', 'crm']) {
      stage.server(name).on.set('tools/call', async ({ event, message, response }) => {
        const params = { message: name, _meta: { progressToken: 0 } };
        event({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params });
        await eventually(() => stage.server(name).seen.some((one) => one.message?.result !== undefined));
        event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
        response.end();
      });
    }
    const calls = ['sales', 'crm'].map((name) => host.ask('tools/call', callOf(`${name}__echo`)));
    const questionOf = (name: string) =>
      host.wait(({ method, params }) => method === 'elicitation/create' && params?.['message'] === name);
    const questions = [await questionOf('sales'), await questionOf('crm')];
    expect(new Set(questions.map(({ id }) => id)).size).toBe(2);
    const tokens = questions.map(
      ({ params }) => (params?.['_meta'] as { progressToken: unknown } | undefined)?.progressToken,
    );
    expect(new Set(tokens).size).toBe(2);
    for (const [index, name] of ['sales', 'crm'].entries()) {
      host.notify('notifications/progress', { progressToken: tokens[index], progress: index });
      host.say({ jsonrpc: '2.0', id: questions[index]?.id, result: { of: name } });
    }
    for (const answer of await Promise.all(calls)) expect(answer.result).toEqual({ content: [] });
    for (const [index, name] of ['sales', 'crm'].entries()) {
      const answers = stage.server(name).seen.filter((one) => one.message?.result !== undefined);
      expect(answers.map(({ message }) => [message?.id, message?.result])).toEqual([[0, { of: name }]]);
      await eventually(() => asked(name, 'notifications/progress').length === 1);
      expect(asked(name, 'notifications/progress')).toEqual([{ progressToken: 0, progress: index }]);
    }
  });

  it('is withdrawn where the service goes, and where it takes it back itself', async () => {
    const host = await begun('sales', 'crm');
    await eventually(() => stage.server('crm').streams.size === 1 && stage.server('sales').streams.size === 1);
    for (const name of ['sales', 'crm']) {
      stage.server(name).push({ jsonrpc: '2.0', id: 5, method: 'roots/list' });
    }
    await eventually(() => host.heard.filter(({ method }) => method === 'roots/list').length === 2);
    const [first, second] = host.heard.filter(({ method }) => method === 'roots/list').map(({ id }) => id);
    stage.server('sales').push({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } });
    await host.wait(({ method }) => method === 'notifications/cancelled');
    stage.broker.remove('crm');
    await eventually(() => host.heard.filter(({ method }) => method === 'notifications/cancelled').length === 2);
    const withdrawn = host.heard.filter(({ method }) => method === 'notifications/cancelled');
    const ids = withdrawn.map(({ params }) => params?.['requestId']);
    expect(new Set(ids)).toEqual(new Set([first, second]));
  });

  it('hears that the host’s roots have changed', async () => {
    const host = await begun('sales', 'crm');
    host.notify('notifications/roots/list_changed');
    await eventually(() =>
      ['sales', 'crm'].every((name) => asked(name, 'notifications/roots/list_changed').length === 1),
    );
  });
});

describe('prompts and resources of several services', () => {
  it('prompts have names of their own, are got and completed at their service', async () => {
    const host = await begun('sales', 'crm');
    for (const name of ['sales', 'crm']) {
      lists(name, 'prompts/list', { prompts: [{ name: 'review', arguments: [{ name: 'month' }] }] });
      lists(name, 'prompts/get', { messages: [] });
      lists(name, 'completion/complete', { completion: { values: [name] } });
    }
    const { result } = await host.ask('prompts/list');
    expect(result?.['prompts']).toMatchObject([
      { name: 'sales__review', title: 'review (Sales, ada)', arguments: [{ name: 'month' }] },
      { name: 'crm__review', title: 'review (Sales, crm, ada)' },
    ]);
    await host.ask('prompts/get', { name: 'crm__review', arguments: { month: '5' } });
    expect(asked('crm', 'prompts/get')).toEqual([{ name: 'review', arguments: { month: '5' } }]);
    const completed = await host.ask('completion/complete', {
      ref: { type: 'ref/prompt', name: 'sales__review' },
      argument: { name: 'month', value: '' },
    });
    expect(completed.result).toEqual({ completion: { values: ['sales'] } });
    expect(asked('sales', 'completion/complete')).toMatchObject([{ ref: { type: 'ref/prompt', name: 'review' } }]);
    expect((await host.ask('prompts/get', { name: 'crm__other' })).error).toBeUndefined();
    expect((await host.ask('prompts/get', { name: 'erp__other' })).error?.message).toContain('There is no prompt');
    expect((await host.ask('completion/complete', {})).error?.code).toBe(-32602);
  });

  it('resources are read where they were listed; one address at two services is two addresses', async () => {
    const host = await begun('sales', 'crm');
    for (const name of ['sales', 'crm']) {
      lists(name, 'resources/list', { resources: [{ uri: 'docs://guide', name: 'guide' }] });
      stage.server(name).on.set('resources/read', ({ json, message }) =>
        json({
          jsonrpc: '2.0',
          id: message.id,
          result: { contents: [{ uri: message.params?.['uri'], text: name }] },
        }),
      );
    }
    expect((await host.ask('resources/list')).result?.['resources']).toMatchObject([
      { uri: 'docs://guide', title: 'guide (Sales, ada)' },
      { uri: 'conexor.crm+docs://guide', title: 'guide (Sales, crm, ada)' },
    ]);
    for (const [uri, name] of [
      ['docs://guide', 'sales'],
      ['conexor.crm+docs://guide', 'crm'],
    ] as const) {
      const { result } = await host.ask('resources/read', { uri });
      expect(result).toEqual({ contents: [{ uri, text: name }] });
      expect(asked(name, 'resources/read').at(-1)).toEqual({ uri: 'docs://guide' });
    }
    const unknown = await host.ask('resources/read', { uri: 'other://x' });
    expect(unknown.error?.code).toBe(-32002);
    expect(asked('sales', 'resources/read')).toHaveLength(1);
  });

  it('resources of templates, and those that a tool points to, are read at their service', async () => {
    const host = await begun('sales', 'crm');
    lists('sales', 'resources/templates/list', { resourceTemplates: [{ uriTemplate: 'a://{x}', name: 'a' }] });
    lists('crm', 'resources/templates/list', { resourceTemplates: [{ uriTemplate: 'a://{x}', name: 'a' }] });
    for (const name of ['sales', 'crm']) lists(name, 'resources/read', { contents: [] });
    const { result } = await host.ask('resources/templates/list');
    expect(result?.['resourceTemplates']).toMatchObject([
      { uriTemplate: 'a://{x}' },
      { uriTemplate: 'conexor.crm+a://{x}' },
    ]);
    await host.ask('resources/read', { uri: 'conexor.crm+a://7' });
    expect(asked('crm', 'resources/read')).toEqual([{ uri: 'a://7' }]);
    lists('crm', 'tools/call', { content: [{ type: 'resource_link', uri: 'report://9', name: 'r' }] });
    await host.ask('tools/call', callOf('crm__echo'));
    await host.ask('resources/read', { uri: 'report://9' });
    expect(asked('crm', 'resources/read').at(-1)).toEqual({ uri: 'report://9' });
  });

  it('a host that knows an address from before finds it', async () => {
    const host = await begun('sales', 'crm');
    lists('crm', 'resources/list', { resources: [{ uri: 'docs://crm', name: 'crm' }] });
    lists('crm', 'resources/read', { contents: [] });
    expect((await host.ask('resources/read', { uri: 'docs://crm' })).result).toEqual({ contents: [] });
    expect(stage.server('sales').posts('resources/read')).toEqual([]);
  });

  it('a change of a resource is told by the address that the host knows', async () => {
    const host = await begun('sales', 'crm');
    for (const name of ['sales', 'crm']) {
      lists(name, 'resources/list', { resources: [{ uri: 'docs://guide', name: 'guide' }] });
      lists(name, 'resources/subscribe', {});
    }
    await host.ask('resources/list');
    await host.ask('resources/subscribe', { uri: 'conexor.crm+docs://guide' });
    expect(asked('crm', 'resources/subscribe')).toEqual([{ uri: 'docs://guide' }]);
    await eventually(() => stage.server('crm').streams.size === 1);
    const params = { uri: 'docs://guide' };
    stage.server('crm').push({ jsonrpc: '2.0', method: 'notifications/resources/updated', params });
    const updated = await host.notice('notifications/resources/updated');
    expect(updated.params).toEqual({ uri: 'conexor.crm+docs://guide' });
  });
});

describe('the end of a conversation', () => {
  it('lets answers out that are on their way, and ends every session at its service', async () => {
    const host = await begun('sales', 'crm');
    stage.server('crm').on.set('tools/call', ({ json, message }) => {
      setTimeout(() => json({ jsonrpc: '2.0', id: message.id, result: { content: [] } }), 50);
    });
    const answer = host.ask('tools/call', callOf('crm__echo'));
    await eventually(() => stage.server('crm').posts('tools/call').length === 1);
    host.end();
    expect((await answer).result).toEqual({ content: [] });
    await eventually(() => ['sales', 'crm'].every((name) => stage.server(name).sessionsLeft === 0));
  });

  it('is the beginning of another where the host says initialize again', async () => {
    const host = await begun('sales', 'crm');
    await host.begin('2025-06-18');
    await toolsBecome(host, ['sales__echo', 'crm__echo']);
    await eventually(() => ['sales', 'crm'].every((name) => stage.server(name).sessionsLeft === 1));
    host.end();
    await eventually(() => ['sales', 'crm'].every((name) => stage.server(name).sessionsLeft === 0));
  });
});
