/** How Conexor is known to a service as an app, and the end of that where the service lets it be ended (RFC 7592). */
import { useState } from 'react';
import type { WindowResult } from '../../shared/window.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Facts } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { listOf, useWords } from '../words/use-words.ts';
import { Consequences } from './verb-dialogs.tsx';

type Registration = WindowResult<'registration'>;

interface RegistrationProps {
  readonly connection: string;
  readonly registration: Registration;
}

export function RegistrationFacts({ connection, registration }: RegistrationProps) {
  const allWords = useWords();
  const words = allWords.waysIn.registration;
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState<string>();
  const { clientId, source, issuer, managed, alsoUsedBy } = registration;
  const host = URL.canParse(issuer) ? new URL(issuer).host : issuer;
  return (
    <div className="registration">
      <Facts
        facts={[
          [
            words.name,
            <span key="id" className="client-id">
              <code>{clientId}</code>
              <span className="soft">{words.from[source]}</span>
            </span>,
          ],
          [words.at, <code key="at">{issuer}</code>],
        ]}
      />
      {told === undefined ? null : (
        <p className="small" role="status">
          {told}
        </p>
      )}
      {managed && told === undefined ? (
        <div className="buttons">
          <Button onPress={() => setAsking(true)}>{words.delete}</Button>
        </div>
      ) : null}
      {asking ? (
        <ConfirmDialog
          title={words.dialog.title(host)}
          verb={words.dialog.verb}
          destructive
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const { outcome } = await ask('registration', { connection, action: 'delete' });
            const text = toldOf(outcome, words);
            setTold(text);
            announce(text);
          }}
        >
          <Consequences
            stops={words.dialog.stops}
            affects={
              alsoUsedBy.length === 0 ? words.dialog.affectsNobody : words.dialog.affects(listOf(alsoUsedBy, allWords))
            }
            untouched={words.dialog.untouched}
          />
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

function toldOf(outcome: Registration['outcome'], words: WindowWords['waysIn']['registration']): string {
  if (outcome === 'deleted') return words.deleted;
  return outcome === 'gone' ? words.gone : words.notManaged;
}
