import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClientStarts } from '../../../electron/core/bridge/client-starts.ts';
import { inTurn } from '../../../electron/core/broker/connection-changes.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';

let vault: Vault;
let nowMs: number;
beforeEach(async () => {
  nowMs = 1_000_000;
  vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now: () => nowMs, log: () => undefined });
});
afterEach(() => vault.close());

const make = (opened = (): Vault | undefined => vault) =>
  createClientStarts({ vault: opened, now: () => nowMs, log: () => undefined });
const from = (path: string) => [
  { pid: 1, path: '/usr/bin/node', words: ['node', '/x/relay.cjs'] },
  { pid: 2, path, words: [path] },
];
function start(starts: ReturnType<typeof make>, path: string, lists = false, client = 'claude-desktop') {
  nowMs += 1_000;
  const conversation = starts.begin(client);
  conversation.seen(from(path));
  if (lists) conversation.listed();
  return conversation;
}
const seenIn = (starts: ReturnType<typeof make>) =>
  starts.of('claude-desktop').map((one) => [one.ancestors[1]?.path, one.startedAtMs, one.listedAtMs]);

describe('starts of the relay', () => {
  it('are the last one from each place and the last that listed, the newest first', () => {
    const starts = make();
    start(starts, '/opt/claude', true);
    start(starts, '/opt/claude', true);
    start(starts, '/opt/claude');
    start(starts, '/usr/bin/xterm');
    expect(seenIn(starts)).toEqual([
      ['/usr/bin/xterm', 1_004_000, undefined],
      ['/opt/claude', 1_003_000, undefined],
      ['/opt/claude', 1_002_000, 1_002_000],
    ]);
    expect(starts.of('cursor')).toEqual([]);
  });

  it('count from the first listing of a conversation, however it is called and whoever else came', () => {
    const starts = make();
    const first = start(starts, '/opt/claude');
    start(starts, '/opt/claude');
    nowMs += 1_000;
    first.listed();
    nowMs += 1_000;
    first.listed();
    expect(seenIn(starts)).toEqual([
      ['/opt/claude', 1_002_000, undefined],
      ['/opt/claude', 1_001_000, 1_003_000],
    ]);
  });

  it('are kept of five places, and of no name that is none of a client', () => {
    const starts = make();
    for (let at = 0; at < 8; at += 1) start(starts, `/opt/${at}`, true);
    expect(seenIn(starts).map(([path]) => path)).toEqual(['/opt/7', '/opt/6', '/opt/5', '/opt/4', '/opt/3']);
    start(starts, '/opt/x', true, 'somebody');
    expect(starts.of('somebody' as 'cursor')).toEqual([]);
  });

  it('that listed are there after a restart, the others are not', async () => {
    const starts = make();
    start(starts, '/opt/claude', true);
    start(starts, '/opt/claude', true);
    start(starts, '/opt/claude');
    await starts.close();
    expect(vault.list('clientStart')).toHaveLength(1);
    const again = make();
    expect(seenIn(again)).toEqual([['/opt/claude', 1_002_000, 1_002_000]]);
    expect(again.of('claude-desktop')[0]?.ancestors).toEqual(from('/opt/claude'));
    start(again, '/opt/claude', true);
    await again.close();
    expect(vault.list('clientStart').map(({ startedAtMs }) => startedAtMs)).toEqual([1_004_000]);
    for (let at = 0; at < 6; at += 1) start(again, `/opt/${at}`, true);
    await again.close();
    expect(vault.list('clientStart')).toHaveLength(5);
  });

  it('are stored at once, and after that not more often than each minute', async () => {
    const starts = make();
    const stored = () => vault.list('clientStart').map(({ startedAtMs }) => startedAtMs);
    start(starts, '/opt/claude', true);
    await expect.poll(stored).toEqual([1_001_000]);
    start(starts, '/opt/claude', true);
    await inTurn(vault, () => []);
    expect(stored()).toEqual([1_001_000]);
    nowMs += 60_000;
    start(starts, '/opt/claude', true);
    await expect.poll(stored).toEqual([1_063_000]);
  });

  it('are stored once it is known who it was, and not before', async () => {
    const starts = make();
    const conversation = starts.begin('claude-desktop');
    conversation.listed();
    await inTurn(vault, () => []);
    expect(vault.list('clientStart')).toEqual([]);
    conversation.seen(from('/opt/claude'));
    await expect.poll(() => vault.list('clientStart').length).toBe(1);
  });

  it('are known while there is no vault', async () => {
    const starts = make(() => undefined);
    start(starts, '/opt/claude', true);
    expect(seenIn(starts)).toHaveLength(1);
    await starts.close();
  });
});
