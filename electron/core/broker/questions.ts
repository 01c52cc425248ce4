/** What programs may not do by themselves: each wish waits for the person's answer, in whichever face they give it. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import type { Question } from '../../../shared/snapshot.ts';

export type NewQuestion = Omit<Question, 'id' | 'askedAtMs' | 'endsAtMs'>;

/** `nobody`: not answered in time, or taken back. `crowded`: not asked, because too much is asked already. */
export type QuestionAnswer = 'yes' | 'no' | 'nobody' | 'crowded';

export interface Questions {
  /** `signal` takes it back. */
  ask(question: NewQuestion, signal?: AbortSignal): Promise<QuestionAnswer>;
  /** Throws `input-invalid` where it is not asked, or no longer. */
  answer(id: string, allow: boolean): void;
  list(): Question[];
  close(): void;
}

/** As long as a person needs to come back to the screen, and no program waits for ever. */
const patienceMs = 5 * 60_000;
/** A program that asks on and on fills nobody's screen. */
const mostPerProgram = 3;
/** Nor do many programs, or one under many names: a name is a program's own word. */
const mostOpen = 12;

export function createQuestions({
  now,
  changed,
}: {
  readonly now: () => number;
  readonly changed: () => void;
}): Questions {
  const open = new Map<string, { readonly question: Question; readonly answer: (answer: QuestionAnswer) => void }>();

  return {
    ask(asked, signal) {
      const ofProgram = [...open.values()].filter(({ question }) => question.program === asked.program);
      if (signal?.aborted) return Promise.resolve('nobody');
      if (ofProgram.length >= mostPerProgram || open.size >= mostOpen) return Promise.resolve('crowded');
      const question: Question = { ...asked, id: randomUUID(), askedAtMs: now(), endsAtMs: now() + patienceMs };
      return new Promise((resolve) => {
        const answer = (given: QuestionAnswer) => {
          if (!open.delete(question.id)) return;
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          resolve(given);
          changed();
        };
        const giveUp = () => answer('nobody');
        const timer = setTimeout(giveUp, patienceMs).unref();
        signal?.addEventListener('abort', giveUp, { once: true });
        open.set(question.id, { question, answer });
        changed();
      });
    },
    answer(id, allow) {
      const entry = open.get(id);
      if (!entry) throw new Fault('input-invalid', { reason: 'no such question', thing: 'request', subject: 'answer' });
      entry.answer(allow ? 'yes' : 'no');
    },
    list: () => [...open.values()].map(({ question }) => question),
    close() {
      for (const { answer } of open.values()) answer('nobody');
    },
  };
}
