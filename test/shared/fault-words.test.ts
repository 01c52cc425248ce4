import { describe, expect, it } from 'vitest';
import { faultWords } from '../../shared/fault-words.ts';
import { Fault, faultCodes } from '../../shared/faults.ts';

describe('the words for every fault', () => {
  it.each(faultCodes)('%s: what happened and what to do, in plain words', (code) => {
    for (const detail of [{}, { subject: 'app.example' }]) {
      const { what, next } = faultWords(new Fault(code, { ...detail, reason: 'ECONNREFUSED invalid_grant' }));
      for (const sentence of [what, next]) {
        expect(sentence).toMatch(/^\S.*[.]$/);
        expect(sentence).not.toMatch(/undefined|oauth|\btoken|\bscope|invalid_|ECONN|JSON|\bHTTP\b|MCP| {2}/i);
      }
    }
  });
});
