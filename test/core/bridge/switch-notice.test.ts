import { describe, expect, it } from 'vitest';
import { type HostRequest, readHostMessage } from '../../../electron/core/bridge/message.ts';
import { SwitchNotice } from '../../../electron/core/bridge/switch-notice.ts';

function call(name: string, args: string): HostRequest {
  const message = readHostMessage(
    Buffer.from(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`),
  );
  if (message.kind !== 'request') throw new Error('a request');
  return message;
}

const accessOf = (account: string | undefined) => ({
  connectionId: 'id-sales',
  resource: 'http://127.0.0.1/mcp',
  ...(account === undefined ? {} : { accountId: account, accountLabel: `ana@${account}` }),
});

function conversation(reads: readonly string[] = ['list_orders']) {
  let account: string | undefined = 'acme';
  const notice = new SwitchNotice({ onlyReads: async (_, tool) => reads.includes(tool) });
  return {
    notice,
    use(next: string | undefined) {
      account = next;
    },
    ask: async (tool: string, args = '{}') =>
      JSON.stringify((await notice.instead(call(tool, args), accessOf(account))) ?? 'goes on'),
  };
}

describe('a switch of account within a conversation', () => {
  it('is said before the first change with the new account, once', async () => {
    const { ask, use } = conversation();
    expect(await ask('create_order')).toBe('"goes on"');
    use('globex');
    const said = await ask('create_order');
    expect(said).toContain('create_order was not carried out yet');
    expect(said).toContain('ana@globex');
    expect(said).toContain('"id":7');
    expect(await ask('create_order')).toBe('"goes on"');
    use('acme');
    expect(await ask('create_order')).toContain('ana@acme');
  });

  it('holds up nothing that only reads, and is still said at the first change after that', async () => {
    const { ask, use } = conversation();
    await ask('list_orders');
    use('globex');
    expect(await ask('list_orders')).toBe('"goes on"');
    expect(await ask('create_order')).toContain('ana@globex');
  });

  it('is said where the account was met without a call', async () => {
    const { ask, notice, use } = conversation();
    notice.met('acme');
    notice.met('globex');
    use('globex');
    expect(await ask('create_order')).toContain('ana@globex');
  });

  it('only the same change counts as asked for again, however its arguments are ordered', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use('globex');
    expect(await ask('create_order', '{"n":1,"of":{"a":[1,{"x":1,"y":2}],"b":2}}')).toContain('ana@globex');
    expect(await ask('create_order', '{"n":2,"of":{"a":[1,{"x":1,"y":2}],"b":2}}')).toContain('ana@globex');
    expect(await ask('cancel_order', '{"n":1,"of":{"a":[1,{"x":1,"y":2}],"b":2}}')).toContain('ana@globex');
    expect(await ask('create_order', '{"of":{"b":2,"a":[1,{"y":2,"x":1}]},"n":1}')).toBe('"goes on"');
    expect(await ask('cancel_order', '{"n":9}')).toBe('"goes on"');
  });

  it('two changes at once are both held', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use('globex');
    for (const said of await Promise.all([ask('create_order'), ask('create_order')])) {
      expect(said).toContain('ana@globex');
    }
    expect(await ask('create_order')).toBe('"goes on"');
  });

  it('what was held before the person switched back is held anew after the next switch', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use('globex');
    expect(await ask('create_order')).toContain('ana@globex');
    use('acme');
    expect(await ask('create_order')).toBe('"goes on"');
    use('globex');
    expect(await ask('create_order')).toContain('ana@globex');
  });

  it('takes arguments that are nested too deep to be written', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use('globex');
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(await ask('create_order', deep)).toContain('ana@globex');
    expect(await ask('create_order', deep)).toBe('"goes on"');
  });

  it('costs nothing without a switch', () => {
    const notice = new SwitchNotice({ onlyReads: () => Promise.reject(new Error('asked')) });
    expect(notice.instead(call('create_order', '{}'), accessOf('acme'))).toBeUndefined();
    expect(notice.instead(call('create_order', '{}'), accessOf('acme'))).toBeUndefined();
  });

  it('a sign-out and a sign-in as somebody else is a switch too', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use(undefined);
    expect(await ask('create_order')).toBe('"goes on"');
    use('globex');
    expect(await ask('create_order')).toContain('ana@globex');
  });
});
