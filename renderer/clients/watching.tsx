/** That an app has its turn and is waited for, for everybody. */
import { useWords } from '../words/use-words.ts';

export function Watching({ app }: { readonly app: string }) {
  const words = useWords().clients;
  return (
    <div className="busy">
      <div className="busy-bar" role="progressbar" aria-label={words.watching(app)} />
      <p className="soft small">{words.watching(app)}</p>
    </div>
  );
}
