/** JSON messages, one a line, over a local stream; a line that is too long or no JSON ends the stream. */
import type { Duplex } from 'node:stream';

const longestLine = 1024 * 1024;

export function readJsonLines(
  stream: Duplex,
  onMessage: (message: unknown) => void,
  onBroken: () => void,
  longest = longestLine,
): void {
  let pending = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    pending += chunk;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      if (line.trim() === '') continue;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        onBroken();
        return;
      }
      onMessage(message);
    }
    if (pending.length > longest) onBroken();
  });
}
