/** What may be asked of a running Conexor at all: leave is for names that a program can have. */
import { describe, expect, it } from 'vitest';
import { controlTable } from '../../shared/control.ts';

describe('leave for a program', () => {
  const isTaken = (program: string) =>
    controlTable.decideProgram.argument.safeParse({ connection: 'sales', program, allow: true }).success;

  it.each(['Claude', 'claude-code', 'cursor#2', 'My App 2', '東京'])('may be given to %j', (name) => {
    expect(isTaken(name)).toBe(true);
  });

  it.each(['', ' ', ' a', 'a ', 'a\nb', 'a\u001b[31m', 'a\u202eb', 'a\u2028b', 'x'.repeat(101)])(
    'is not kept for %j, which no program is called',
    (name) => {
      expect(isTaken(name)).toBe(false);
    },
  );
});
