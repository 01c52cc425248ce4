import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lines, linesOf, linesWith } from '../../electron/relay/lines.ts';

function cut(bytes: Buffer, sizes: readonly number[], max = 1_000_000): { lines: string[]; tooLong: number } {
  const lines = new Lines(max);
  const found: string[] = [];
  let tooLong = 0;
  let at = 0;
  for (let n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    const { long, block } = lines.push(bytes.subarray(at, at + size), () => {
      tooLong += 1;
    });
    at += size;
    if (long) found.push(Buffer.concat(long).toString());
    if (block) found.push(...[...linesOf(block)].map(String));
  }
  return { lines: found, tooLong };
}

describe('lines', () => {
  it('are whole, untouched and in order, however the bytes come', () => {
    const text = fc.array(fc.constantFrom('', 'a', 'ü', '{"id":1}', '\r', 'x'.repeat(50)), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), (all, sizes) => {
        const { lines } = cut(Buffer.from(`${all.map((line) => `${line}\n`).join('')}half`), sizes);
        expect(lines).toEqual(all.map((line) => `${line}\n`));
      }),
    );
  });

  it('a chunk of whole lines is handed on as it is', () => {
    const chunk = Buffer.from('one\ntwo\n');
    expect(new Lines(10).push(chunk, () => undefined).block).toBe(chunk);
  });

  it('one over the limit is dropped to its end and told once', () => {
    const bytes = Buffer.from(`a\n${'x'.repeat(300)}\nb\n${'y'.repeat(20)}\n`);
    expect(cut(bytes, [10], 100)).toEqual({ lines: ['a\n', 'b\n', `${'y'.repeat(20)}\n`], tooLong: 1 });
  });

  it('with a text are found once each, with their ends', () => {
    const block = Buffer.from('a"id"b"id"\nc\n"id"\nd"id"');
    expect([...linesWith(block, Buffer.from('"id"'))].map(String)).toEqual(['a"id"b"id"\n', '"id"\n', 'd"id"']);
  });
});
