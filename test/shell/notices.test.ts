/** When a person is notified: each time something begins that they must act on, once, and of nothing else. */
import { describe, expect, it, vi } from 'vitest';
import { createAskingNotices } from '../../electron/shell/asking-notices.ts';
import {
  askingNotice,
  begunToAsk,
  missingNotices,
  noticesFor,
  signedOutNotice,
  signedOutOfEverythingNotice,
} from '../../electron/shell/notices.ts';
import { type ConnectionView, type Snapshot, type State, stateSchema } from '../../shared/snapshot.ts';
import type { SignOutAnswer } from '../../shared/window.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { account, client, connection, question } from './states.ts';

const words = wordsOf('en');

function snapshot(connections: readonly ConnectionView[], vault: Snapshot['vault']['kind'] = 'keychain'): Snapshot {
  return {
    generation: 1,
    vault: { kind: vault },
    connections: [...connections],
    pendingRevocations: [],
    questions: [],
    localClients: [],
  };
}
const sales = (state: State, change: Partial<ConnectionView> = {}) => connection('sales', { state, ...change });
const between = (before: State, after: State) => noticesFor(snapshot([sales(before)]), snapshot([sales(after)]), words);

describe('an entry that vanished from another program', () => {
  const claude = { client: 'claude-desktop', title: 'Claude Desktop' } as const;
  const cursor = { client: 'cursor', title: 'Cursor' } as const;

  it('is told once, with where to put it back; not what was missing before, or is back', () => {
    const notice = { title: 'Claude Desktop has lost Conexor', body: expect.stringMatching(/\.$/) };
    expect(missingNotices([], [claude], words)).toEqual([{ ...notice, page: { name: 'programs' } }]);
    expect(missingNotices([claude], [claude], words), 'it lasts').toEqual([]);
    expect(missingNotices([claude], [], words), 'it is back').toEqual([]);
    expect(missingNotices(undefined, [claude], words), 'at the start').toEqual([]);
    expect(missingNotices([claude], [claude, cursor], words).map(({ title }) => title)).toEqual([
      'Cursor has lost Conexor',
    ]);
  });
});

describe('a service', () => {
  it.each([
    ['sign-in-again', 'Sign in to sales again'],
    ['permission-needed', 'sales needs a new permission'],
    ['removed-by-service', 'sales has ended your sign-in'],
  ] as const)('that is %s from now on is told, and where to act', (state, title) => {
    const page = { name: 'service', connection: 'connection sales' };
    expect(between('connected', state)).toEqual([{ title, body: expect.stringMatching(/\.$/), page }]);
    expect(between(state, state), 'it lasts').toEqual([]);
    expect(between(state, 'connected'), 'it is over').toEqual([]);
  });

  it('that trouble passes by itself, or that the person has paused, is not', () => {
    for (const state of stateSchema.options) {
      if (['sign-in-again', 'permission-needed', 'removed-by-service'].includes(state)) continue;
      expect(between('connected', state), state).toEqual([]);
    }
  });

  it("whose sign-in the person gave up is not: that was the person's own doing", () => {
    expect(between('signing-in', 'sign-in-again')).toEqual([]);
  });

  it('that was signed out on purpose is not', () => {
    const after = sales('sign-in-again', { accounts: [] });
    expect(noticesFor(snapshot([sales('connected')]), snapshot([after]), words)).toEqual([]);
  });

  it('whose account in use was signed out is not either, where others are left to choose from', () => {
    const accounts = [account('bea@acme.example')];
    const after = sales('sign-in-again', { accounts });
    expect(noticesFor(snapshot([sales('connected')]), snapshot([after]), words)).toEqual([]);
  });

  it('of practice is called by its name in the person’s language', () => {
    const [before, after] = (['connected', 'removed-by-service'] as const).map((state) =>
      snapshot([sales(state, { service: 'practice', title: 'Conexor practice service' })]),
    );
    const [notice] = noticesFor(before, after ?? snapshot([]), wordsOf('es'));
    expect(notice?.title).toContain('Servicio de práctica');
  });

  it('that was so before the start is not: window and tray show it', () => {
    expect(noticesFor(undefined, snapshot([sales('sign-in-again')]), words)).toEqual([]);
  });

  it('that comes back with the keychain is not', () => {
    expect(noticesFor(snapshot([], 'locked'), snapshot([sales('sign-in-again')]), words)).toEqual([]);
    expect(noticesFor(snapshot([sales('connected')]), snapshot([], 'locked'), words)).toEqual([]);
  });
});

