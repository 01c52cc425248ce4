/** The desktop's way: the preload script has put it into the page. */
import type { WindowBridge } from '../../shared/window.ts';

declare global {
  interface Window {
    readonly conexor?: WindowBridge;
  }
}

/** Undefined in a browser's tab. */
export function desktopBridge(): WindowBridge | undefined {
  return window.conexor;
}
