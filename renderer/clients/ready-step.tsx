/** Before anything is done: one sentence that says what happens; under Details the exact change, and other choices. */
import type { ReactNode } from 'react';
import type { ClientWay } from '../../shared/clients.ts';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Notice } from '../parts/notice.tsx';
import { Consequences } from '../services/verb-dialogs.tsx';
import { useWords } from '../words/use-words.ts';
import { BrokenFile } from './broken-file.tsx';
import { ChangeDetails } from './change-details.tsx';
import { ScopeChoice } from './scope-choice.tsx';
import type { StepProps } from './use-sheet.ts';

export function ReadyStep({ sheet, client }: StepProps) {
  const words = useWords();
  const { sheet: texts } = words.clients;
  const { action, way, plan } = sheet;
  const isAdding = action === 'add' || action === 'back';
  if (isAdding && sheet.broken) return <BrokenFile client={client} change={sheet.broken} />;
  const leave = sheet.scope.kind === 'each' ? texts.leaveEach : texts.leave;
  return (
    <>
      {isAdding ? (
        <>
          <p>{action === 'back' ? texts.back(client.title) : texts.what[way](client.title)}</p>
          <p>{leave(client.title)}</p>
        </>
      ) : (
        <Ending sheet={sheet} client={client} />
      )}
      {action === 'back' && client.closeFirst ? <RestoresChoice sheet={sheet} client={client} /> : null}
      {sheet.planIsNew ? <Notice tone="notice" title={texts.changedSince} /> : null}
      {sheet.planIsNew ? <ChangeDetails plan={plan} /> : null}
      {way === 'copy' && isAdding ? null : (
        <Fold title={texts.details} onOpen={sheet.notePlanSeen}>
          <div className="stack">
            {isAdding ? <ScopeChoice scope={sheet.scope} onChange={sheet.setScope} /> : null}
            <ChangeDetails plan={plan} />
            {isAdding ? <OtherWays sheet={sheet} client={client} /> : null}
          </div>
        </Fold>
      )}
    </>
  );
}

/** Rule 7: what stops, what is not touched. */
function Ending({ sheet, client }: StepProps): ReactNode {
  const { removeDialog, undoDialog, nothingChanged } = useWords().clients;
  if (sheet.plan?.every(({ what, fault }) => what === 'nothing' && !fault)) {
    const isExtension = client.state === 'connected' && client.ways.includes('bundle');
    return <p>{isExtension ? removeDialog.extension(client.title) : nothingChanged}</p>;
  }
  if (sheet.action === 'remove') {
    return <Consequences stops={removeDialog.stops(client.title)} untouched={removeDialog.untouched(client.title)} />;
  }
  const whole = client.files.every(({ undo }) => undo !== 'entry');
  return (
    <Consequences
      stops={`${undoDialog.stops(client.title)} ${whole ? undoDialog.bytes : undoDialog.entry}`}
      untouched={undoDialog.untouched}
    />
  );
}

function RestoresChoice({ sheet }: StepProps) {
  const { sheet: texts } = useWords().clients;
  return <Choice label={texts.restores} hint={texts.restoresHint} on={sheet.restores} onChange={sheet.setRestores} />;
}

function OtherWays({ sheet, client }: StepProps) {
  const { sheet: texts } = useWords().clients;
  const others = client.ways.filter((way) => way !== sheet.way && (way === 'file' || way === 'bundle'));
  if (others.length === 0) return null;
  const labels: Partial<Record<ClientWay, string>> = { file: texts.fileWay, bundle: texts.extension.use };
  return (
    <div>
      <h3>{texts.otherWay}</h3>
      <div className="buttons">
        {others.map((way) => (
          <Button key={way} onPress={() => sheet.setWay(way)}>
            {labels[way]}
          </Button>
        ))}
      </div>
    </div>
  );
}
