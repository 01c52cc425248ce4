/** An entry of ours that has vanished from an app: said above everything, with the way to put it back. */
import type { WindowState } from '../../shared/window.ts';
import { useSelected } from '../client/state.ts';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';
import { useKnownClient } from './clients-store.ts';
import { openClientSheet } from './sheet-store.ts';

export function MissingNotices() {
  const missing = useSelected((state) => state.missing);
  if (missing.length === 0) return null;
  return (
    <div className="notices">
      {missing.map(({ client, title }) => (
        <OneMissing key={client} client={client} title={title} />
      ))}
    </div>
  );
}

function OneMissing({ client, title }: WindowState['missing'][number]) {
  const { missing: words } = useWords().clients;
  const stands = useKnownClient(client)?.files.some(({ entries }) => entries.length > 0) ?? false;
  return (
    <Notice
      tone="notice"
      icon="removed"
      title={words.title(title)}
      action={{ label: words.action, onPress: () => openClientSheet({ client, action: 'back' }) }}
    >
      <p>{(stands ? words.partly : words.text)(title)}</p>
    </Notice>
  );
}
