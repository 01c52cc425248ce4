import { describe, expect, it } from 'vitest';
import { KnownTools, type ToolHints } from '../../../electron/core/bridge/tool-hints.ts';

const accessOf = (accountId: string) => ({ connectionId: 'id-sales', resource: 'http://127.0.0.1/mcp', accountId });
const [ada, bob] = [accessOf('ada'), accessOf('bob')];
type Listed = readonly { readonly name: string; readonly readOnly: boolean }[];

function bridge(list: (accountId: string | undefined) => Promise<Listed>) {
  const byAccount = new Map<string | undefined, ToolHints>();
  let nowMs = 1_000_000;
  const asked: (string | undefined)[] = [];
  const conversation = () =>
    new KnownTools({
      now: () => nowMs,
      of: ({ accountId }) => {
        const hints = byAccount.get(accountId) ?? { reads: new Map(), asked: undefined };
        byAccount.set(accountId, hints);
        return hints;
      },
      list: ({ accountId }) => {
        asked.push(accountId);
        return list(accountId);
      },
    });
  return {
    conversation,
    asked,
    later: (ms: number) => {
      nowMs += ms;
    },
  };
}

const answer = (...tools: readonly (object | string)[]) =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools } }));
const reading = (name: string) => ({ name, annotations: { readOnlyHint: true } });

describe('whether a tool only reads', () => {
  it('is what the service last said of it for this account, else what the host was told itself', async () => {
    const { conversation, asked } = bridge(async () => []);
    const tools = conversation();
    tools.listed(ada, answer(reading('list'), { name: 'create' }, { name: 'odd', annotations: 7 }, 'no tool'));
    expect(await tools.onlyReads(ada, 'list')).toBe(true);
    expect(await tools.onlyReads(bob, 'list')).toBe(true);
    expect(await tools.onlyReads(bob, 'create')).toBe(false);
    expect(await tools.onlyReads(bob, 'odd')).toBe(false);
    conversation().listed(bob, answer({ name: 'list' }));
    expect(await tools.onlyReads(bob, 'list')).toBe(false);
    tools.listed(ada, answer({ name: 'list' }));
    expect(await tools.onlyReads(ada, 'list')).toBe(false);
    expect(asked).toEqual([]);
  });

  it('is asked for once by all conversations, each account by itself', async () => {
    const { conversation, asked } = bridge(async (account) => [{ name: 'list', readOnly: account === 'ada' }]);
    const [one, other] = [conversation(), conversation()];
    expect(await Promise.all([one.onlyReads(ada, 'list'), other.onlyReads(ada, 'list')])).toEqual([true, true]);
    expect(await other.onlyReads(ada, 'unknown')).toBe(false);
    expect(await one.onlyReads(bob, 'list')).toBe(false);
    expect(asked).toEqual(['ada', 'bob']);
  });

  it('is asked for again only after a while where it was not said', async () => {
    let isDown = true;
    const { conversation, asked, later } = bridge(async () => {
      if (isDown) throw new Error('down');
      return [{ name: 'list', readOnly: true }];
    });
    const tools = conversation();
    for (let n = 0; n < 3; n += 1) expect(await tools.onlyReads(ada, 'list')).toBe(false);
    expect(asked).toHaveLength(1);
    isDown = false;
    later(60_001);
    expect(await tools.onlyReads(ada, 'list')).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('is not waited for by every call, and remembered when it comes late', async () => {
    let say: (listed: Listed) => void = () => undefined;
    const said = new Promise<Listed>((resolve) => {
      say = resolve;
    });
    const { conversation, asked } = bridge(() => said);
    const tools = conversation();
    expect(await tools.onlyReads(ada, 'list')).toBe(false);
    expect(await tools.onlyReads(ada, 'list')).toBe(false);
    say([{ name: 'list', readOnly: true }]);
    await said;
    await expect.poll(() => tools.onlyReads(ada, 'list')).toBe(true);
    expect(asked).toHaveLength(1);
  });
});
