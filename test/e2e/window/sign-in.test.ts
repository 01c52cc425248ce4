/** The sheet of a sign-in against a broker that says what the test wants: rules 2, 3, 5, 6, 11, 12, 13 and 16. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { codes, inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { ana, claude, everyday, globex, program, service, stateOf, waiting } from './scenes.ts';
import {
  begins,
  conexorPage,
  done,
  inBrowser,
  prepared,
  sheetMain,
  signedIn,
  signedOut,
  toReady,
  toWaiting,
  unreachable,
} from './screens.ts';

const askedOf = ({ asked }: ScriptedWindow, method: string) => asked.filter((one) => one.method === method);
const dialogOf = (page: Page) => page.getByRole('dialog');

describe.skipIf(partMissing('browser') !== undefined)('a sign-in in the window', () => {
  const stage = windowStage();
  const from = (answers: Answers, connections = [signedOut]) => ({ state: stateOf(connections), answers });

  it('Rule 2 before the browser opens, one sentence says whose page, what it asks, and that one comes back', () =>
    inWindow(stage, from(begins), async (window) => {
      await toReady(window);
      const dialog = dialogOf(window.page);
      const sentence = await dialog.locator('p').first().textContent();
      expect(sentence).toContain('app.conexor.example');
      expect(sentence).toContain('asks you to allow the following');
      expect(sentence).toContain('come back here');
      expect(sentence?.match(/[.!?](\s|$)/g)).toHaveLength(1);
      expect(await dialog.getByRole('listitem').allTextContents()).toContain(
        'Use its tools: read and change your data',
      );
      expect(await visibleText(window.page)).not.toMatch(jargon);
      expect(askedOf(window, 'startSignIn').map(({ argument }) => argument)).toEqual([
        { connection: signedOut.id, openBrowser: false },
      ]);
      expect(askedOf(window, 'openSignIn')).toEqual([]);
      await dialog.getByRole('button', { name: 'Continue in the browser' }).click();
      await expect.poll(() => askedOf(window, 'openSignIn').length).toBe(1);
    }));

  it('Rule 6 "Sign in again" of an account that is not in use asks for that one', () =>
    inWindow(stage, { ...from(begins, [service('Conexor', { accounts: [ana, globex] })]) }, async (window) => {
      const { page } = window;
      await page
        .getByRole('link', { name: /Conexor/ })
        .last()
        .click();
      await page
        .getByRole('button', { name: new RegExp(globex.label) })
        .last()
        .click();
      await page.getByRole('menuitem', { name: 'Sign in again' }).click();
      await dialogOf(page).waitFor();
      await expect
        .poll(() => askedOf(window, 'startSignIn').map(({ argument }) => argument))
        .toEqual([{ connection: 'id-conexor', account: globex.id, openBrowser: false }]);
    }));

  it('Rule 3 says "Waiting for you in the browser" at once, before the browser has answered', () =>
    inWindow(stage, from({ ...begins, openSignIn: () => new Promise(() => undefined) }), async (window) => {
      await toReady(window);
      await sheetMain(window).click();
      await dialogOf(window.page).getByRole('heading', { name: 'Waiting for you in the browser' }).waitFor();
      const names = await dialogOf(window.page).locator('.dialog-actions').getByRole('button').allTextContents();
      expect(names.toSorted()).toEqual(['Cancel', 'Copy link', 'Open the page again']);
    }));

  it('Rule 3 Cancel, Open the page again and Copy link do what they say', () =>
    inWindow(
      stage,
      from({ ...begins, signInLink: () => ({ url: 'https://app.conexor.example/oauth/consent?state=1' }) }),
      async (window) => {
        await toWaiting(window);
        const dialog = dialogOf(window.page);
        await dialog.getByRole('button', { name: 'Copy link' }).click();
        await dialog.getByRole('button', { name: 'Link copied' }).waitFor();
        expect(askedOf(window, 'copyText').map(({ argument }) => argument)).toEqual([
          { text: 'https://app.conexor.example/oauth/consent?state=1' },
        ]);
        await dialog.getByRole('button', { name: 'Open the page again' }).click();
        await expect.poll(() => askedOf(window, 'openSignIn').length).toBe(2);
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await dialog.waitFor({ state: 'detached' });
        expect(askedOf(window, 'cancelSignIn').map(({ argument }) => argument)).toEqual([{ attempt: 'attempt-1' }]);
        // Its end is no news.
        await window.show(stateOf([signedOut]));
        expect(await window.page.locator('.notice').count()).toBe(0);
      },
    ));

  it('Rule 3 after two minutes it says that nothing has been saved', () =>
    inWindow(stage, from(begins), async (window) => {
      await toReady(window);
      await sheetMain(window).click();
      const still = dialogOf(window.page).getByText('Still waiting. Nothing has been saved.');
      await window.show(stateOf([{ ...prepared, signIn: waiting({ startedAtMs: Date.now() - 118_500 }) }]));
      expect(await still.count()).toBe(0);
      await still.waitFor();
    }));

  it('Rule 3 when its time is up, it says so and offers another try', () =>
    inWindow(stage, from({ ...begins, signInOutcome: () => ({ kind: 'timed-out' }) }), async (window) => {
      await toWaiting(window);
      await window.show(stateOf([signedOut]));
      const dialog = window.page.getByRole('dialog', { name: 'The sign-in has stopped' });
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain('Nobody answered for 10 minutes. Nothing has been saved.');
      expect(await dialog.locator('.dialog-actions').getByRole('button').allTextContents()).toEqual(['Try again']);
    }));

  it('Rule 3 a reload, or a sign-in that began elsewhere, shows it waiting in its row, with the same three buttons', () =>
    inWindow(stage, from(begins), async (window) => {
      await toWaiting(window);
      await window.page.reload();
      const row = window.page.getByRole('listitem').filter({ hasText: 'Waiting for you in the browser' });
      await row.waitFor();
      expect(await row.getByRole('button').allTextContents()).toEqual(['Cancel', 'Copy link', 'Open the page again']);
      expect(await window.page.getByRole('dialog').count()).toBe(0);
      await row.getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => askedOf(window, 'cancelSignIn').length).toBe(1);
    }));

  it('a browser that cannot be opened: the link is the main thing then', () =>
    inWindow(stage, from({ ...begins, openSignIn: () => ({ browserOpened: false }) }), async (window) => {
      await toWaiting(window);
      await window.page.getByRole('dialog', { name: 'The browser could not be opened' }).waitFor();
      expect(await sheetMain(window).textContent()).toBe('Copy link');
    }));

  it('double clicks begin one attempt and open one page; an attempt that waits already is joined', () =>
    inWindow(stage, from(begins), async (window) => {
      await window.page.locator('.service .button').dblclick();
      await dialogOf(window.page).waitFor();
      await window.show(stateOf([prepared]));
      await sheetMain(window).dblclick();
      await window.page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      expect(askedOf(window, 'startSignIn')).toHaveLength(1);
      expect(askedOf(window, 'openSignIn')).toHaveLength(1);
      // As a second window sees it.
      await window.page.reload();
      await window.page.getByRole('button', { name: 'Continue in the browser' }).click();
      await dialogOf(window.page).waitFor();
      expect(askedOf(window, 'startSignIn')).toHaveLength(1);
    }));

  it('Rule 5 a denial is calm: nothing changed, nothing red, Try again', () =>
    inWindow(stage, from({ ...begins, signInOutcome: () => ({ kind: 'denied' }) }), async (window) => {
      await toWaiting(window);
      await window.show(stateOf([signedOut]));
      const dialog = window.page.getByRole('dialog', { name: "You didn't allow access" });
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain('Nothing changed.');
      expect(await dialog.locator('.tone-bad, .tone-notice, .danger, [role="alert"]').count()).toBe(0);
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => askedOf(window, 'startSignIn').length).toBe(2);
    }));

  it('Rule 5 a denial of a sign-in that another program began is as calm in the list', () =>
    inWindow(
      stage,
      from({ ...begins, signInOutcome: () => ({ kind: 'denied' }) }, [inBrowser()]),
      async ({ page, show }) => {
        await show(stateOf([signedOut]));
        const notice = page.locator('.notice');
        await notice.waitFor();
        expect(await notice.getAttribute('class')).toBe('notice tone-calm');
        expect(await notice.textContent()).toMatch(/You didn't allow access.*Nothing changed\./);
      },
    ));

  it('Rule 11 one that came to nothing is told with its service, and on its page has one button', () =>
    inWindow(
      stage,
      from({ ...begins, signInOutcome: () => ({ kind: 'timed-out' }) }, [inBrowser(), service('Notes')]),
      async ({ page, show }) => {
        await show(stateOf([signedOut, service('Notes')]));
        const notice = page.locator('.notice');
        await notice.waitFor();
        expect(await notice.locator('.notice-title').textContent()).toBe('Conexor: The sign-in has stopped');
        await page.getByRole('link', { name: 'Conexor', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
        expect(await notice.locator('.notice-title').textContent()).toBe('The sign-in has stopped');
        expect(await notice.getByRole('button', { name: 'Try again' }).count()).toBe(1);
        expect(await page.locator('.page-actions .button.primary').count()).toBe(0);
        await notice.getByRole('button', { name: 'Dismiss' }).click();
        await page.locator('.page-actions .button.primary').waitFor();
      },
    ));

  it('Rule 4 what the service says to the first call stands there in place of "It is ready"', () => {
    const view = service('Conexor', { accounts: [ana], clients: [claude], state: 'plan-limit' });
    const stop = { fault: 'plan-limit', what: 'Your plan’s limit is used up.', next: 'Raise it, or wait.' };
    const answers: Answers = {
      ...begins,
      signInOutcome: () => ({
        kind: 'done',
        works: false,
        stop,
        account: ana.label,
        accountId: ana.id,
        known: false,
        current: true,
        connection: view,
      }),
    };
    return inWindow(stage, from(answers), async (window) => {
      await toReady(window);
      await sheetMain(window).click();
      await window.show(stateOf([view]));
      const dialog = window.page.getByRole('dialog', { name: 'Signed in to Conexor' });
      await dialog.waitFor();
      const text = await dialog.textContent();
      expect(text).toContain(`${stop.what}${stop.next}`);
      expect(text).not.toMatch(/It is ready|What to do now/);
    });
  });

  it('a key that no program has come with is no app that one could ask', async () => {
    const key = program('script', { door: 'http' });
    const told = async (clients: ConnectionView['clients']) => {
      const view = service('Conexor', { clients });
      const outcome = { kind: 'done', works: true, account: ana.label, accountId: ana.id } as const;
      const signInOutcome = () => ({ ...outcome, known: false, current: true, connection: view });
      let text = '';
      await inWindow(stage, from({ ...begins, signInOutcome }), async (window) => {
        await toReady(window);
        await sheetMain(window).click();
        await window.show(stateOf([view]));
        text = (await window.page.getByRole('dialog', { name: 'Signed in to Conexor' }).textContent()) ?? '';
      });
      return text;
    };
    const alone = await told([key]);
    expect(alone).toContain('Connect your assistant to Conexor; then ask it something about Conexor.');
    expect(alone).toContain('How to connect an assistant');
    expect(alone).not.toContain('script');
    // One that came while nobody was signed in has used nothing yet, and is the one to ask.
    expect(await told([key, program('Cursor')])).toContain('Ask Cursor something about Conexor. It is ready.');
    const used = { ...key, lastUsedAtMs: Date.now() };
    expect(await told([used])).toContain('Ask script something about Conexor. It is ready.');
  });

  it('Rule 6 another account is added and offered as a switch; the same one again is renewed', async () => {
    const both = service('Conexor', { accounts: [ana, globex], clients: [claude] });
    const anotherDone = (current: boolean, known: boolean): Answers => ({
      ...begins,
      signInOutcome: () => ({
        kind: 'done',
        works: true,
        account: current ? ana.label : globex.label,
        accountId: current ? ana.id : globex.id,
        known,
        current,
        connection: both,
      }),
    });
    const add = async (window: ScriptedWindow) => {
      await window.page.getByRole('button', { name: 'Add another account' }).click();
      await window.show(
        stateOf([{ ...both, state: 'signing-in', signIn: waiting({ another: true, browserOpened: false }) }]),
      );
      await sheetMain(window).click();
      await window.show(stateOf([{ ...both, state: 'signing-in', signIn: waiting({ another: true }) }]));
      await window.show(stateOf([both]));
      await window.page.getByRole('dialog', { name: /^(Signed in to Conexor|Account added)$/ }).waitFor();
    };
    const at = { state: stateOf([both]), at: conexorPage };
    await inWindow(stage, { ...at, answers: anotherDone(false, false) }, async (window) => {
      await add(window);
      expect(askedOf(window, 'startSignIn')[0]?.argument).toMatchObject({ another: true });
      const text = await dialogOf(window.page).textContent();
      expect(text).toContain('Account added');
      expect(text).toContain(`${globex.label} was added. Apps go on with ${ana.label}.`);
      await window.page.getByRole('button', { name: `Use ${globex.label} now` }).click();
      await expect
        .poll(() => askedOf(window, 'useAccount').map(({ argument }) => argument))
        .toEqual([{ connection: both.id, account: globex.id }]);
    });
    await inWindow(stage, { ...at, answers: anotherDone(true, true) }, async (window) => {
      await add(window);
      expect(await dialogOf(window.page).textContent()).toContain('has been renewed');
    });
  });

  it('Rule 11 a failure says what happened and what to do, with one button', () =>
    inWindow(stage, from({ ...begins, signInOutcome: () => ({ kind: 'failed', ...unreachable }) }), async (window) => {
      await toWaiting(window);
      await window.show(stateOf([signedOut]));
      const dialog = window.page.getByRole('dialog', { name: unreachable.what });
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain(unreachable.next);
      expect(await dialog.locator('.dialog-actions').getByRole('button').allTextContents()).toEqual(['Try again']);
      expect(await visibleText(window.page)).not.toMatch(codes);
    }));

  it('Rule 11 where the service wants a client ID, it is entered there and the sign-in begins again', () => {
    let known = false;
    const answers: Answers = {
      startSignIn: () =>
        known
          ? (begins.startSignIn?.({ openBrowser: false }) ?? Promise.reject(new Error('unreachable')))
          : Promise.reject({ fault: 'client-id-needed', what: 'It wants a client ID.', next: 'Enter it here.' }),
      addConnection: () => {
        known = true;
        return { connection: signedOut, added: false };
      },
    };
    return inWindow(stage, from(answers), async (window) => {
      await window.page.locator('.service .button').click();
      await window.page.getByRole('textbox', { name: 'Client ID' }).fill(' abc-123 ');
      await window.page.keyboard.press('Enter');
      await window.page.getByRole('dialog', { name: 'Sign in to Conexor' }).waitFor();
      expect(askedOf(window, 'addConnection').map(({ argument }) => argument)).toEqual([
        { target: signedOut.resource, clientId: 'abc-123' },
      ]);
    });
  });

  it('Rule 12 no page is opened by loading, by what the broker tells, or by an ended sign-in', () =>
    inWindow(stage, from({ ...begins, signInOutcome: () => ({ kind: 'timed-out' }) }, [prepared]), async (window) => {
      await window.page.reload();
      await window.page.locator('.service').waitFor();
      await window.show(stateOf([inBrowser()]));
      await window.show(stateOf([signedOut]));
      await window.page.locator('.notice').waitFor();
      await window.tell({ kind: 'page', page: { name: 'service', connection: signedOut.id } });
      await window.page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
      expect(window.asked.filter(({ method }) => /openSignIn|startSignIn|openHelp/.test(method))).toEqual([]);
      expect(window.context.pages()).toHaveLength(1);
    }));

  it('Rule 13 by the keyboard alone; the outcome is announced, and focus ends on the service', () =>
    inWindow(stage, from(done), async ({ page, show }) => {
      const press = (key: string) => page.keyboard.press(key);
      const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
      for (let turn = 0; turn < 20 && (await focused()) !== 'Sign in'; turn++) await press('Tab');
      await press('Enter');
      await show(stateOf([prepared]));
      await page.locator('[role="dialog"] .points').waitFor();
      expect(await focused()).toBe('Continue in the browser');
      await press('Enter');
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      await show(stateOf([inBrowser()]));
      await show(stateOf([signedIn]));
      await page.getByRole('dialog', { name: 'Signed in to Conexor' }).waitFor();
      const said = page.locator('[data-live-announcer] [role="status"]');
      expect((await said.allTextContents()).join('')).toBe(`Signed in to Conexor. As ${ana.label}.`);
      await expect.poll(focused).toBe('Done');
      await press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe(`service-${signedIn.id}`);
    }));

  it('Rule 13 Escape gives up what was not begun, and leaves what waits in the browser waiting', () =>
    inWindow(stage, from(begins), async (window) => {
      await toReady(window);
      await window.page.keyboard.press('Escape');
      await dialogOf(window.page).waitFor({ state: 'detached' });
      expect(askedOf(window, 'cancelSignIn')).toHaveLength(1);
      await window.show(stateOf([signedOut]));
      await toWaiting(window);
      await window.page.keyboard.press('Escape');
      await dialogOf(window.page).waitFor({ state: 'detached' });
      expect(askedOf(window, 'cancelSignIn')).toHaveLength(1);
      await window.page.getByText('Waiting for you in the browser').waitFor();
    }));

  it('Rule 16 preparing shows progress at once, words after a second, and can be cancelled', () =>
    inWindow(stage, from({ startSignIn: () => new Promise(() => undefined) }), async (window) => {
      await window.page.locator('.service .button').click();
      const dialog = dialogOf(window.page);
      await dialog.getByRole('progressbar').waitFor();
      expect(await dialog.getByRole('status').textContent()).toBe('');
      await dialog.getByText('Asking Conexor how to sign in…').waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(askedOf(window, 'cancelSignIn').map(({ argument }) => argument)).toEqual([{ attempt: signedOut.id }]);
    }));

  it('a sign-in that an assistant began puts focus on its service when it is done', () =>
    inWindow(stage, from(done, [inBrowser(), ...everyday.slice(1)]), async ({ page, show }) => {
      await show(stateOf([signedIn, ...everyday.slice(1)]));
      await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe(`service-${signedIn.id}`);
      expect(await page.locator('.notice.tone-good').textContent()).toContain('Signed in to Conexor');
    }));
});
