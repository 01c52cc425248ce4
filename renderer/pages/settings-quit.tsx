/** Ends Conexor: what stops is said first. */
import { useState } from 'react';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
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
          onConfirm={async () => {
            await ask('quit', {});
            announce(words.quitDone);
          }}
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
