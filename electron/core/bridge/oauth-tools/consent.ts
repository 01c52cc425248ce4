/**
 * A yes of the person's before anything is opened, cancelled or registered: in the host's own form where it has forms
 * (elicitation, in whichever way its era asks), else as a question in Conexor. There a call waits a while, and the
 * answer is kept for the next call of the same kind.
 */
import { createHash } from 'node:crypto';
import {
  acceptedContent,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { NewQuestion, QuestionAnswer, Questions } from '../../broker/questions.ts';

const form = z.object({ allow: z.boolean().describe('Allow this') });
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const progressEveryMs = 5_000;

export type Consent =
  | { readonly kind: QuestionAnswer }
  /** Not answered yet: the question waits in Conexor. */
  | { readonly kind: 'waits' }
  /** To be returned as it is: the host asks, and calls again. */
  | { readonly kind: 'host-asks'; readonly result: InputRequiredResult };

export interface Wanted {
  readonly question: NewQuestion;
  /** For the host's form. */
  readonly message: string;
}

export interface AskNeeds {
  readonly consents: Consents;
  readonly waitMs: number;
  /** Declared when the conversation began, in the era that has such a beginning. */
  readonly declared: () => unknown;
}

export async function consentTo(needs: AskNeeds, wanted: Wanted, context: ServerContext): Promise<Consent> {
  const { inputResponses, envelope } = context.mcpReq;
  const ofRequest = (envelope as Readonly<Record<string, unknown>> | undefined)?.[capabilitiesKey];
  if (!hasForms(ofRequest ?? needs.declared())) return askInConexor(needs, wanted, context);
  const key = keyOf(wanted.question);
  const answer = inputResponse(inputResponses, key);
  if (answer.kind !== 'elicit') {
    const request = inputRequired.elicit({ message: wanted.message, requestedSchema: form });
    return { kind: 'host-asks', result: inputRequired({ inputRequests: { [key]: request } }) };
  }
  return { kind: acceptedContent(inputResponses, key, form)?.allow === true ? 'yes' : 'no' };
}

/** Forms are what `elicitation: {}` has always meant; a host may have addresses alone. */
function hasForms(capabilities: unknown): boolean {
  const parsed = z.object({ elicitation: z.looseObject({}) }).safeParse(capabilities);
  if (!parsed.success) return false;
  const { elicitation } = parsed.data;
  return 'form' in elicitation || !('url' in elicitation);
}

async function askInConexor(needs: AskNeeds, { question }: Wanted, context: ServerContext): Promise<Consent> {
  const { signal, notify, _meta } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  let progress = 0;
  const tell = () => {
    progress += 1;
    const params = { progressToken, progress, message: 'Waiting for an answer in Conexor.' };
    void notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  if (progressToken !== undefined) tell();
  const ticking = progressToken === undefined ? undefined : setInterval(tell, progressEveryMs);
  try {
    return { kind: await needs.consents.ask(question, needs.waitMs, signal) };
  } finally {
    clearInterval(ticking);
  }
}

/** Questions in Conexor whose answer a later call may fetch. */
export class Consents {
  readonly #questions: Questions;
  readonly #open = new Map<string, { readonly answer: Promise<QuestionAnswer>; readonly forget: () => void }>();

  constructor(questions: Questions) {
    this.#questions = questions;
  }

  /** Each answer is given once. `signal` stops waiting, and the question stays. */
  async ask(question: NewQuestion, waitMs: number, signal: AbortSignal): Promise<QuestionAnswer | 'waits'> {
    const key = keyOf(question);
    const known = this.#open.get(key) ?? this.#begin(key, question);
    let timer: NodeJS.Timeout | undefined;
    let stop: () => void = () => undefined;
    const late = new Promise<'waits'>((resolve) => {
      stop = () => resolve('waits');
      timer = setTimeout(stop, waitMs);
      signal.addEventListener('abort', stop, { once: true });
    });
    if (signal.aborted) stop();
    try {
      const answer = await Promise.race([known.answer, late]);
      if (answer !== 'waits') known.forget();
      return answer;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  #begin(key: string, question: NewQuestion) {
    const answer = this.#questions.ask(question);
    const forget = () => {
      clearTimeout(timer);
      if (this.#open.get(key) === entry) this.#open.delete(key);
    };
    const entry = { answer, forget };
    this.#open.set(key, entry);
    // A yes that nobody fetches is no yes for another day.
    let timer: NodeJS.Timeout | undefined;
    void answer.then(() => {
      timer = setTimeout(forget, keptAnswerMs).unref();
    });
    return entry;
  }
}

const keptAnswerMs = 2 * 60_000;

/** The same for the same wish alone: an answer to one question must not pass for that to another. */
function keyOf({ program, connectionId, what, account }: NewQuestion): string {
  const wish = JSON.stringify([program, connectionId, what, account ?? null]);
  return `allow-${what}-${createHash('sha256').update(wish).digest('hex').slice(0, 16)}`;
}
