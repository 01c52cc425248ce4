import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, onOneLine } from '../../../electron/core/bridge/lines.ts';
import { isAnswer, readHostMessage } from '../../../electron/core/bridge/message.ts';
import { type SseEvent, SseSplitter, withData } from '../../../electron/core/bridge/sse.ts';

/** The same bytes, cut at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends]
    .map((from, index) => bytes.subarray(from, [...ends, bytes.length][index]))
    .filter((one) => one.length > 0);
}

function linesOf(chunks: readonly Buffer[], max = 1_000): { lines: string[]; tooLong: number } {
  const splitter = new LineSplitter(max);
  const lines: string[] = [];
  let tooLong = 0;
  for (const chunk of chunks)
    splitter.push(
      chunk,
      (line) => lines.push(line.toString()),
      () => void tooLong++,
    );
  return { lines, tooLong };
}

function eventsOf(chunks: readonly Buffer[], max = 100_000): SseEvent[] {
  const splitter = new SseSplitter(max);
  const events: SseEvent[] = [];
  for (const chunk of chunks) splitter.push(chunk, (event) => events.push(event));
  return events;
}

describe('lines', () => {
  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[^\r\n]{1,30}$/)),
        fc.array(fc.nat()),
        fc.constantFrom('\n', '\r\n'),
        (lines, places, end) => {
          const bytes = Buffer.from(lines.map((line) => line + end).join(''));
          expect(linesOf(cut(bytes, places)).lines).toEqual(lines.map((line) => Buffer.from(line).toString()));
        },
      ),
    );
  });

  it('over the limit are told once and skipped to their end', () => {
    const bytes = Buffer.from(`a\n${'x'.repeat(2_500)}\nb\n`);
    for (const size of [1, 7, 900, 5_000]) {
      const chunks = cut(
        bytes,
        Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => n * size),
      );
      expect(linesOf(chunks)).toEqual({ lines: ['a', 'b'], tooLong: 1 });
    }
  });

  it('JSON on one line is the same JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const pretty = Buffer.from(JSON.stringify(JSON.parse(json), null, 2).replaceAll('\n', '\r\n'));
        const line = onOneLine(pretty).toString();
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe('server-sent events', () => {
  it('are the same however the stream is cut and whichever line ends it has; raw bytes are what came', () => {
    const field = fc.tuple(fc.constantFrom('data', 'id', 'event', 'other', ''), fc.stringMatching(/^[^\r\n\0]{0,20}$/));
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 5 })),
        fc.array(fc.nat()),
        fc.constantFrom('\n', '\r\n'),
        (blocks, places, end) => {
          const text = blocks
            .map((block) => `${block.map(([name, value]) => `${name}: ${value}${end}`).join('')}${end}`)
            .join('');
          const events = eventsOf(cut(Buffer.from(text), places));
          expect(Buffer.concat(events.map((event) => event.raw)).toString()).toBe(Buffer.from(text).toString());
          expect(events.map((event) => event.data?.toString())).toEqual(
            blocks.map((block) => {
              const data = block.filter(([name]) => name === 'data').map(([, value]) => Buffer.from(value).toString());
              return data.length === 0 ? undefined : data.join('\n');
            }),
          );
        },
      ),
    );
  });

  it('lone carriage returns, a byte order mark, comments and retry are understood', () => {
    expect(eventsOf([Buffer.from('\uFEFFid: 1\rdata:a\rdata: b\r\r: c\n\nretry: 20\nretry: x\n\n')])).toMatchObject([
      { id: '1', data: Buffer.from('a\nb') },
      {},
      { retryMs: 20 },
    ]);
  });

  it('of a great many lines, or in a great many chunks, take no longer than their bytes', () => {
    const megabyte = 1024 * 1024;
    const chunksOf = (bytes: Buffer, size: number) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
    const comments = Buffer.from(`${':\n'.repeat(1.5 * megabyte)}\n`);
    expect(eventsOf([comments], 64 * megabyte).map((event) => event.raw.length)).toEqual([comments.length]);
    const line = `data: ${'x'.repeat(120)}`;
    const lines = Buffer.from(`${`${line}\r\n`.repeat(128 * 1024)}\r\ndata: next\r\n\r\n`);
    const [long, next] = eventsOf(chunksOf(lines, 512), 64 * megabyte);
    expect(long?.data?.length).toBe(121 * 128 * 1024 - 1);
    expect(next?.data?.toString()).toBe('next');
    const empty = Buffer.from(`${'data\n'.repeat(megabyte)}\n`);
    expect(eventsOf([empty], 64 * megabyte)[0]?.data?.equals(Buffer.alloc(megabyte - 1, '\n'))).toBe(true);
  });

  it('an event over the limit is refused', () => {
    expect(() => eventsOf([Buffer.from(`data: ${'x'.repeat(60)}`), Buffer.from('x'.repeat(60))], 100)).toThrow(
      RangeError,
    );
  });
});

describe('messages', () => {
  it('an answer is told from a request whatever the order of its members', () => {
    const members = { jsonrpc: '"2.0"', id: '7', result: '{"method":"x"}' };
    const asks = { jsonrpc: '"2.0"', id: '"a\\"b"', method: '"ping"', params: '{"result":1}' };
    const shuffled = (of: Record<string, string>) =>
      fc.shuffledSubarray(Object.entries(of), { minLength: Object.keys(of).length });
    const text = (entries: [string, string][]) =>
      Buffer.from(`{ ${entries.map(([name, value]) => `"${name}": ${value}`).join(' ,')}}`);
    fc.assert(
      fc.property(shuffled(members), (entries) => {
        expect(isAnswer(text(entries))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(shuffled(asks), (entries) => {
        expect(isAnswer(text(entries))).toBe(false);
      }),
    );
  });

  it('anything at all is one of the kinds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(['request', 'notification', 'response', 'batch', 'malformed', 'invalid']).toContain(
          readHostMessage(Buffer.from(text)).kind,
        );
      }),
    );
  });

  it('nested deeper than the stack, it is refused and nobody falls over', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const message = `{"jsonrpc":"2.0","id":1,"method":"x","params":${deep}}`;
    expect(() => readHostMessage(Buffer.from(message))).not.toThrow();
    expect(readHostMessage(Buffer.from(`[${message}]`))).toMatchObject({
      kind: 'batch',
      messages: [{ kind: 'invalid' }],
    });
  });

  it('a batch is its messages', () => {
    const batch = readHostMessage(
      Buffer.from('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"n"},7]'),
    );
    expect(batch.kind === 'batch' && batch.messages.map((one) => one.kind)).toEqual([
      'request',
      'notification',
      'invalid',
    ]);
  });
});

describe('an event with other data', () => {
  it('keeps its id, name and pause, and is one event whatever line ends the data has', () => {
    const seen: SseEvent[] = [];
    new SseSplitter(1_000).push(Buffer.from('event: message\nid: e-7\nretry: 250\ndata: old\n\n'), (event) =>
      seen.push(event),
    );
    const [event] = seen;
    if (!event) throw new Error('no event');
    const { raw, ...fields } = withData(event, Buffer.from('{"a":\r\n1,\n"b":2}'));
    new SseSplitter(1_000).push(raw, (again) => seen.push(again));
    const { raw: _, data, ...again } = seen[1] ?? { raw };
    expect(seen).toHaveLength(2);
    expect(again).toEqual({ event: 'message', id: 'e-7', retryMs: 250 });
    expect(JSON.parse(String(data))).toEqual({ a: 1, b: 2 });
    expect(JSON.parse(String(fields.data))).toEqual({ a: 1, b: 2 });
  });
});
