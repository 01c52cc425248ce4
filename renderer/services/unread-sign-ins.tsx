/** How sign-ins ended that no sheet has shown: begun in the tray, by an assistant, or left in the background. */
import { useSelected } from '../client/state.ts';
import { Notice, type Tone } from '../parts/notice.tsx';
import { endedText, endedTitle } from '../sign-in/ended-step.tsx';
import { type Ended, forget, type SignInOutcome, useUnread } from '../sign-in/outcomes.ts';
import { tryEndedAgain, wantedAgain } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { useServiceNames } from './names.ts';

/** `only`: of one connection. */
export function UnreadSignIns({ only }: { readonly only?: string }) {
  const unread = useUnread();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  return [...unread.values()]
    .filter(({ connection }) => only === undefined || connection === only)
    .filter(({ connection }) => connections.some(({ id }) => id === connection))
    .map((ended) => <Unread key={ended.attempt} ended={ended} onItsPage={only !== undefined} />);
}

/** It offers another try of what the service's main action would begin. */
export function useOffersTry(connection: string): boolean {
  const ended = useUnread().get(connection);
  return ended !== undefined && !isGood(ended.outcome) && !wantedAgain(ended).another;
}

function Unread({ ended, onItsPage }: { readonly ended: Ended; readonly onItsPage: boolean }) {
  const words = useWords();
  const service = useServiceNames().get(ended.connection) ?? '';
  const { outcome, connection, byCode } = ended;
  const good = isGood(outcome);
  const title = endedTitle(outcome, service, words);
  const again = { label: words.window.tryAgain, onPress: () => tryEndedAgain(ended) };
  return (
    <Notice
      tone={toneOf(outcome)}
      title={good || onItsPage ? title : words.signIn.endedAt(service, title)}
      {...(good ? {} : { action: again })}
      onDismiss={() => forget(connection)}
    >
      <p>{endedText(outcome, words, byCode)}</p>
    </Notice>
  );
}

/** A denial is calm (rule 5). */
function toneOf(outcome: SignInOutcome): Tone {
  if (isGood(outcome)) return 'good';
  return outcome.kind === 'failed' ? 'notice' : 'calm';
}

function isGood({ kind }: SignInOutcome): boolean {
  return kind === 'done' || kind === 'open';
}
