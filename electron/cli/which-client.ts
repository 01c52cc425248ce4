/** Which program a person means: by its name, its title, or the beginning of either. */
import { clientTitles } from '../../shared/client-titles.ts';
import { type ClientId, clientIds } from '../../shared/clients.ts';
import { Fault } from '../../shared/faults.ts';

/** Throws `input-invalid` with the names that are near. */
export function clientNamed(word: string): ClientId {
  const wanted = plain(word);
  const isExact = (id: ClientId) => plain(id) === wanted || plain(clientTitles[id]) === wanted;
  const exact = clientIds.find(isExact);
  if (exact) return exact;
  const near = nearTo(wanted);
  throw new Fault('input-invalid', {
    subject: `the program "${word.slice(0, 60)}"`,
    next:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}? See all of them with: npx conexor clients`
        : `Conexor knows these: ${clientIds.join(', ')}.`,
  });
}

function nearTo(wanted: string): readonly ClientId[] {
  if (wanted === '') return [];
  const distance = (id: ClientId) => Math.min(edits(plain(id), wanted), edits(plain(clientTitles[id]), wanted));
  const begins = clientIds.filter((id) => plain(id).startsWith(wanted) || plain(clientTitles[id]).startsWith(wanted));
  if (begins.length > 0) return begins;
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return clientIds.filter((id) => distance(id) <= most);
}

/** Names that differ from this word by a slip of the fingers. */
export function nearNames(word: string, names: readonly string[]): readonly string[] {
  const wanted = plain(word);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return names.filter((name) => name !== word && edits(plain(name), wanted) <= most);
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}

/** How many letters have to be changed, put in or taken out (Levenshtein). */
function edits(from: string, to: string): number {
  let row = [...to, ''].map((_, n) => n);
  for (let y = 1; y <= from.length; y++) {
    const next = [y];
    for (let x = 1; x <= to.length; x++) {
      const same = from[y - 1] === to[x - 1] ? 0 : 1;
      next.push(Math.min((row[x] ?? 0) + 1, (next[x - 1] ?? 0) + 1, (row[x - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
