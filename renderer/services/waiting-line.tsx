/** A sign-in under way, whoever began it, in the service's row: where it stands, and the three buttons of rule 3. */
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { Button } from '../parts/button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
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
  return (
    <div className="service-waiting">
      <p>{signIn.browserOpened ? waiting : notOpened}</p>
      {still ? <p className="soft">{stillWords}</p> : null}
      <div className="buttons">
        <Button
          busy={task.running}
          onPress={() => task.run(async () => void (await ask('cancelSignIn', { attempt: signIn.attempt })))}
        >
          {words.window.cancel}
        </Button>
        <CopyLink attempt={signIn.attempt} tone="plain" />
        {signIn.browserOpened ? (
          <OpenAgain attempt={signIn.attempt} />
        ) : (
          <Button
            tone="primary"
            onPress={() => openSignIn({ connection: connection.id, ...(signIn.another ? { another: true } : {}) })}
          >
            {words.signIn.continue}
          </Button>
        )}
      </div>
      <TaskLine task={task} />
    </div>
  );
}