describe('a program', () => {
  const asking = client('Cursor', { access: 'asking' });

  it('that asks for the first time is told once', () => {
    const before = snapshot([sales('connected')]);
    const after = snapshot([sales('connected', { clients: [asking] })]);
    expect(askingNotice(begunToAsk(before, after, words), words)).toEqual({
      title: 'Cursor asks for access',
      body: expect.stringContaining('sales'),
      page: { name: 'programs' },
    });
    expect(begunToAsk(after, after, words)).toEqual([]);
    const answered = snapshot([sales('connected', { clients: [{ ...asking, access: 'allowed' }] })]);
    expect(begunToAsk(after, answered, words)).toEqual([]);
    expect(begunToAsk(snapshot([]), after, words), 'also at a service that is new').toHaveLength(1);
    expect(begunToAsk(undefined, after, words), 'it lasts since before the start').toEqual([]);
    expect(begunToAsk(snapshot([], 'locked'), after, words), 'it comes back with the keychain').toEqual([]);
  });

  it('that has a question is told once, with the whole question and where to answer', () => {
    const before = snapshot([sales('connected')]);
    const after = { ...before, questions: [question('1', { account: 'ana@acme.example' })] };
    expect(askingNotice(begunToAsk(before, after, words), words)).toEqual({
      title: 'Claude wants to sign ana@acme.example out of sales',
      body: 'Nothing happens before you have answered in Conexor.',
      page: { name: 'services' },
    });
    expect(begunToAsk(after, after, words), 'it lasts').toEqual([]);
    expect(begunToAsk(after, before, words), 'it was answered').toEqual([]);
    expect(begunToAsk(undefined, after, words), 'it lasts since before the start').toEqual([]);
    for (const what of ['sign-in', 'register-client', 'update-client'] as const) {
      const asked = { ...before, questions: [question('1', { what })] };
      expect(askingNotice(begunToAsk(before, asked, words), words)?.title).toMatch(/^Claude wants .*sales/);
    }
  });

  it('with a question beside another one that asks to be let in: one notice for both', () => {
    const before = snapshot([sales('connected')]);
    const after = { ...snapshot([sales('connected', { clients: [asking] })]), questions: [question('1')] };
    expect(askingNotice(begunToAsk(before, after, words), words)).toMatchObject({
      title: '2 questions wait for your answer',
      page: { name: 'services' },
    });
  });

  it('that invents names gets one notice, and one more in ten seconds for all of them', () => {
    vi.useFakeTimers();
    try {
      const shown: string[] = [];
      const notices = createAskingNotices(
        () => words,
        ({ title }) => shown.push(title),
      );
      const withAsking = (count: number) =>
        snapshot([
          sales('connected', {
            clients: Array.from({ length: count }, (_, n) => client(`flood ${n}`, { access: 'asking' })),
          }),
        ]);
      notices.follow(undefined, withAsking(0));
      for (let n = 0; n < 120; n++) notices.follow(withAsking(n), withAsking(n + 1));
      expect(shown).toEqual(['flood 0 asks for access']);
      vi.advanceTimersByTime(10_000);
      expect(shown).toEqual(['flood 0 asks for access', '119 apps ask for access']);
      // Asked and answered in between: nothing to act on any more.
      notices.follow(withAsking(120), withAsking(121));
      notices.follow(withAsking(121), withAsking(0));
      vi.advanceTimersByTime(60_000);
      expect(shown).toHaveLength(2);
      notices.follow(withAsking(0), withAsking(1));
      expect(shown.slice(2)).toEqual(['flood 0 asks for access']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a sign-out from the tray', () => {
  const answer = (service: SignOutAnswer['service']): SignOutAnswer => ({
    account: 'ana@acme.example',
    service,
    proof: 'not-checked',
  });

  it('says both halves, and claims nothing that was not confirmed', () => {
    const told = (service: SignOutAnswer['service']) => signedOutNotice(answer(service), 'Sales', 'id', words);
    expect(told('cancelled').body).toMatch(/has confirmed/);
    for (const service of ['waiting', 'refused', 'no-way', 'may-live', 'nothing'] as const) {
      expect(told(service).title).toMatch(/here$/);
      expect(told(service).body).not.toMatch(/has confirmed/);
    }
    expect(told('may-live').body).toMatch(/may have issued newer access/);
    expect(told('waiting').page).toEqual({ name: 'service', connection: 'id' });
  });

  it('of everything counts what is open', () => {
    const told = (...answers: readonly SignOutAnswer['service'][]) =>
      signedOutOfEverythingNotice(answers.map(answer), words).body;
    expect(told('cancelled', 'cancelled')).toBe('Every service has confirmed it.');
    expect(told('cancelled', 'waiting')).toMatch(/^1 service has not confirmed it/);
    expect(told('waiting', 'no-way')).toMatch(/^2 services have not confirmed it/);
  });
});
