/** Rule 13: by the keyboard alone, nobody is left without focus after an action. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers } from '../../fakes/scripted-window.ts';
import { inWindow, windowStage } from './looks.ts';
import { account, ana, globex, program, service, stateOf, waiting } from './scenes.ts';
import { begins, conexorPage, sheetMain } from './screens.ts';

const both = service('Conexor', { accounts: [ana, globex] });
const paused = service('Conexor', { state: 'paused', accounts: [ana, globex] });
const switched = service('Conexor', {
  accounts: [
    { ...ana, current: false },
    { ...globex, current: true },
  ],
});
const refused = service('Conexor', { clients: [program('n8n', { access: 'refused' })] });
const allowed = service('Conexor', { clients: [program('n8n')] });

describe.skipIf(partMissing('browser') !== undefined)('the keyboard’s focus', () => {
  const stage = windowStage();

  interface Case {
    readonly name: string;
    readonly at?: string;
    readonly before: ConnectionView;
    readonly after: readonly ConnectionView[];
    readonly keys: readonly string[];
    /** What has the focus in the end: its words begin so. */
    readonly lands: string;
  }
  const cases: readonly Case[] = [
    { name: 'Pause confirmed', before: both, after: [paused], keys: ['Pause', 'Pause'], lands: 'Conexor' },
    { name: 'Resume', before: paused, after: [both], keys: ['Resume: Conexor'], lands: 'Conexor' },
    {
      name: 'Use this one',
      before: both,
      after: [switched],
      keys: [`Use this one: ${globex.label}`],
      lands: globex.label,
    },
    {
      name: 'Sign out confirmed',
      before: service('Conexor'),
      after: [service('Conexor', { state: 'sign-in-again', accounts: [] })],
      keys: ['Sign out…', 'Sign out'],
      lands: 'Conexor',
    },
    {
      name: 'Sign out of one account, in its menu',
      before: both,
      after: [service('Conexor')],
      keys: [`More about ${globex.label}`, `Sign out ${globex.label}…`, 'Sign out'],
      lands: 'Accounts',
    },
    {
      name: 'Remove confirmed',
      before: both,
      after: [service('Linear')],
      keys: ['More about Conexor', 'Remove…', 'Remove'],
      lands: 'Services',
    },
    { name: 'Allow again, of a service', before: refused, after: [allowed], keys: ['Allow again'], lands: 'n8n' },
    {
      name: 'Remove access confirmed, of a service',
      before: allowed,
      after: [refused],
      keys: ['More about n8n', 'Remove access…', 'Remove access'],
      lands: 'n8n',
    },
    {
      name: 'Allow again, of an app',
      at: '#/programs',
      before: refused,
      after: [allowed],
      keys: ['Allow again: n8n, Conexor'],
      lands: 'n8n',
    },
    {
      name: 'Remove access confirmed, of an app',
      at: '#/programs',
      before: allowed,
      after: [refused],
      keys: ['Remove access… n8n', 'Remove access'],
      lands: 'n8n',
    },
    {
      name: 'Remove access confirmed, of an app that is gone with it',
      at: '#/programs',
      before: allowed,
      after: [service('Conexor', { clients: [] })],
      keys: ['Remove access… n8n', 'Remove access'],
      lands: 'Apps',
    },
    {
      name: 'a question answered',
      at: '#/services',
      before: service('Conexor', { clients: [program('n8n', { access: 'asking' })] }),
      after: [refused],
      keys: ['Not now: n8n asks to use Conexor'],
      lands: 'Services',
    },
    {
      name: 'Resume in the list',
      at: '#/',
      before: paused,
      after: [both],
      keys: ['Resume: Conexor'],
      lands: 'Details',
    },
  ];
  const answers: Answers = {
    signOut: () => ({ account: ana.label, service: 'cancelled', proof: 'refused' }),
    removeConnection: () => ({ name: 'conexor', signedOut: [] }),
    removeProgram: () => ({ connections: 1, keyRemoved: false }),
  };
  it.each(cases)('Rule 13 after $name, focus is beside what was done', ({ at = conexorPage, ...one }) =>
    inWindow(stage, { state: stateOf([one.before]), at, answers }, async ({ page, show, asked }) => {
      const verbs = () =>
        asked.filter(({ method }) => !['state', 'activity', 'tools', 'clients', 'findTakeOvers'].includes(method))
          .length;
      for (const name of one.keys) await pressed(page, name);
      await expect.poll(verbs).toBe(1);
      await show(stateOf(one.after));
      await expect.poll(() => focusedOf(page)).toMatch(startOf(one.lands));
      // It stays there, and Tab goes on from there; backwards, where it is the last of the page.
      expect(await page.getByRole('dialog').or(page.getByRole('alertdialog')).count()).toBe(0);
      await page.keyboard.press('Shift+Tab');
      expect(await page.evaluate('document.activeElement !== document.body')).toBe(true);
    }),
  );

  it('Rule 13 what a person left by a press beside it does not take focus back', () =>
    inWindow(stage, { state: stateOf([both]), at: conexorPage }, async ({ page, show }) => {
      await page.getByRole('button', { name: `Use this one: ${globex.label}` }).focus();
      await page.locator('.page').click({ position: { x: 2, y: 2 } });
      await show(stateOf([switched]));
      await page.getByRole('button', { name: `Use this one: ${ana.label}` }).waitFor();
      expect(await page.evaluate('document.activeElement?.className')).toBe('panel');
    }));

  it('Rule 13 "Use … now" in the sheet leads to Done', () => {
    const signInOutcome: Answers['signInOutcome'] = () => ({
      kind: 'done',
      works: true,
      account: globex.label,
      accountId: globex.id,
      known: false,
      current: false,
      connection: both,
    });
    const start = { state: stateOf([both]), at: conexorPage, answers: { ...begins, signInOutcome } };
    return inWindow(stage, start, async (window) => {
      const { page, show, asked } = window;
      await pressed(page, 'Add another account');
      await show(stateOf([{ ...both, state: 'signing-in', signIn: waiting({ another: true, browserOpened: false }) }]));
      await sheetMain(window).waitFor();
      await pressed(page, 'Continue in the browser');
      await show(stateOf([{ ...both, state: 'signing-in', signIn: waiting({ another: true }) }]));
      await show(stateOf([both]));
      await page.getByRole('dialog', { name: 'Account added' }).waitFor();
      await pressed(page, `Use ${globex.label} now`);
      await expect.poll(() => asked.filter(({ method }) => method === 'useAccount').length).toBe(1);
      await show(stateOf([switched]));
      await page.getByRole('button', { name: `Use ${globex.label} now` }).waitFor({ state: 'detached' });
      await expect.poll(() => focusedOf(page)).toBe('Done');
      await page.keyboard.press('Enter');
      await expect.poll(() => focusedOf(page)).toMatch(/^Conexor/);
    });
  });

  it('Rule 13 Done on the sheet and "Go to my services" of the first run lead to titles', () => {
    const firstRun = { settings: { firstRunDone: false } };
    const toSign = service('Conexor', { state: 'sign-in-again', accounts: [], clients: [] });
    const own = account('ana.torres@acme.example', { current: true });
    const connected = { ...toSign, state: 'connected' as const, accounts: [own] };
    const run: Answers = {
      ...begins,
      addConnection: () => ({ connection: toSign, added: true }),
      signInOutcome: () => ({
        kind: 'done',
        works: true,
        account: own.label,
        accountId: own.id,
        known: false,
        current: true,
        connection: connected,
      }),
    };
    return inWindow(stage, { state: stateOf([], firstRun), answers: run }, async ({ page, show }) => {
      await pressed(page, 'Sign in to Conexor');
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      const signIn = waiting({ browserOpened: true });
      await show(stateOf([{ ...toSign, state: 'signing-in', signIn }], firstRun));
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      await show(stateOf([connected], firstRun));
      await page.getByRole('dialog', { name: 'Signed in to Conexor' }).waitFor();
      await pressed(page, 'Done');
      await expect.poll(() => focusedOf(page)).toBe('Ready');
      await pressed(page, 'Go to my services');
      await expect.poll(() => focusedOf(page)).toBe('Services');
    });
  });
});

/** Tab until it has the focus, then Enter; menu items by the arrows. */
async function pressed(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole('button', { name, exact: true }).or(page.getByRole('menuitem', { name, exact: true }));
  await wanted.last().waitFor();
  const item = await page.getByRole('menuitem', { name, exact: true }).count();
  for (let turn = 0; turn < 60; turn += 1) {
    if ((await nameOf(page)) === name) return page.keyboard.press('Enter');
    await page.keyboard.press(item > 0 ? 'ArrowDown' : 'Tab');
  }
  throw new Error(`the keyboard does not lead to ${name}`);
}

function focusedOf(page: Page): Promise<string> {
  return page.evaluate<string>(
    'document.activeElement === document.body ? "" : (document.activeElement?.textContent ?? "")',
  );
}

function nameOf(page: Page): Promise<string> {
  return page.evaluate<string>(
    '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
  );
}

function startOf(words: string): RegExp {
  return new RegExp(`^${words.replaceAll('.', '\\.')}`);
}
