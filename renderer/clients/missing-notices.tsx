/** An entry of ours that has vanished from an app: said above everything, with the way to put it back. */
import { useSelected } from '../client/state.ts';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';
import { openClientSheet } from './sheet-store.ts';

export function MissingNotices() {
  const missing = useSelected((state) => state.missing);
  const { missing: words } = useWords().clients;
  if (missing.length === 0) return null;
  return (
    <div className="notices">
      {missing.map(({ client, title }) => (
        <Notice
          key={client}
          tone="notice"
          icon="removed"
          title={words.title(title)}
          action={{ label: words.action, onPress: () => openClientSheet({ client, action: 'back' }) }}
        >
          <p>{words.text(title)}</p>
        </Notice>
      ))}
    </div>
  );
}
