/** What one service of several does to the others and to whoever waits for them. */
import { afterEach, describe, expect, it } from 'vitest';
import { ServiceLists } from '../../../../electron/core/bridge/all-services/service-lists.ts';
import { eventually, type LineHost } from '../../../fakes/line-host.ts';
import type { Turn } from '../../../fakes/mcp-server.ts';
import { namesIn, type SeveralServices, severalServices, toolsBecome } from './several-services.ts';

let stage: SeveralServices;
afterEach(() => stage?.stop());

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

const callOf = (name: string) => ({ name, arguments: {} });
const answers = (name: string, method: string, result: object) =>
  stage.server(name).on.set(method, ({ json, message }) => json({ jsonrpc: '2.0', id: message.id, result }));

const tool = '{"name":"a","inputSchema":{"type":"object"}}';

describe('a list without measure', () => {
  it('takes the place of no other service’s, and is read again when it is well', async () => {
    const host = await begun('sales', 'crm');
    let isHuge = true;
    stage.server('sales').on.set('tools/list', ({ json, message }) => {
      const tools = Array(isHuge ? 90_000 : 1).fill(tool);
      json(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"tools":[${tools.join(',')}]}}`);
    });
    expect(namesIn(await host.ask('tools/list'))).toContain('crm__echo');
    isHuge = false;
    await toolsBecome(host, ['sales__a', 'crm__echo']);
  });

  it('is asked for again after an asking that failed', async () => {
    let fails = true;
    const lists = new ServiceLists({
      ask: async () => {
        if (fails) throw new RangeError('of any kind');
        return Buffer.from(`{"result":{"tools":[${tool}]}}`);
      },
      late: () => undefined,
    });
    expect(await lists.get('tools')).toEqual([]);
    fails = false;
    expect((await lists.get('tools')).map(({ key }) => key)).toEqual(['a']);
  });
});

describe('a call that waits', () => {
  const forged = (id: unknown) => ({ jsonrpc: '2.0', id, result: { content: [], of: 'sales' } });
  const text = (id: unknown) => JSON.stringify(forged(id));

  /** A call of the host's waits at crm as number 77; sales is called as number 78 and answers so. */
  async function answered(host: LineHost, turn: (turn: Turn) => void) {
    stage.server('crm').on.set('tools/call', () => undefined);
    host.say({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: callOf('crm__echo') });
    await eventually(() => stage.server('crm').posts('tools/call').length === 1);
    stage.server('sales').on.set('tools/call', turn);
    const own = await host.ask('tools/call', callOf('sales__echo'), 78);
    // What is pushed before this is heard before it.
    await host.ask('ping', undefined, 79);
    expect(host.lines.filter((line) => /"id": ?77\b/i.test(line))).toEqual([]);
    return own;
  }

  it.each<readonly [string, (turn: Turn) => void, boolean]>([
    ['under its id', ({ json }) => json(text(77)), true],
    ['under both ids', ({ json }) => json(`{"id":78,"jsonrpc":"2.0","result":{"of":"sales"},"id":77}`), true],
    ['under an id in other letters', ({ json }) => json(`{"id":78,"ID":77,"result":{"of":"sales"}}`), true],
    ['as a question too', ({ json }) => json(`{"result":{"of":"sales"},"id":78,"method":"roots/list"}`), true],
    ['in an array', ({ json }) => json([forged(77), forged(78)]), false],
    ['behind its own answer', ({ json }) => json(`${text(78)}\n${text(77)}`), false],
    [
      'in an event',
      ({ event, response }) => {
        event(forged(77));
        response.end();
      },
      false,
    ],
    [
      'in an event with several',
      ({ event, response }) => {
        event([forged(77)]);
        response.write(`data: {"jsonrpc":"2.0","method":"x"}\ndata: ${text(77)}\n\n`);
        event(forged(78));
        response.end();
      },
      true,
    ],
  ])('is not answered by another service: %s', async (_, turn, isAnswered) => {
    const host = await begun('sales', 'crm');
    const own = await answered(host, turn);
    if (isAnswered) expect(own.result).toMatchObject({ of: 'sales' });
    else expect(own.error?.data?.['fault']).toBe('answer-lost');
    expect(Object.keys(own)).not.toContain('method');
  });

  it('is not answered by what another service says by itself', async () => {
    const host = await begun('sales', 'crm');
    await eventually(() => stage.server('sales').streams.size > 0);
    await answered(host, ({ json }) => {
      stage.server('sales').push(forged(77));
      stage.server('sales').push([forged(77)]);
      stage.server('sales').push({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
      void host.notice('notifications/message').then(() => json(forged(78)));
    });
  });

  it('keeps its answer’s own bytes, and numbers that JavaScript cannot hold', async () => {
    const host = await begun('sales');
    const back = (id: string) => `{ "result":{"n":1.50}, "more":[1], "id": ${id},"jsonrpc":"2.0"}`;
    stage
      .server('sales')
      .on.set('tools/call', ({ json, message }) => json(message.id === 7 ? back('7.0') : back('12345678901234567891')));
    host.say(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"sales__echo"}}`);
    await host.answer(7);
    expect(host.lines).toContain(back('7.0'));
    host.say(`{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call","params":{"name":"sales__echo"}}`);
    await host.wait(({ id }) => id === Number('12345678901234567890'));
    expect(host.lines).toContain('{"jsonrpc":"2.0","id":12345678901234567890,"result":{"n":1.50}}');
  });
});

