/**
 * What was asked and answered: questions in Conexor whose answer a later call may fetch, forms that hosts were asked to
 * show, and what the person said no to.
 */
import { randomUUID } from 'node:crypto';
import type { BridgeBroker } from '../../broker/broker.ts';
import type { NewQuestion, QuestionAnswer } from '../../broker/questions.ts';

export type Answered =
  | { readonly kind: 'yes' }
  /** Nor is the same asked again until then. */
  | { readonly kind: 'no'; readonly untilMs: number }
  /** Not asked, because the person has said no to others of this program; nor is anything of it until then. */
  | { readonly kind: 'refused-often'; readonly untilMs: number }
  | { readonly kind: 'nobody' }
  /** A form came back without a clear yes or no, such as one that was closed (MCP elicitation: no choice was made). */
  | { readonly kind: 'unclear' }
  /** Not asked, because too much is asked already. */
  | { readonly kind: 'crowded' }
  /** Not answered yet: the question waits in Conexor. */
  | { readonly kind: 'waits' }
  /** There was a yes, and another call with the same wish has gone ahead with it. */
  | { readonly kind: 'used' };

/** What one program wants by one call. */
export interface Wish {
  /** By its name and its door. */
  readonly program: string;
  /** Of the whole wish: an answer to one must not pass for that to another. */
  readonly key: string;
  readonly question: NewQuestion;
  /** Whether the program may still use the connection. */
  readonly hasLeave: () => boolean;
}

/** A yes that nobody fetches is no yes for another day. */
const keptAnswerMs = 2 * 60_000;
/** As long as hosts of the older era are given to show one. */
const formMs = 10 * 60_000;
const mostFormsPerProgram = 16;
const mostForms = 1024;
const refusedMs = 5 * 60_000;
/** A program that words its wish anew after each no is not asked about any more. */
const mostRefused = 3;

interface Open {
  readonly answer: Promise<QuestionAnswer>;
  /** Whether it was still to be had. */
  readonly forget: () => boolean;
}

interface Entry {
  readonly program: string;
  readonly key: string;
  readonly endsAtMs: number;
}

interface Form extends Entry {
  readonly forget: () => void;
}

export class Consents {
  readonly #broker: Pick<BridgeBroker, 'questions' | 'subscribe'>;
  readonly #now: () => number;
  readonly #open = new Map<string, Open>();
  readonly #forms = new Map<string, Form>();
  #refused: readonly Entry[] = [];

  constructor(broker: Pick<BridgeBroker, 'questions' | 'subscribe'>, now: () => number) {
    this.#broker = broker;
    this.#now = now;
  }

  /** Each yes is given once. `signal` stops waiting, and the question stays. */
  async ask(wish: Wish, waitMs: number, signal: AbortSignal): Promise<Answered> {
    const refused = this.refusalOf(wish);
    if (refused) return refused;
    const open = this.#open.get(wish.key) ?? this.#begin(wish);
    let timer: NodeJS.Timeout | undefined;
    let stop: () => void = () => undefined;
    const late = new Promise<'waits'>((resolve) => {
      stop = () => resolve('waits');
      timer = setTimeout(stop, waitMs);
      signal.addEventListener('abort', stop, { once: true });
    });
    if (signal.aborted) stop();
    try {
      const answer = await Promise.race([open.answer, late]);
      if (answer === 'waits') return { kind: 'waits' };
      if (answer === 'no') return this.refusalOf(wish) ?? { kind: 'nobody' };
      const wasThere = open.forget();
      return { kind: answer === 'yes' && !wasThere ? 'used' : answer };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * The id under which the host answers: it cannot be guessed, and is good once, for this wish of this program, for as
   * long as that has leave without a break.
   */
  beginForm({ program, key, hasLeave }: Wish): string {
    const own = [...this.#forms.values()].filter((one) => one.program === program);
    const crowd = own.length >= mostFormsPerProgram ? own : this.#forms.size >= mostForms ? this.#forms.values() : [];
    const [oldest] = crowd;
    oldest?.forget();
    const id = `allow-${randomUUID()}`;
    const forget = () => {
      clearTimeout(timer);
      unsubscribe();
      this.#forms.delete(id);
    };
    const timer = setTimeout(forget, formMs).unref();
    const unsubscribe = this.#onceWithoutLeave(hasLeave, forget);
    this.#forms.set(id, { program, key, endsAtMs: this.#now() + formMs, forget });
    return id;
  }

  /** Which of these is a form that was asked for this wish; it is so no longer. */
  takeForm({ key }: Wish, ids: readonly string[]): string | undefined {
    const now = this.#now();
    return ids.find((id) => {
      const form = this.#forms.get(id);
      if (form?.key !== key) return false;
      form.forget();
      // A timer says little where the computer has slept.
      return form.endsAtMs > now;
    });
  }

  refuse({ program, key }: Wish): Answered {
    const now = this.#now();
    const untilMs = now + refusedMs;
    const still = this.#refused.filter(({ endsAtMs }) => endsAtMs > now).slice(1 - mostForms);
    this.#refused = [...still, { program, key, endsAtMs: untilMs }];
    return { kind: 'no', untilMs };
  }

  /** The no that holds for this wish still. */
  refusalOf({ program, key }: Wish): Answered | undefined {
    const now = this.#now();
    const own = this.#refused.filter((one) => one.program === program && one.endsAtMs > now);
    const same = own.findLast((one) => one.key === key);
    if (same) return { kind: 'no', untilMs: same.endsAtMs };
    const others = own.length >= mostRefused ? own.at(-mostRefused) : undefined;
    return others && { kind: 'refused-often', untilMs: others.endsAtMs };
  }

  #begin(wish: Wish): Open {
    const { key, question, hasLeave } = wish;
    const takenBack = new AbortController();
    const answer = this.#broker.questions.ask(question, takenBack.signal);
    let timer: NodeJS.Timeout | undefined;
    const open: Open = {
      answer,
      forget: () => {
        clearTimeout(timer);
        unsubscribe();
        return this.#open.get(key) === open && this.#open.delete(key);
      },
    };
    this.#open.set(key, open);
    const unsubscribe = this.#onceWithoutLeave(hasLeave, () => {
      open.forget();
      takenBack.abort();
    });
    void answer.then((given) => {
      if (given === 'no') {
        this.refuse(wish);
        open.forget();
      } else if (this.#open.get(key) === open) timer = setTimeout(open.forget, keptAnswerMs).unref();
    });
    return open;
  }
  /**
   * Paused, refused, removed, its key gone: what was asked is wanted no longer, nor is a yes that nobody has fetched yet.
   * Heard of when it happens, because leave that is given back later is for what is asked from then on.
   */
  #onceWithoutLeave(hasLeave: () => boolean, then: () => void): () => void {
    return this.#broker.subscribe(() => {
      if (!hasLeave()) then();
    });
  }
}
