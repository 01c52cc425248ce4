import { describe, expect, it } from 'vitest';
import { openLiveRecords } from '../../../electron/core/vault/live-records.ts';
import { RecordSet } from '../../../electron/core/vault/record-set.ts';
import type { Change } from '../../../electron/core/vault/vault.ts';

const journal = (key: string, startedAtMs = 1): Change => ({
  kind: 'refreshJournal',
  key,
  record: { refreshTokenDigest: key, startedAtMs },
});

/** A disk whose every write waits until it is told how to end. */
function slowDisk() {
  const writes: { size: number; succeed: () => void; fail: () => void }[] = [];
  return {
    writes,
    persist: (records: RecordSet) =>
      new Promise<void>((resolve, reject) => {
        const size = records.list('refreshJournal').length;
        writes.push({ size, succeed: resolve, fail: () => reject(new Error('disk full')) });
      }),
  };
}

/** Lets everything go on that waits for nothing but promises. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('live records', () => {
  it('one write at a time; what waits meanwhile is one write', async () => {
    const disk = slowDisk();
    const live = openLiveRecords(RecordSet.empty, disk.persist);
    const durable: string[] = [];
    for (const key of ['a', 'b', 'c', 'd']) void live.write([journal(key)]).then(() => durable.push(key));
    await settle();
    expect(disk.writes.map(({ size }) => size)).toEqual([1]);
    expect(live.current.get('refreshJournal', 'a')).toBeUndefined();

    disk.writes[0]?.succeed();
    await settle();
    expect(durable).toEqual(['a']);
    expect(live.current.get('refreshJournal', 'a')).toMatchObject({ refreshTokenDigest: 'a' });
    expect(disk.writes.map(({ size }) => size)).toEqual([1, 4]);

    disk.writes[1]?.succeed();
    await settle();
    expect(durable).toEqual(['a', 'b', 'c', 'd']);
    expect(disk.writes).toHaveLength(2);
  });

  it('P-43 a write that fails changes nothing, tells everyone in it, and the next one goes on', async () => {
    const disk = slowDisk();
    const live = openLiveRecords(RecordSet.empty, disk.persist);
    const first = live.write([journal('a'), journal('b')]);
    const failed = expect(first).rejects.toThrow('disk full');
    const second = live.write([journal('c')]);
    await settle();
    disk.writes[0]?.fail();
    await failed;
    await settle();
    disk.writes[1]?.succeed();
    await second;
    expect(live.current.list('refreshJournal').map((record) => record.refreshTokenDigest)).toEqual(['c']);
  });

  it('a record that does not fit is refused by field and not by value, and its neighbours are written', async () => {
    const live = openLiveRecords(RecordSet.empty, async () => {});
    const wrong = {
      kind: 'refreshJournal',
      key: 'x',
      record: { refreshTokenDigest: 'canary', startedAtMs: -5 },
    } as const;
    const [refused, written] = await Promise.allSettled([
      live.write([journal('y'), wrong]),
      live.write([journal('z')]),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(String(refused.status === 'rejected' && refused.reason)).toMatch(/startedAtMs(?!.*canary)/);
    expect(written.status).toBe('fulfilled');
    expect(live.current.list('refreshJournal').map((record) => record.refreshTokenDigest)).toEqual(['z']);
  });

  it('later changes of a list win, and a record without a value is gone', async () => {
    const live = openLiveRecords(RecordSet.empty, async () => {});
    await live.write([
      journal('a', 1),
      journal('b'),
      journal('a', 2),
      { kind: 'refreshJournal', key: 'b', record: undefined },
    ]);
    expect(live.current.list('refreshJournal')).toEqual([{ refreshTokenDigest: 'a', startedAtMs: 2 }]);
  });

  it('what was written does not change with the object it came from, nor by who reads it', async () => {
    const live = openLiveRecords(RecordSet.empty, async () => {});
    const record = { issuer: 'i', source: 'preset' as const, metadata: { list: ['a'] }, fetchedAtMs: 1 };
    await live.write([{ kind: 'authorizationServer', key: 'i', record }]);
    record.metadata.list.push('b');
    const read = live.current.get('authorizationServer', 'i');
    expect(read?.metadata).toEqual({ list: ['a'] });
    expect(() => {
      (read?.metadata['list'] as string[] | undefined)?.push('c');
    }).toThrow(TypeError);
  });

  it('close waits for what is under way and refuses what comes later', async () => {
    const disk = slowDisk();
    const live = openLiveRecords(RecordSet.empty, disk.persist);
    let closed = false;
    const written = live.write([journal('a')]);
    const closing = live.close().then(() => {
      closed = true;
    });
    await expect(live.write([journal('b')])).rejects.toMatchObject({ code: 'internal' });
    expect(closed).toBe(false);
    disk.writes[0]?.succeed();
    await Promise.all([written, closing]);
    expect(disk.writes).toHaveLength(1);
  });
});
