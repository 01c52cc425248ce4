/** Before the browser opens (rule 2): one sentence, what will be asked, and one button. */
import { permissionsOf } from '../../shared/words/permissions.ts';
import { useConnection } from '../client/state.ts';
import { Facts, Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Permissions } from '../parts/permissions.tsx';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './sign-in-steps.ts';
import { cancelSignIn, chooseWayIn, continueInBrowser } from './sign-in-store.ts';

export function ReadyStep({ sheet, host }: StepProps & { readonly host: string }) {
  const words = useWords();
  const { signIn } = words;
  const connection = useConnection(sheet.wanted.connection);
  const scopes = connection?.signIn?.requestedScopes ?? [];
  const practice = connection?.service === 'practice';
  const page = practice ? signIn.practicePage : signIn.pageOf(host);
  const named = permissionsOf(scopes, words.language).known.length > 0;
  return (
    <>
      <p>{named ? signIn.asks(page) : signIn.asksPlain(page)}</p>
      <Permissions scopes={scopes} label={signIn.permissions} others={signIn.morePermissions} granted={false} />
      {sheet.wanted.another ? <p>{signIn.another}</p> : null}
      {connection && connection.waysIn.length > 1 ? (
        <div className="other-ways">
          <Button tone="quiet" onPress={chooseWayIn}>
            {words.waysIn.others}
          </Button>
        </div>
      ) : null}
      {practice ? (
        <Fold title={words.window.details}>
          <Facts facts={[[signIn.host, <code key="host">{host}</code>]]} />
        </Fold>
      ) : null}
    </>
  );
}

/** The same two buttons while it is prepared: what one aims at does not move. */
export function ReadyActions({ ready }: { readonly ready: boolean }) {
  const words = useWords();
  return (
    <>
      <Button onPress={cancelSignIn}>{words.window.cancel}</Button>
      <Button tone="primary" icon="outside" busy={!ready} autoFocus onPress={continueInBrowser}>
        {words.signIn.continue}
      </Button>
    </>
  );
}
