/** Ends Conexor: what stops is said first. */
import { useState } from 'react';
import { ask, asWindowFault } from '../client/client.ts';
import { wantEnd } from '../client/link.ts';
import { useSelected } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { useWords } from '../words/use-words.ts';

export function QuitRow() {
  const words = useWords().settings;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  const inTab = useSelected(({ app }) => app.kind === 'tab');
  const [asking, setAsking] = useState(false);
  return (
    <div className="setting line">
      <span>
        {words.quit}
        <span className="hint">{words.quitNote}</span>
      </span>
      <Button onPress={() => setAsking(true)}>{words.quitButton}</Button>
      {asking ? (
        <ConfirmDialog
          title={words.quitQuestion}
          verb={words.quitButton}
          onClose={() => setAsking(false)}
          onConfirm={quit}
        >
          <p>
            {inTab ? words.quitClosesTab : words.quitCloses} {words.quitNote}
          </p>
          <p className="soft">{memoryOnly ? words.quitUntouchedMemory : words.quitUntouched}</p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

/** What the page says once Conexor has gone: see `client/link.ts`. */
async function quit(): Promise<void> {
  wantEnd(true);
  try {
    await ask('quit', {});
  } catch (thrown) {
    // It may have gone before it could answer; only an answer says that it stays.
    if (asWindowFault(thrown).fault !== 'broker-absent') wantEnd(false);
    throw thrown;
  }
}
