/** A sign-in under way, whoever began it, in the service's row: where it stands, and the three buttons of rule 3. */
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { Button } from '../parts/button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { pageOf } from '../sign-in/device-step.tsx';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { CopyLink, OpenAgain, useStill } from '../sign-in/waiting-step.tsx';
import { useWords } from '../words/use-words.ts';

export function WaitingLine({ connection }: { readonly connection: ConnectionView }) {
  const words = useWords();
  const { signIn } = connection;
  if (!signIn) return <p className="service-waiting soft">{words.services.preparing}</p>;
  return <Waiting connection={connection} signIn={signIn} />;
}

function Waiting({ connection, signIn }: { readonly connection: ConnectionView; readonly signIn: WaitingSignIn }) {
  const words = useWords();
  const task = useTask();
  const still = useStill(signIn.startedAtMs);
  const { notOpened, waiting, still: stillWords } = words.services;
  const { device } = signIn;
  // Whoever began it may have left before anything opened: then nobody is waited for in a browser.
  const unopened = !device && !signIn.browserOpened;
  const open = () => openSignIn({ connection: connection.id, ...(signIn.another ? { another: true } : {}) });
  return (
    <div className="service-waiting">
      <p>
        {device
          ? words.waysIn.device.waiting(device.userCode, pageOf(device))
          : signIn.browserOpened
            ? waiting
            : notOpened}
      </p>
      {still && !unopened ? <p className="soft">{stillWords}</p> : null}
      <div className="buttons">
        <Button
          busy={task.running}
          onPress={() => task.run(async () => void (await ask('cancelSignIn', { attempt: signIn.attempt })))}
        >
          {words.window.cancel}
        </Button>
        {device || unopened ? null : <CopyLink attempt={signIn.attempt} tone="plain" />}
        {device || unopened ? (
          <Button tone="primary" onPress={open}>
            {device ? words.waysIn.device.show : words.signIn.continue}
          </Button>
        ) : (
          <OpenAgain attempt={signIn.attempt} />
        )}
      </div>
      <TaskLine task={task} />
    </div>
  );
}
