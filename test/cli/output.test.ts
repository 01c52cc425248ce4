import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { columns, createOutput } from '../../electron/cli/output.ts';

const hostile = '\u001b]0;OWNED\u0007\u001b[2Jtool\u009b31m\u202e';

function captured(json: boolean) {
  const [out, error] = [new PassThrough(), new PassThrough()];
  const output = createOutput(json, out, error);
  return { output, printed: () => `${String(out.read() ?? '')}${String(error.read() ?? '')}` };
}

describe('what is printed', () => {
  it('carries no control character of a server to the terminal', () => {
    const { output, printed } = captured(false);
    output.say(`a ${hostile} b\nnext line\tcolumn`);
    output.fail({ fault: 'forbidden', what: hostile, next: hostile });
    const text = printed();
    expect(text).toContain('next line\tcolumn');
    expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('as JSON is the same value, with nothing raw in it', () => {
    const { output, printed } = captured(true);
    output.data({ name: hostile });
    const text = printed();
    expect(JSON.parse(text)).toEqual({ name: hostile });
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u009b');
  });

  it('in columns is one line a row, whatever a name contains', () => {
    expect(
      columns([
        ['NAME', 'X'],
        ['a\nOpen this address instead: https://evil.example/', 'y'],
      ]),
    ).toHaveLength(2);
    expect(
      columns([
        ['NAME', 'X'],
        ['a\nb', 'y'],
      ])
        .join('\n')
        .split('\n'),
    ).toHaveLength(2);
  });
});
