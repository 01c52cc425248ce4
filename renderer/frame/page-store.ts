/**
 * Which page is shown: a small store over the address's fragment, so that going back and loading anew work, in a tab
 * and on the desktop alike. A page's dialog is never part of the address: loading anew asks nothing again. A place in the
 * history may be the first run's last page: that has no address of its own, and going back comes to it again.
 */
import { useSyncExternalStore } from 'react';
import type { Page } from '../../shared/pages.ts';

const plainPages = ['add', 'programs', 'activity', 'settings', 'help', 'diagnostics'] as const;
const listeners = new Set<() => void>();
let page: Page = pageOf(location.hash);
let ready = readyOf(history.state);

window.addEventListener('popstate', ({ state }) => {
  ready = readyOf(state);
  set(pageOf(location.hash));
});

export function pageNow(): Page {
  return page;
}

export function usePage(): Page {
  return useSyncExternalStore(listenPage, pageNow);
}

/** Goes there; the place one comes from stays reachable by going back. */
export function showPage(next: Page): void {
  const address = addressOf(next);
  if (address !== location.hash) history.pushState(null, '', address);
  else if (ready !== undefined) history.replaceState(null, '');
  ready = undefined;
  set(next);
}

/** The service with which the first run ended here; undefined where this place is an ordinary page. */
export function readyNow(): string | undefined {
  return ready;
}

export function useReady(): string | undefined {
  return useSyncExternalStore(listenPage, readyNow);
}

/** From now on this place is that page, or is it no longer. */
export function noteReady(connection: string | undefined): void {
  if (connection === ready) return;
  ready = connection;
  history.replaceState(connection === undefined ? null : { ready }, '');
  set(page);
}

/** The page's dialog was answered or closed. */
export function dialogAnswered(): void {
  if (page.name === 'service' && page.dialog) set({ name: 'service', connection: page.connection });
}

export function listenPage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: Page): void {
  page = next;
  for (const listener of listeners) listener();
}

export function addressOf(of: Page): string {
  switch (of.name) {
    case 'services':
      return '#/';
    case 'service':
      return `#/service/${encodeURIComponent(of.connection)}`;
    case 'help':
      return of.topic === undefined ? '#/help' : `#/help/${encodeURIComponent(of.topic)}`;
    default:
      return `#/${of.name}`;
  }
}

function pageOf(address: string): Page {
  const [name, value] = address.replace(/^#\//, '').split('/');
  const text = decoded(value);
  if (name === 'service' && text) return { name, connection: text };
  if (name === 'help' && text) return { name, topic: text };
  const plain = plainPages.find((one) => one === name);
  return plain ? { name: plain } : { name: 'services' };
}

function readyOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('ready' in state)) return undefined;
  return typeof state.ready === 'string' ? state.ready : undefined;
}

function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
