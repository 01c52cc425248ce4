/** A command line that says too much is told so, and no secret of it is said again. */
import { describe, expect, it } from 'vitest';
import { unknownWord } from '../../electron/cli/usage.ts';

describe('a word that a command does not know', () => {
  it('is named, with those before it', () => {
    expect(unknownWord('answer', 'maybe', 'q').message).toBe(
      'Conexor does not know what "maybe" after "conexor answer q" means.',
    );
  });

  it('is told by its place alone where it may be a key', () => {
    for (const words of [
      ['practice', 'mcp_practice_5b81e0'],
      ['mcp_practice_5b81e0', 'practice'],
    ] as const) {
      const { message } = unknownWord('connect', words[1], words[0]);
      expect(message).toBe('Conexor does not know what word 2 after "conexor connect" means.');
    }
  });
});
