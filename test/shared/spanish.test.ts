/** Spanish sentences with a service in them. */
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../shared/words/words.ts';

const { firstRun, services, signIn } = wordsOf('es');

describe('a Spanish sentence about a service', () => {
  it.each([
    [signIn.done.nextApp, 'sobre el servicio de práctica.', 'sobre Linear.'],
    [(name: string) => signIn.done.nextAsk(name, 'Claude'), 'sobre el servicio de práctica.', 'sobre Linear.'],
    [signIn.title, 'en el servicio de práctica', 'en Linear'],
    [signIn.titleAnother, 'una cuenta del servicio de práctica', 'una cuenta de Linear'],
    [signIn.preparing, 'Preguntando al servicio de práctica', 'Preguntando a Linear'],
    [signIn.done.title, 'en el servicio de práctica', 'en Linear'],
    [(name: string) => firstRun.ready.signedIn(name, 'ana'), 'en el servicio de práctica como', 'en Linear como'],
  ])('gives the practice service its article, and other names none (%#)', (sentence, ours, others) => {
    expect(sentence(services.practiceService)).toContain(ours);
    expect(sentence('Linear')).toContain(others);
  });
});
