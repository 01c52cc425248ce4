/** A line typed at a terminal, shown or hidden, with what people and their terminals send along. */
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { ask, readAll } from '../../electron/cli/prompt.ts';

function terminal() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => void modes.push(mode),
  }) as unknown as NodeJS.ReadStream & PassThrough;
  const output = new PassThrough();
  const screen = () => String(output.read() ?? '');
  return { terminal: { input, output }, modes, screen };
}

describe('a line', () => {
  it.each([
    ['as it is', ['secret\r'], 'secret'],
    ['key by key', [...'pässwörd\r'], 'pässwörd'],
    ['with slips of the finger', ['sex\u007f\u007fcret\b\bet\n'], 'scret'],
    ['pasted, with the marks of a paste', ['\u001b[200~a b\u001b[201~\r'], 'a b'],
    ['with arrows and an escape', ['\u001b[Da\u001bOCb\u001b\r'], 'ab'],
    ['begun anew', ['wrong\u0015right\r'], 'right'],
    ['up to the end of the input', ['abc\u0004'], 'abc'],
    ['with blanks, which a password may have', [' a  \r'], ' a  '],
    ['with nothing', ['\r'], ''],
  ])('hidden: %s', async (_, chunks, expected) => {
    const { terminal: at, modes, screen } = terminal();
    const answer = ask('Password: ', { hidden: true }, at);
    for (const chunk of chunks) at.input.write(chunk);
    expect(await answer).toBe(expected);
    expect(modes).toEqual([true, false]);
    expect(screen()).toBe('Password: \n');
    expect(at.input.listenerCount('data')).toBe(0);
  });

  it('ends where the person ends it, or nobody waits any more', async () => {
    for (const end of ['\u0004', undefined]) {
      const { terminal: at, modes } = terminal();
      const answer = ask('? ', { hidden: true }, at);
      if (end === undefined) at.input.end();
      else at.input.write(end);
      expect(await answer).toBeUndefined();
      expect(modes).toEqual([true, false]);
    }
    const { terminal: at, modes } = terminal();
    const over = new AbortController();
    const answer = ask('? ', { hidden: true, signal: over.signal }, at);
    over.abort();
    expect(await answer).toBeUndefined();
    expect(await ask('? ', { hidden: false, signal: over.signal }, at)).toBeUndefined();
    expect(modes).toEqual([true, false]);
  });

  it('is given up by Ctrl+C, which is what it always is', async () => {
    const { terminal: at } = terminal();
    const killed = vi.spyOn(process, 'kill').mockReturnValue(true);
    try {
      const answer = ask('? ', { hidden: true }, at);
      at.input.write('half\u0003');
      expect(await answer).toBeUndefined();
      expect(killed).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT');
    } finally {
      killed.mockRestore();
    }
  });
});

it('standard input is read to its end, and not for ever', async () => {
  const input = new PassThrough();
  input.end('a\nb');
  expect(await readAll(10, input)).toBe('a\nb');
  const much = new PassThrough();
  much.end('x'.repeat(11));
  await expect(readAll(10, much)).rejects.toThrow(RangeError);
});
