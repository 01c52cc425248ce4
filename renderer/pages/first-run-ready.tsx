/** The last step of the first run: who is signed in, and what to do now. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { Icon } from '../parts/icon.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

export function FirstRunReady({ connection }: { readonly connection: ConnectionView | undefined }) {
  const { ready } = useWords().firstRun;
  const names = useServiceNames();
  if (!connection) return null;
  const name = names.get(connection.id) ?? connection.title;
  const account = connection.accounts.find(({ current }) => current) ?? connection.accounts[0];
  return (
    <>
      <h1 id="page-title" tabIndex={-1}>
        {ready.title}
      </h1>
      <p className="first-done">
        <Icon name="check" />
        <span>{account ? ready.signedIn(name, account.label) : ready.open(name)}</span>
      </p>
      <h2>{ready.next}</h2>
      <ol className="steps">
        {ready.nextSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );
}
