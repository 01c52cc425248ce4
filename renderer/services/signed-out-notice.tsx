/** What a service said to a sign-out, beside the service, or in the list where the service is gone. */
import { useSelected } from '../client/state.ts';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';
import { forgetSignedOut, type SignedOut, useSignedOut } from './signed-out-store.ts';
import { isConfirmed, signedOutText } from './signed-out-words.ts';

/** Without a connection: of those that are not there any more. */
export function SignedOutNotices({ connection }: { readonly connection?: string }) {
  const notes = useSignedOut();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const there = (id: string) => connections.some((one) => one.id === id);
  return notes
    .filter((note) => (connection === undefined ? !there(note.connection) : note.connection === connection))
    .map((note) => <SignedOutNotice key={note.id} note={note} />);
}

function SignedOutNotice({ note }: { readonly note: SignedOut }) {
  const { title, text } = signedOutText(note, useWords());
  const confirmed = isConfirmed(note.answer);
  return (
    <Notice
      tone={confirmed ? 'good' : 'calm'}
      icon={confirmed ? 'check' : 'waiting'}
      title={title}
      onDismiss={() => forgetSignedOut(note.id)}
    >
      <p>{text}</p>
    </Notice>
  );
}
