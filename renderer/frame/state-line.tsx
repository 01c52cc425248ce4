/** One line that says how things stand: everything works, or how many need attention. */
import { Fragment } from 'react';
import { problemsOf, shownState } from '../../shared/state-of-things.ts';
import { useSelected } from '../client/state.ts';
import { Icon } from '../parts/icon.tsx';
import { useWords } from '../words/use-words.ts';
import { PageLink } from './page-link.tsx';

export function StateLine() {
  const snapshot = useSelected((state) => state.snapshot);
  const missing = useSelected((state) => state.missing);
  const words = useWords();
  const { services, asking, questions, locked } = problemsOf(snapshot);
  const lines = [
    locked ? words.states.name['keychain-locked'] : '',
    services > 0 ? words.states.problems(services) : '',
    asking > 0 ? words.states.asking(asking) : '',
    questions > 0 ? words.states.questions(questions) : '',
  ].filter((line) => line !== '');
  if (lines.length + missing.length > 0) {
    return (
      <p className="state-line tone-notice">
        <Icon name="attention" size={16} />
        <span>
          {lines.join(' ')}
          {missing.map(({ client, title }) => (
            <Fragment key={client}>
              {' '}
              <PageLink page={{ name: 'programs' }}>{words.clients.missing.line(title)}</PageLink>
            </Fragment>
          ))}
        </span>
      </p>
    );
  }
  const { connections } = snapshot;
  if (!connections.some((one) => shownState(one) === 'connected')) {
    const { nothingYet, allPaused, nobodySignedIn } = words.window;
    const paused = connections.some((one) => one.paused);
    return <p className="state-line">{connections.length === 0 ? nothingYet : paused ? allPaused : nobodySignedIn}</p>;
  }
  return (
    <p className="state-line tone-good">
      <Icon name="check" size={16} />
      <span>{words.states.allWorking}</span>
    </p>
  );
}
