/** Whether the broker is there: `opening` until the first state, `gone` while it does not answer, `no-key` where this tab may not ask. */
export type Link = 'opening' | 'open' | 'gone' | 'no-key';

let link: Link = 'opening';
const listeners = new Set<() => void>();

export function setLink(next: Link): void {
  if (next === link) return;
  link = next;
  for (const listener of listeners) listener();
}

export function currentLink(): Link {
  return link;
}

export function listenLink(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
