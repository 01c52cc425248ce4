/** An address as a picture for a phone's camera, in the terminal. */
import { renderUnicodeCompact } from 'uqr';

const border = 2;
/** White on black whatever the terminal's own colours are: a camera wants it so. */
const [colours, noColours] = ['\u001b[97;40m', '\u001b[0m'];

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Undefined where it would not fit, or nobody looks at a screen. */
export function qrCode(address: string, screen: Screen, env: NodeJS.ProcessEnv): string | undefined {
  if (!screen.isTTY || env['TERM'] === 'dumb') return undefined;
  const lines = renderUnicodeCompact(address, { border }).split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  if (width > (screen.columns ?? 80)) return undefined;
  const paint = (line: string) => (env['NO_COLOR'] ? line : `${colours}${line}${noColours}`);
  return lines.map(paint).join('\n');
}
