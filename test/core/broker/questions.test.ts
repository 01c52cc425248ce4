import { describe, expect, it } from 'vitest';
import { createQuestions, type NewQuestion } from '../../../electron/core/broker/questions.ts';
import type { Fault } from '../../../shared/faults.ts';

const wish = (program = 'cursor'): NewQuestion => ({ program, connectionId: 'c-1', what: 'revoke', account: 'Ada' });

function asking() {
  let changes = 0;
  const questions = createQuestions({
    now: () => 1_000,
    changed: () => {
      changes += 1;
    },
  });
  const first = () => questions.list()[0]?.id ?? '';
  return { questions, first, changes: () => changes };
}

describe('questions of programs', () => {
  it('wait for the person, and are told to whoever looks', async () => {
    const { questions, first, changes } = asking();
    const answer = questions.ask(wish());
    expect(questions.list()).toMatchObject([{ ...wish(), askedAtMs: 1_000, endsAtMs: 301_000 }]);
    expect(changes()).toBe(1);
    questions.answer(first(), true);
    expect(await answer).toBe('yes');
    expect([questions.list(), changes()]).toEqual([[], 2]);
  });

  it('a no, a program that goes, and the broker’s end are told apart', async () => {
    const { questions, first } = asking();
    const refused = questions.ask(wish());
    questions.answer(first(), false);
    expect(await refused).toBe('no');
    const gone = new AbortController();
    const left = questions.ask(wish(), gone.signal);
    gone.abort();
    expect(await left).toBe('nobody');
    const open = questions.ask(wish());
    questions.close();
    expect(await open).toBe('nobody');
    expect(await questions.ask(wish(), gone.signal)).toBe('nobody');
    expect(questions.list()).toEqual([]);
  });

  it('are at most three of one program at a time; others can still ask', async () => {
    const { questions } = asking();
    const asked = [1, 2, 3].map(() => questions.ask(wish()));
    expect(await questions.ask(wish())).toBe('crowded');
    asked.push(questions.ask(wish('n8n')));
    expect(questions.list()).toHaveLength(4);
    questions.close();
    expect(await Promise.all(asked)).toEqual(['nobody', 'nobody', 'nobody', 'nobody']);
  });

  it('are at most twelve of all programs together, under however many names', async () => {
    const { questions, first } = asking();
    const asked = Array.from({ length: 12 }, (_, n) => questions.ask(wish(`program ${n}`)));
    expect(await questions.ask(wish('one more'))).toBe('crowded');
    expect(questions.list()).toHaveLength(12);
    questions.answer(first(), false);
    void questions.ask(wish('one more'));
    expect(questions.list()).toHaveLength(12);
    questions.close();
    await Promise.all(asked);
  });

  it('are answered once', async () => {
    const { questions, first } = asking();
    const answer = questions.ask(wish());
    const id = first();
    questions.answer(id, true);
    await answer;
    for (const one of [id, 'unknown']) {
      expect(() => questions.answer(one, true)).toThrow(
        expect.objectContaining({ code: 'input-invalid' } satisfies Partial<Fault>),
      );
    }
  });
});
