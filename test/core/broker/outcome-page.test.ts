import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../electron/core/broker/outcome-page.ts';
import type { SignInOutcome } from '../../../electron/core/broker/sign-in.ts';
import { practice } from '../../../electron/core/services/practice.ts';
import { Fault } from '../../../shared/faults.ts';
import { languages } from '../../../shared/settings.ts';
import { serviceWords } from '../../../shared/words/window-services.ts';
import { startPerson } from '../../fakes/person.ts';

const acme = { id: 'mcp', title: 'Acme service' };

const done = (current: boolean): SignInOutcome => ({
  kind: 'done',
  answer: { kind: 'worked' },
  account: {
    id: 'a',
    connectionId: 'c',
    issuer: 'https://a.example',
    subject: 's',
    label: 'ada@a.example',
    wayIn: 'authorization-code',
    email: undefined,
    organisation: undefined,
    addedAtMs: 0,
  },
  known: false,
  current,
  grantedScopes: ['mcp:tools:execute', 'constructor', 'x:unknown'],
});

describe('the last page', () => {
  it.each(languages)(
    'rule 4: good news for a finished sign-in alone, with account and permissions (%s)',
    (language) => {
      const page = pageOf(done(true), acme, language);
      expect(page.tone).toBe('good');
      expect(page.title).toContain('ada@a.example');
      expect(page.permissions).toHaveLength(1);
      expect(page.sentences[0]).toContain('Acme service');
      expect(pageOf(done(false), acme, language).sentences).toHaveLength(page.sentences.length + 1);
      const others: SignInOutcome[] = [
        { kind: 'denied' },
        { kind: 'cancelled' },
        { kind: 'timed-out' },
        { kind: 'open', connectionId: 'c' },
        { kind: 'failed', fault: new Fault('token-refused', { subject: 'a.example' }) },
      ];
      for (const outcome of others) {
        const { tone, permissions, title, sentences } = pageOf(outcome, acme, language);
        expect([tone, permissions]).toEqual([outcome.kind === 'failed' ? 'bad' : 'calm', undefined]);
        expect(`${title} ${sentences.join(' ')}`).not.toContain('ada@a.example');
      }
    },
  );

  it.each(languages)('calls the service that comes with Conexor as the window does (%s)', async (language) => {
    const name = serviceWords[language].practiceService;
    expect(pageOf(done(true), practice, language).sentences[0]).toContain(name);
    const person = await startPerson({ language: () => language });
    try {
      const { page } = (await person.signIn('acme')).browser;
      expect(page).toContain(name);
      for (const other of languages.filter((one) => one !== language))
        expect(page).not.toContain(serviceWords[other].practiceService);
    } finally {
      await person.stop();
    }
  });

  it('every text differs between the languages', () => {
    for (const outcome of [done(false), { kind: 'denied' }, { kind: 'timed-out' }] satisfies SignInOutcome[]) {
      const [en, es] = [pageOf(outcome, acme, 'en'), pageOf(outcome, acme, 'es')];
      expect(es.title).not.toBe(en.title);
      for (const [n, sentence] of en.sentences.entries()) expect(es.sentences[n]).not.toBe(sentence);
    }
  });
});
