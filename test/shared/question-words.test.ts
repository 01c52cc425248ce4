import { describe, expect, it } from 'vitest';
import type { Question } from '../../shared/snapshot.ts';
import type { WayInId } from '../../shared/ways-in.ts';
import { questionText, questionTitle } from '../../shared/words/questions.ts';
import { wordsOf } from '../../shared/words/words.ts';

const asked = (change: Partial<Question>): Question => ({
  ...{ id: 'q', program: 'Cursor', connectionId: 'c', askedAtMs: 0, endsAtMs: 1, what: 'sign-in' as const },
  ...change,
});
const said = (change: Partial<Question>, language: 'en' | 'es' = 'en') => {
  const words = wordsOf(language);
  const question = asked(change);
  return [questionTitle(question, 'Sales', words), questionText(question, 'Sales', 'the page', words)];
};

describe('a question says what a yes would do', () => {
  it.each([
    [{}, 'Cursor wants you to sign in to Sales', 'your browser opens the page; then you come back here.'],
    [{ another: true }, 'Cursor wants you to sign in to Sales with another account', 'your browser opens'],
    [{ account: 'Ana' }, 'Cursor wants you to sign in to Sales again as Ana', 'your browser opens'],
    [{ by: 'address' }, 'Cursor wants you to sign in to Sales', 'Cursor gets the address of the page'],
    [{ by: 'code' }, 'Cursor wants you to sign in to Sales', 'gets a code from Sales'],
    [{ what: 'revoke', account: 'Ana' }, 'Cursor wants to sign Ana out of Sales', 'every app loses this access'],
    [{ what: 'register-client' }, 'Cursor wants to make Conexor known to Sales as an app', 'makes a new entry'],
    [{ what: 'update-client' }, "Cursor wants to send Conexor's entry at Sales anew", 'once more'],
  ] as const)('%j', (change, title, text) => {
    expect(said(change)).toEqual([title, expect.stringContaining(text)]);
  });

  it('signing out promises what the service can do about this way in', () => {
    const text = (wayIn: WayInId | undefined) =>
      questionText(asked({ what: 'revoke', account: 'Ana' }), 'Sales', 'the page', wordsOf('en'), wayIn);
    expect(text('authorization-code')).toContain('Sales is asked to cancel it');
    expect(text('api-key')).toContain('The key itself stays good at Sales until it is deleted there.');
    expect(text('jwt-login')).toContain('Sales has no way to cancel it');
    expect(text('client-credentials')).toContain('where it has a way');
    // Where it is not known which account it is about, nothing is promised.
    expect(text(undefined)).toContain('where it has a way');
  });

  it('permissions are named in people’s words, others as the service spells them, and an entry that is made is said', () => {
    const [, text] = said({ scopes: ['email', 'admin:all'] });
    expect(text).toContain('Besides the usual it asks for: See your e-mail address and admin:all.');
    expect(text).toContain('makes an entry for it');
    expect(said({ scopes: ['email'] }, 'es')[1]).toContain('Además de lo habitual, pide: Ver tu dirección de correo.');
    expect(said({})[1]).not.toContain('Besides');
  });
});
