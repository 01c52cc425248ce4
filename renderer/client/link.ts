/**
 * Whether the broker is there: `opening` until the first state, `gone` while it does not answer, `no-key` where this tab
 * may not ask, `ended` once it has gone because the person wanted it: then nothing is waited for any more.
 */
export type Link = 'opening' | 'open' | 'gone' | 'no-key' | 'ended';

let link: Link = 'opening';
let endWanted = false;
const listeners = new Set<() => void>();

export function setLink(next: Link): void {
  // Whoever runs after a wanted end is another broker, to which this page means nothing.
  const shown = endWanted && next !== 'open' ? 'ended' : next;
  if (link === 'ended' || shown === link) return;
  link = shown;
  for (const listener of listeners) listener();
}

/** The person ends Conexor (or it was refused after all): when it is gone, that is no fault. */
export function wantEnd(wanted: boolean): void {
  endWanted = wanted;
}

export function currentLink(): Link {
  return link;
}

export function listenLink(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
