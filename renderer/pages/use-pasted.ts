/** Reads what was pasted a moment after the last keystroke; an answer to an earlier text is dropped. */
import { useEffect, useState } from 'react';
import type { Pasted } from '../../shared/window.ts';
import { ask, asWindowFault } from '../client/client.ts';

const pauseMs = 200;
/** As the table has it. */
const longestText = 256 * 1024;

export function usePasted(text: string): { readonly pasted: Pasted | undefined; readonly reading: boolean } {
  const [read, setRead] = useState<{ readonly text: string; readonly pasted: Pasted }>();
  useEffect(() => {
    if (text.trim() === '') return undefined;
    let current = true;
    const timer = setTimeout(() => {
      ask('readPasted', { text: text.slice(0, longestText) }).then(
        (pasted) => {
          if (current) setRead({ text, pasted });
        },
        (thrown: unknown) => {
          const { fault, what, next } = asWindowFault(thrown);
          if (current) setRead({ text, pasted: { kind: 'unusable', fault: { fault, what, next } } });
        },
      );
    }, pauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  const here = read?.text === text ? read.pasted : undefined;
  return { pasted: text.trim() === '' ? undefined : here, reading: text.trim() !== '' && here === undefined };
}
