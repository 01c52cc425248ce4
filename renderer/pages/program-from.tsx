/** Where a program lies and who made it, as far as the system tells; of one that came over the local address, nothing. */
import type { ClientUse } from '../../shared/snapshot.ts';
import { useWords } from '../words/use-words.ts';

export function ProgramFrom({ from }: { readonly from: Pick<ClientUse, 'path' | 'signer'> | undefined }) {
  const { from: words } = useWords().programs;
  if (from?.path === undefined) return null;
  const { path, signer } = from;
  // A sealed piece of memory on Linux; a file that was deleted since is none either.
  if (path.startsWith('/memfd:')) return <p className="soft small">{words.noFile}</p>;
  const maker = signer === undefined ? words.notTold : signer === '' ? words.unsigned : words.signed(signer);
  return (
    <p className="soft small program-from">
      {words.path(path)} {maker}
    </p>
  );
}