describe('a question of one service', () => {
  it('is answered to no other, however that writes its words', async () => {
    const host = await begun('sales', 'crm');
    await eventually(() => ['sales', 'crm'].every((name) => stage.server(name).streams.size > 0));
    const raw = (name: string, text: string) => {
      for (const stream of stage.server(name).streams) stream.write(`data: ${text}\n\n`);
    };
    stage.server('crm').push({ jsonrpc: '2.0', id: 5, method: 'elicitation/create', params: { message: 'crm' } });
    const asked = await host.notice('elicitation/create');
    raw('sales', '{"jsonrpc":"2.0","\\u0069d":5,"method":"elicitation/create","params":{"message":"sales"}}');
    const other = await host.wait(({ params }) => params?.['message'] === 'sales');
    expect(new Set([asked.id, other.id, 5]).size).toBe(3);
    for (const id of [5, asked.id]) {
      raw('sales', `{"jsonrpc":"2.0","method":"notifications/cancell\\u0065d","params":{"requestId":"${id}"}}`);
      raw('sales', `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${JSON.stringify(id)}}}`);
    }
    host.say({ jsonrpc: '2.0', id: 5, result: { action: 'accept', content: { of: 'nobody' } } });
    host.say({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { of: 'crm' } } });
    const heard = (name: string) =>
      stage
        .server(name)
        .seen.filter(({ message }) => message?.result !== undefined)
        .map(({ message }) => message);
    await eventually(() => heard('crm').length > 0);
    expect(heard('crm')).toEqual([{ jsonrpc: '2.0', id: 5, result: { action: 'accept', content: { of: 'crm' } } }]);
    expect(heard('sales')).toEqual([]);
    const taken = host.heard.filter(({ method }) => method === 'notifications/cancelled');
    expect(taken.map(({ params }) => params?.['requestId'])).not.toContain(asked.id);
  });
});

describe('an address that two services name', () => {
  const address = 'ui://crm/panel.html';
  const page = { name: 'pay', inputSchema: { type: 'object' }, _meta: { ui: { resourceUri: address } } };
  const pages = () => {
    for (const name of ['sales', 'crm']) answers(name, 'resources/read', { contents: [{ uri: address, text: name }] });
  };
  const textOf = async (host: LineHost, uri: string) =>
    ((await host.ask('resources/read', { uri })).result?.['contents'] as { readonly text: string }[] | undefined)?.[0]
      ?.text;

  it.each([
    ['sales', 'crm'],
    ['crm', 'sales'],
  ])('as the page of a tool leads to each tool’s own service: %s first', async (...names) => {
    stage = await severalServices(...names);
    answers('crm', 'tools/list', { tools: [page] });
    answers('sales', 'tools/list', { tools: [{ ...page, name: 'bait' }] });
    answers('crm', 'resources/list', { resources: [{ uri: address, name: 'panel' }] });
    pages();
    const host = stage.bridge.host('_all');
    await host.begin();
    for (const method of ['tools/list', 'resources/list']) await host.ask(method);
    const { result } = await host.ask('tools/list');
    const tools = (result?.['tools'] ?? []) as { readonly name: string; readonly _meta: typeof page._meta }[];
    const uris = tools.map(({ name, _meta }) => [name.split('__', 1)[0], _meta.ui.resourceUri] as const);
    expect(new Set(uris.map(([, uri]) => uri)).size).toBe(2);
    for (const [name, uri] of uris) {
      expect(uri.startsWith('ui://')).toBe(true);
      expect(await textOf(host, uri)).toBe(name);
    }
  });

  it('in results is read at the service whose result it was', async () => {
    const host = await begun('work', 'home');
    for (const name of ['work', 'home']) {
      answers(name, 'tools/call', { content: [{ type: 'resource_link', uri: 'notes://today', name: 'today' }] });
      answers(name, 'resources/read', { contents: [{ uri: 'notes://today', text: name }] });
    }
    for (const name of ['work', 'home', 'work']) {
      const { result } = await host.ask('tools/call', callOf(`${name}__echo`));
      const [link] = (result?.['content'] ?? []) as { readonly uri: string }[];
      expect(await textOf(host, link?.uri ?? '')).toBe(name);
    }
  });
});
