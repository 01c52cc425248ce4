/**
 * Asking a person at a terminal: one line, shown or hidden. Questions go to standard error, so that standard output
 * stays what a program reads.
 */

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WritableStream;
}

export const ownTerminal: Terminal = { input: process.stdin, output: process.stderr };

/** Whether a person sits at the other end. */
export function canAsk({ input }: Terminal = ownTerminal): boolean {
  return input.isTTY === true;
}

const keys = {
  enter: /[\r\n]/,
  back: /[\b\u007f]/,
  endOfInput: '\u0004',
  interrupt: '\u0003',
  clear: '\u0015',
} as const;

/**
 * One line, without its end. Undefined where the person ends the input or `signal` says that nobody waits any more.
 * Hidden lines are read key by key and never shown; Ctrl+C is what it always is.
 */
export function ask(
  question: string,
  how: { readonly hidden: boolean; readonly signal?: AbortSignal },
  { input, output }: Terminal = ownTerminal,
): Promise<string | undefined> {
  output.write(question);
  return new Promise((resolve) => {
    let line = '';
    const end = (answer: string | undefined) => {
      how.signal?.removeEventListener('abort', giveUp);
      input.off('data', read);
      input.off('end', giveUp);
      if (how.hidden) input.setRawMode?.(false);
      input.pause();
      // The person's own Enter is not seen where nothing is.
      if (how.hidden || answer === undefined) output.write('\n');
      resolve(answer);
    };
    const giveUp = () => end(undefined);
    const read = (chunk: string | Buffer) => {
      for (const key of withoutSequences(String(chunk))) {
        if (keys.enter.test(key)) return end(line);
        if (key === keys.endOfInput) return line === '' ? giveUp() : end(line);
        if (key === keys.interrupt) {
          giveUp();
          process.kill(process.pid, 'SIGINT');
          return;
        }
        if (keys.back.test(key)) line = [...line].slice(0, -1).join('');
        else if (key === keys.clear) line = '';
        else if (key === '\t' || key >= ' ') line += key;
      }
    };
    if (how.signal?.aborted) return end(undefined);
    how.signal?.addEventListener('abort', giveUp);
    if (how.hidden) input.setRawMode?.(true);
    input.setEncoding('utf8');
    input.on('data', read);
    input.on('end', giveUp);
    input.resume();
  });
}

/** Arrows and the marks around a paste are no part of what somebody types. */
function withoutSequences(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what terminals send.
  return text.replaceAll(/\u001b(?:\[[\d;?]*[ -/]*[@-~]|O.)?/g, '');
}

/** Everything that comes on standard input until it ends. Rejects with `RangeError` for more than `most` characters. */
export async function readAll(most: number, input: NodeJS.ReadableStream = process.stdin): Promise<string> {
  input.setEncoding('utf8');
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > most) throw new RangeError('too much input');
  }
  return text;
}
