/** What choosing in the tray does and says, with a broker that answers as it is told. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../electron/shell/notices.ts';
import { trayChoice } from '../../electron/shell/tray-choice.ts';
import type { Page } from '../../shared/pages.ts';
import type { WindowAnswer } from '../../shared/window.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { connection, stateWith } from './states.ts';

let asked: (readonly [string, unknown])[];
let notices: Notice[];
let shown: (Page | undefined)[];
let answer: WindowAnswer;
const choose = trayChoice({
  face: {
    ask: async (method, argument) => {
      asked.push([method, argument]);
      return answer;
    },
    state: () => stateWith([connection('sales')]),
  },
  words: () => wordsOf('en'),
  showWindow: (page) => shown.push(page),
  notify: (notice) => notices.push(notice),
});

beforeEach(() => {
  asked = [];
  notices = [];
  shown = [];
  answer = { ok: true, result: {} };
});

describe('choosing in the tray', () => {
  it('shows the window, at a page', async () => {
    await choose({ kind: 'show' });
    await choose({ kind: 'show', page: { name: 'settings' } });
    expect([shown, asked, notices]).toEqual([[undefined, { name: 'settings' }], [], []]);
  });

  it('asks the broker, and is silent where menu and icon say it', async () => {
    const argument = { connection: 'connection sales', paused: true };
    await choose({ kind: 'ask', method: 'setPaused', argument });
    expect([asked, notices]).toEqual([[['setPaused', argument]], []]);
  });

  it('says what has become of a sign-out, by the name the service has on the screen', async () => {
    answer = { ok: true, result: { account: 'ana@acme.example', service: 'cancelled', proof: 'refused' } };
    await choose({ kind: 'ask', method: 'signOut', argument: { connection: 'connection sales', account: 'a' } });
    expect(notices).toEqual([
      {
        title: 'Signed out of ana@acme.example',
        body: 'sales has confirmed that the access is cancelled.',
        page: { name: 'service', connection: 'connection sales' },
      },
    ]);
  });

  it('says what has become of all of them', async () => {
    answer = { ok: true, result: { signedOut: [] } };
    await choose({ kind: 'ask', method: 'signOutAll', argument: {} });
    expect(notices.map(({ title }) => title)).toEqual(['Signed out of everything']);
  });

  it('says in plain words what did not work, and where to go on', async () => {
    answer = { ok: false, fault: { fault: 'keychain-locked', what: 'It is locked.', next: 'Unlock it.' } };
    await choose({ kind: 'ask', method: 'unlock', argument: {} });
    expect(notices).toEqual([
      { title: 'That did not work', body: 'It is locked. Unlock it.', page: { name: 'services' } },
    ]);
  });
});
