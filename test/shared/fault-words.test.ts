import { describe, expect, it } from 'vitest';
import { faultSentence, faultWords } from '../../shared/fault-words.ts';
import { Fault, type FaultCode, faultCodes } from '../../shared/faults.ts';
import { languages } from '../../shared/settings.ts';
import { fieldNames, waysIn } from '../../shared/ways-in.ts';
import { faultAdvice } from '../../shared/words/fault-advice.ts';
import { wordsOf } from '../../shared/words/words.ts';

const technical = /undefined|oauth|pkce|s256|\btoken|\bscope|invalid_|ECONN|JSON|\bHTTP\b|MCP| {2}/i;
const ofTerminals = /terminal|conexor connect|conexor start|`/i;

describe('the words for every fault', () => {
  it.each(faultCodes)('%s: what happened and what to do, in plain words, in every language', (code) => {
    for (const language of languages) {
      for (const detail of [{}, { subject: 'app.example' }]) {
        const { what, next } = faultWords(
          new Fault(code, { ...detail, reason: 'ECONNREFUSED invalid_grant' }),
          language,
        );
        for (const sentence of [what, next]) {
          expect(sentence).toMatch(/^\S.*[.]$/);
          expect(sentence).not.toMatch(technical);
          expect(sentence).not.toMatch(ofTerminals);
        }
      }
    }
  });

  it.each(faultCodes)('%s: Spanish is another text than English, and speaks to the person as a friend', (code) => {
    const fault = new Fault(code, { subject: 'app.example' });
    const [english, spanish] = [faultWords(fault, 'en'), faultWords(fault, 'es')];
    expect(spanish.what).not.toBe(english.what);
    expect(spanish.next).not.toBe(english.next);
    expect(`${spanish.what} ${spanish.next}`).not.toMatch(/\busted\b|\bthe\b|\byour?\b|\bsu cuenta\b|\bvuelva\b/i);
    expect(english.what.includes('app.example')).toBe(spanish.what.includes('app.example'));
  });

  it.each(faultCodes)('%s: without a language, the same meaning for programs', (code) => {
    const { what, next } = faultWords(new Fault(code, { subject: 'app.example' }));
    expect(what).toBe(faultWords(new Fault(code, { subject: 'app.example' }), 'en').what);
    expect(next).toMatch(/^\S.*[.]$/);
  });

  it('names commands to the command line only', () => {
    const fault = new Fault('sign-in-needed', { subject: 'Sales' });
    expect(faultSentence(fault)).toBe(
      'You are not signed in to Sales. Sign in with Conexor (in a terminal: npx conexor connect), then try again.',
    );
    expect(faultSentence(fault, 'en')).toBe('You are not signed in to Sales. Sign in, then try again.');
    expect(faultSentence(fault, 'es')).toBe('No has iniciado sesión en Sales. Inicia sesión y vuelve a intentarlo.');
  });

  it('has better next steps and kinds of things in every language; what is only in English reaches no window', () => {
    for (const language of languages) {
      const { advice, thing } = faultAdvice[language];
      for (const sentence of Object.values(advice)) expect(sentence).not.toMatch(technical);
      for (const [kind, name] of Object.entries(thing)) {
        // An empty name has nothing to be quoted.
        if (kind === 'account-label-empty') expect(name('')).not.toContain('"');
        else expect(name('x')).toContain('"x"');
      }
    }
    const known = new Fault('client-id-needed', { subject: 'Conexor', advice: 'conexor-client-id' });
    expect(faultWords(known).next).toContain('OAuth Clients');
    expect(faultWords(known, 'es').next).toContain('panel de Conexor');
    const typed = new Fault('input-invalid', { subject: 'http://x/cb', thing: 'redirect-address' });
    expect(faultWords(typed).what).toBe('The redirect address "http://x/cb" is not something Conexor can use.');
    expect(faultWords(typed, 'es').what).toBe('Conexor no puede usar la dirección de retorno "http://x/cb".');
    const english = new Fault('broker-absent', { next: 'Run "conexor start".' });
    expect(faultWords(english).next).toBe('Run "conexor start".');
    expect(faultWords(english, 'es').next).toBe('Inicia Conexor y vuelve a intentarlo.');
  });

  it('calls fields and ways in by their labels, never by their ids', () => {
    for (const language of languages) {
      const { field, way } = wordsOf(language).waysIn;
      for (const thing of ['missing-field', 'field'] as const) {
        for (const name of fieldNames) {
          const { what, next } = faultWords(new Fault('input-invalid', { subject: name, thing }), language);
          expect(what).toContain(`"${field[name].label}"`);
          for (const sentence of [what, next]) {
            expect(sentence).toMatch(/^\S.*[.]$/);
            expect(sentence).not.toMatch(technical);
            expect(sentence).not.toMatch(/\b[a-z]+-[a-z]+\b(?<!e-mail)/);
          }
        }
      }
      for (const id of waysIn) {
        const { what } = faultWords(new Fault('input-invalid', { subject: id, thing: 'way-in' }), language);
        expect(what).toContain(`"${way[id].name}"`);
        expect(what).not.toMatch(technical);
      }
    }
    const key = new Fault('input-invalid', { subject: 'private-key', thing: 'key-file' });
    expect(faultWords(key, 'en')).toMatchObject({
      what: expect.stringContaining('"Private key"'),
      next: expect.stringContaining('without a password'),
    });
    const unknown = new Fault('input-invalid', { subject: 'constructor', thing: 'field' });
    expect(faultWords(unknown).what).toContain('"constructor"');
  });

  it('of the window’s own say what they say everywhere', () => {
    for (const language of languages) {
      for (const [code, next] of Object.entries(wordsOf(language).window.ownFault)) {
        expect(next).toBe(faultWords(new Fault(code as FaultCode), language).next);
      }
    }
  });

  it('says from when on a day’s limit starts anew, where it is known', () => {
    const retryAtMs = new Date(2026, 10, 22, 0, 30).getTime();
    const fault = new Fault('generation-limit', { subject: 'api.example', retryAtMs });
    expect(faultWords(fault, 'en').next).toMatch(
      /^Sign in with an access key now, or try again from Sunday.*22.*12:30.* on\.$/,
    );
    expect(faultWords(fault, 'es').next).toMatch(
      /^Inicia sesión ahora con una clave de acceso o .* a partir del domingo.*0:30.*\.$/,
    );
  });

  it.each([
    [0, 'That was the last try for today.', 'Era el último intento de hoy.'],
    [1, '1 more try is left for today.', 'Hoy te queda 1 intento.'],
    [3, '3 more tries are left for today.', 'Hoy te quedan 3 intentos.'],
  ])('says how many tries are left, where it is known: %i', (triesLeft, en, es) => {
    const fault = new Fault('credentials-refused', { subject: 'api.example', triesLeft });
    expect(faultWords(fault, 'en').what).toBe(`api.example did not accept what you entered. ${en}`);
    expect(faultWords(fault, 'es').what).toBe(`api.example no ha aceptado lo que has escrito. ${es}`);
  });

  it('is marked as the catalogue’s own for the test that looks for other texts', () => {
    const { what, next } = faultWords(new Fault('unreachable', { subject: '127.0.0.1:1' }), 'pseudo');
    expect([what, next]).toEqual([
      '⟦Conexor could not reach 127.0.0.1:1.⟧',
      '⟦Check that it is running, then try again.⟧',
    ]);
  });
});
