/** Which app's sheet is open over the page, and for what. */
import { useSyncExternalStore } from 'react';
import type { ClientId, ClientWay } from '../../shared/clients.ts';

export interface SheetWanted {
  readonly client: ClientId;
  /** `finish`: it was added, and is looked at until it works. */
  readonly action: 'add' | 'back' | 'finish' | 'remove' | 'undo';
  /** Not the suggested one. */
  readonly way?: ClientWay;
}

let open: SheetWanted | undefined;
const listeners = new Set<() => void>();

export function openClientSheet(wanted: SheetWanted | undefined): void {
  open = wanted;
  for (const listener of listeners) listener();
}

export function closeClientSheet(): void {
  openClientSheet(undefined);
}

export function useOpenSheet(): SheetWanted | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
