/**
 * The only door between the window's page and Conexor: `window.conexor`, with one way to ask and one to be told. Runs
 * sandboxed, before the page, and gives it nothing else; who asks and for what is checked at the other end.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { WindowBridge, WindowEvent } from '../shared/window.ts';
import { askChannel, eventChannel } from '../shared/window-paths.ts';

const listeners = new Set<(event: WindowEvent) => void>();
/** What was said before the page listened: the latest of each kind. */
const early = new Map<WindowEvent['kind'], WindowEvent>();

ipcRenderer.on(eventChannel, (_, event: WindowEvent) => {
  if (event.kind === 'state' || listeners.size === 0) early.set(event.kind, event);
  for (const listener of listeners) listener(event);
});

const bridge: WindowBridge = {
  ask: (method, argument) => ipcRenderer.invoke(askChannel, method, argument),
  listen(listener) {
    listeners.add(listener);
    for (const event of early.values()) listener(event);
    early.delete('page');
    early.delete('activity');
    return () => {
      listeners.delete(listener);
    };
  },
};

contextBridge.exposeInMainWorld('conexor', bridge);
