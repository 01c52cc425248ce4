/** The relay's own words are the catalogue's, although it does not carry the catalogue. */
import { describe, expect, it } from 'vitest';
import {
  answerOfAbsent,
  answerOfEnded,
  answerOfLost,
  conversationEnded,
  notRunning,
} from '../../electron/relay/answers.ts';
import { faultSentence } from '../../shared/fault-words.ts';
import { Fault } from '../../shared/faults.ts';

const read = (line: Buffer) => JSON.parse(line.toString());

describe('what the relay says itself', () => {
  it.each([
    ['answer-lost', answerOfLost('1'), faultSentence(new Fault('answer-lost', { subject: 'Conexor' }))],
    ['session-unknown', answerOfEnded('1'), conversationEnded],
    ['broker-absent', answerOfAbsent('1', notRunning), faultSentence(new Fault('broker-absent'))],
  ] as const)('%s', (fault, line, words) => {
    expect(read(line)).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -32050, message: words, data: { fault } } });
    expect(line.at(-1)).toBe(0x0a);
  });

  it('names the end of a conversation as everybody else does', () => {
    expect(conversationEnded).toBe(faultSentence(new Fault('session-unknown')));
  });
});
