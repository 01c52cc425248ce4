import { describe, expect, it } from 'vitest';
import { type HostRequest, readHostMessage } from '../../../electron/core/bridge/message.ts';
import { SwitchNotice } from '../../../electron/core/bridge/switch-notice.ts';

function call(name: string): HostRequest {
  const message = readHostMessage(
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: {} } })),
  );
  if (message.kind !== 'request') throw new Error('a request');
  return message;
}

function conversation(reads: readonly string[] | Error = ['list_orders']) {
  let account: { id: string; label: string } | undefined = { id: 'a', label: 'ana@acme' };
  const notice = new SwitchNotice({
    account: () => account,
    onlyReads: async (tool) => {
      if (reads instanceof Error) throw reads;
      return reads.includes(tool);
    },
  });
  return {
    use(label: string | undefined) {
      account = label === undefined ? undefined : { id: label, label };
    },
    ask: async (tool: string) => JSON.stringify((await notice.instead(call(tool))) ?? 'goes on'),
  };
}

describe('a switch of account within a conversation', () => {
  it('is said before the first change with the new account, once', async () => {
    const { ask, use } = conversation();
    expect(await ask('create_order')).toBe('"goes on"');
    use('ana@globex');
    const said = await ask('create_order');
    expect(said).toContain('create_order was not carried out yet');
    expect(said).toContain('ana@globex');
    expect(said).toContain('"id":7');
    expect(await ask('create_order')).toBe('"goes on"');
    use('ana@acme');
    expect(await ask('create_order')).toContain('ana@acme');
  });

  it('holds up nothing that only reads, and is still said at the first change after that', async () => {
    const { ask, use } = conversation();
    await ask('list_orders');
    use('ana@globex');
    expect(await ask('list_orders')).toBe('"goes on"');
    expect(await ask('create_order')).toContain('ana@globex');
  });

  it('is said where nobody knows what a tool does', async () => {
    const { ask, use } = conversation(new Error('unreachable'));
    await ask('anything');
    use('ana@globex');
    expect(await ask('anything')).toContain('ana@globex');
  });

  it('costs nothing without a switch', () => {
    const notice = new SwitchNotice({
      account: () => ({ id: 'a', label: 'a' }),
      onlyReads: () => Promise.reject(new Error('asked')),
    });
    expect(notice.instead(call('create_order'))).toBeUndefined();
    expect(notice.instead(call('create_order'))).toBeUndefined();
  });

  it('a sign-out and a sign-in as somebody else is a switch too', async () => {
    const { ask, use } = conversation();
    await ask('create_order');
    use(undefined);
    expect(await ask('create_order')).toBe('"goes on"');
    use('ana@globex');
    expect(await ask('create_order')).toContain('ana@globex');
  });
});
