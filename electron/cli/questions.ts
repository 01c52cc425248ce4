/** What programs may not do by themselves: shown in `list` and `doctor`, answered by `answer`. */
import { Fault } from '../../shared/faults.ts';
import type { Question, Snapshot } from '../../shared/snapshot.ts';
import { questionScopes, questionTitle } from '../../shared/words/questions.ts';
import { wordsOf } from '../../shared/words/words.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { missingAfter, unknownWord } from './usage.ts';

const words = wordsOf('en');

/** Enough of a question's id to tell it from the others. */
const shownLength = 8;

/** What programs ask, and how to answer; for `list` and `doctor`. */
export function questionsInWords({ questions, connections }: Pick<Snapshot, 'questions' | 'connections'>): readonly {
  readonly what: string;
  readonly next: string;
}[] {
  return questions.map((question) => {
    const view = connections.find(({ id }) => id === question.connectionId);
    const service = view === undefined ? 'a service' : `${view.title} (${view.name})`;
    const id = question.id.slice(0, shownLength);
    return { what: asked(question, service), next: `npx conexor answer ${id} yes (or: npx conexor answer ${id} no)` };
  });
}

function asked(question: Question, service: string): string {
  const title = questionTitle(question, service, words);
  const scopes = questionScopes(question, words);
  return scopes === undefined ? title : `${title}. ${scopes}`;
}

export async function answer({ control, parameters, output }: Context): Promise<number> {
  const [reference, word] = parameters;
  if (reference === undefined || word === undefined) throw missingAfter('answer', ...parameters);
  if (word !== 'yes' && word !== 'no') throw unknownWord('answer', word, reference);
  const broker = await control();
  const { questions } = await broker.ask('snapshot', {});
  const [question, second] = questions.filter(({ id }) => id.startsWith(reference.toLowerCase()));
  if (!question || second) {
    const next = 'See what is asked, and under which name, with: npx conexor list';
    throw new Fault('input-invalid', { subject: `the question "${reference}"`, next });
  }
  await broker.ask('answerQuestion', { question: question.id, allow: word === 'yes' });
  output.data({ question: question.id, allowed: word === 'yes' });
  output.say(
    word === 'yes' ? words.waysIn.question.allowed(question.program) : words.waysIn.question.refused(question.program),
  );
  return exitCodes.done;
}
