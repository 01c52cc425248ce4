/** A settings file that cannot be changed safely: what is wrong with it, and how one goes on by hand. */
import type { ClientView, PlannedChange } from '../../shared/clients.ts';
import { Fold } from '../parts/blocks.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';
import { ShowFile } from './done-step.tsx';

type Broken = Pick<PlannedChange, 'path' | 'fault' | 'entry'>;

export function BrokenFile({ client, change }: { readonly client: ClientView; readonly change: Broken }) {
  const { sheet } = useWords().clients;
  const { path, fault, entry } = change;
  // Then nothing is wrong with the file.
  const isOfFile = fault?.fault !== 'node-missing';
  const exists = client.files.some((file) => file.path === path && file.exists);
  return (
    <>
      {fault ? (
        <Notice tone="notice" title={fault.what}>
          <p>{fault.next}</p>
        </Notice>
      ) : null}
      {isOfFile ? <p>{sheet.broken.file(path.split(/[\\/]/).at(-1) ?? path)}</p> : null}
      {isOfFile && exists ? <ShowFile client={client} path={path} /> : null}
      {entry === undefined ? null : (
        <div className="buttons">
          <CopyButton label={sheet.broken.copyEntry} text={entry} />
        </div>
      )}
      <Fold title={sheet.broken.whole}>
        <code className="command">{path}</code>
      </Fold>
    </>
  );
}
