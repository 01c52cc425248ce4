/** The keys that people expect of every window and that come from a menu elsewhere: without one, they are read here. */
import type { Input } from 'electron';

export type WindowKey = 'quit' | 'close' | 'zoom-in' | 'zoom-out' | 'zoom-reset';

/** Undefined on macOS, where the menu has them. */
export function windowKeyOf(input: Input, platform: NodeJS.Platform): WindowKey | undefined {
  if (platform === 'darwin' || input.type !== 'keyDown' || !input.control || input.alt || input.meta) return undefined;
  switch (input.key.toLowerCase()) {
    case 'q':
      return input.shift ? undefined : 'quit';
    case 'w':
      return input.shift ? undefined : 'close';
    case '+':
    case '=':
      return 'zoom-in';
    case '-':
    case '_':
      return 'zoom-out';
    case '0':
      return 'zoom-reset';
    default:
      return undefined;
  }
}

/** Half a Chromium step each; to 300 % and down to 60 %. */
export function zoomLevel(level: number, key: WindowKey): number {
  if (key === 'zoom-reset') return 0;
  const step = key === 'zoom-in' ? 0.5 : key === 'zoom-out' ? -0.5 : 0;
  return Math.min(6, Math.max(-3, level + step));
}
