/** What fills the window while there is nothing else to show: starting, Conexor gone, this tab not allowed, a page that broke. */
import { Component, type ReactNode } from 'react';
import { desktopBridge } from '../client/desktop-client.ts';
import { stateNow } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { wordsNow } from '../words/words-now.ts';

function Alone(props: { readonly title: string; readonly children: ReactNode }) {
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

export function Gone() {
  const words = useWords().window;
  const desktop = desktopBridge() !== undefined;
  // As it was when Conexor was last heard of; a page that was loaded since knows nothing.
  const vault = stateNow()?.snapshot.vault.kind;
  const told = vault === undefined ? undefined : vault === 'memory' ? words.gone.memory : words.gone.safe;
  return (
    <Alone title={words.gone.title}>
      <p>{told === undefined ? words.gone.text : `${words.gone.text} ${told}`}</p>
      <p>{desktop ? words.gone.desktop : words.gone.tab}</p>
      {desktop ? null : <code className="command">{words.gone.command}</code>}
      <p role="status" className="looking soft small">
        {words.gone.looking}
      </p>
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
