import { describe, expect, it } from 'vitest';
import { Waiting } from '../../electron/relay/waiting.ts';

const line = (message: object) => Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

describe('what waits for a broker', () => {
  it('is kept in order, can be cancelled, and is given up by age', () => {
    const waiting = new Waiting();
    expect([waiting.isEmpty, waiting.asks, waiting.sinceMs]).toEqual([true, false, undefined]);
    waiting.add(line({ method: 'notifications/progress' }), 1);
    expect(waiting.asks).toBe(false);
    waiting.add(line({ id: 1, method: 'a' }), 2);
    waiting.add(line({ id: 'gone', method: 'b' }), 3);
    waiting.add(line({ id: 2, method: 'c' }), 4);
    expect([waiting.cancel('"gone"'), waiting.cancel('"gone"'), waiting.sinceMs]).toEqual([true, false, 1]);
    expect(waiting.giveUp(2)).toEqual(['1']);
    expect(waiting.take().map((one) => JSON.parse(one.toString()).id)).toEqual([2]);
    expect(waiting.isEmpty).toBe(true);
  });

  it('is bounded in number and in bytes', () => {
    const many = new Waiting();
    for (let n = 0; n < 1_000; n += 1) expect(many.add(line({ id: n, method: 'x' }), 0)).toBe(true);
    expect(many.add(line({ id: 'more', method: 'x' }), 0)).toBe(false);
    const large = new Waiting();
    const megabytes = Buffer.alloc(30 * 1024 * 1024, 0x20);
    expect([0, 0, 0].map(() => large.add(megabytes, 0))).toEqual([true, true, false]);
    large.take();
    expect(large.add(megabytes, 0)).toBe(true);
  });
});
