/**
 * What fills the window while there is nothing else to show: starting, Conexor gone or ended, this tab not allowed, a
 * page that broke.
 */
import { Component, type ReactNode, useEffect } from 'react';
import { stateNow } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { wordsNow } from '../words/words-now.ts';
import { useTitle } from './title.ts';

function Alone(props: { readonly title: string; readonly children: ReactNode }) {
  useTitle(props.title);
  return (
    <main className="alone">
      <div className="alone-card">
        <Mark size={40} />
        <h1 id="page-title" tabIndex={-1}>
          {props.title}
        </h1>
        {props.children}
      </div>
    </main>
  );
}

export function Starting() {
  const words = useWords().window;
  return (
    <main className="alone starting" aria-busy="true">
      <div className="alone-card">
        <Mark size={40} />
        <p role="status" className="late soft">
          {words.starting}
        </p>
      </div>
    </main>
  );
}

/** In a tab only: the desktop's window ends with its broker. */
export function Gone() {
  const words = useWords().window;
  // As it was when Conexor was last heard of; a page that was loaded since knows nothing.
  const vault = stateNow()?.snapshot.vault.kind;
  const told = vault === undefined ? undefined : vault === 'memory' ? words.gone.memory : words.gone.safe;
  return (
    <Alone title={words.gone.title}>
      <p>{told === undefined ? words.gone.text : `${words.gone.text} ${told}`}</p>
      <p>{words.gone.both}</p>
      <code className="command">{words.gone.command}</code>
      <p role="status" className="looking soft small">
        {words.gone.looking}
      </p>
    </Alone>
  );
}

/** As the person wanted. */
export function Ended() {
  const words = useWords().window.ended;
  // The button that had the focus is gone.
  useEffect(() => document.getElementById('page-title')?.focus(), []);
  return (
    <Alone title={words.title}>
      <p>{words.text}</p>
    </Alone>
  );
}

export function NoKey() {
  const words = useWords().window;
  return (
    <Alone title={words.noKey.title}>
      <p>{words.noKey.text}</p>
      <p>{words.noKey.tab}</p>
      <code className="command">{words.noKey.command}</code>
    </Alone>
  );
}

/** A page that throws while it is shown leaves the window usable. */
export class PageGuard extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    const words = wordsNow().window.broken;
    return (
      <Alone title={words.title}>
        <p>{words.text}</p>
        <Button tone="primary" onPress={() => location.reload()}>
          {words.action}
        </Button>
      </Alone>
    );
  }
}
