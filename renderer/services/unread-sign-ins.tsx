/** How sign-ins ended that no sheet has shown: begun in the tray, by an assistant, or left in the background. */
import { useSelected } from '../client/state.ts';
import { Notice, type Tone } from '../parts/notice.tsx';
import { endedText, endedTitle } from '../sign-in/ended-step.tsx';
import { type Ended, forget, type SignInOutcome, useUnread } from '../sign-in/outcomes.ts';
import { tryEndedAgain } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { useServiceNames } from './names.ts';

/** `only`: of one connection. */
export function UnreadSignIns({ only }: { readonly only?: string }) {
  const unread = useUnread();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  return [...unread.values()]
    .filter(({ connection }) => only === undefined || connection === only)
    .filter(({ connection }) => connections.some(({ id }) => id === connection))
    .map((ended) => <Unread key={ended.attempt} ended={ended} />);
}

function Unread({ ended }: { readonly ended: Ended }) {
  const words = useWords();
  const service = useServiceNames().get(ended.connection) ?? '';
  const { outcome, connection, byCode } = ended;
  const good = outcome.kind === 'done' || outcome.kind === 'open';
  const again = { label: words.window.tryAgain, onPress: () => tryEndedAgain(ended) };
  return (
    <Notice
      tone={toneOf(outcome)}
      title={endedTitle(outcome, service, words)}
      {...(good ? {} : { action: again })}
      onDismiss={() => forget(connection)}
    >
      <p>{endedText(outcome, words, byCode)}</p>
    </Notice>
  );
}

/** A denial is calm (rule 5). */
function toneOf({ kind }: SignInOutcome): Tone {
  if (kind === 'done' || kind === 'open') return 'good';
  return kind === 'failed' ? 'notice' : 'calm';
}
