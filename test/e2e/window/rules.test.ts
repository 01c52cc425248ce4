/** The list of services and the page of one against a broker that says what the test wants: rules 1, 5, 7 to 10, 12, 13, 15, 16. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../shared/activity.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { SignOutAnswer } from '../../../shared/window.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { inWindow, visibleText, windowStage } from './looks.ts';
import { account, ana, everyday, everyState, globex, inState, program, service, stateOf, waiting } from './scenes.ts';
import { conexorPage } from './screens.ts';

const askedOf = ({ asked }: ScriptedWindow, method: string) =>
  asked.filter((one) => one.method === method).map(({ argument }) => argument);
const focused = (page: Page) => page.evaluate<string>('document.activeElement?.textContent ?? ""');
const said = async (page: Page) =>
  (await page.locator('[data-live-announcer] [role="status"]').allTextContents()).join('');

describe.skipIf(partMissing('browser') !== undefined)('services in the window', () => {
  const stage = windowStage();
  const onPage = (answers: Answers = {}, connections = everyday) => ({
    state: stateOf(connections),
    at: conexorPage,
    answers,
  });

  it('Rule 1 raw scopes, times, host and address stand under Details, and tools are asked for only there', () =>
    inWindow(
      stage,
      onPage({ tools: () => ({ tools: [{ name: 'sales_query', readOnly: true, destructive: false }] }) }),
      async (window) => {
        expect(askedOf(window, 'tools')).toEqual([]);
        await window.page.getByText('Details', { exact: true }).click();
        await window.page.getByText('sales_query').waitFor();
        const text = await visibleText(window.page);
        for (const raw of [
          'mcp:tools:execute',
          'app.conexor.example',
          'https://app.conexor.example/mcp/acme/conexor',
        ]) {
          expect(text).toContain(raw);
        }
        expect(askedOf(window, 'tools')).toEqual([{ connection: 'id-conexor' }]);
      },
    ));

  it('every state has its word, its shape and one main action; problems stand at the top', () =>
    inWindow(stage, { state: stateOf(everyState.map(triedAgainSoon)) }, async ({ page }) => {
      const rows = page.locator('.service');
      const badges = await rows.locator('.badge').allTextContents();
      expect(badges.map((badge) => badge.replace(/\d+/, '30'))).toEqual([
        'Sign in again',
        'Needs a new permission',
        "Can't reach (trying again in 30 s)",
        'Plan limit reached',
        'Removed by the service',
        'Connected',
        'Signing in…',
        'Paused',
        'Not signed in',
      ]);
      expect(await rows.locator('.badge svg').count()).toBe(badges.length);
      const actions = await rows.locator('.service-line > .button').allTextContents();
      expect(actions).toEqual([
        'Sign in again',
        'Allow it…',
        'Try now',
        'What this means',
        'Sign in again',
        'Details',
        'Resume',
        'Sign in',
      ]);
      expect(await page.locator('.state-line').textContent()).toBe('5 services need your attention.');
    }));

  it('says "Everything is working." when it does', () =>
    inWindow(stage, { state: stateOf(everyday) }, async ({ page }) => {
      expect(await page.locator('.state-line').textContent()).toBe('Everything is working.');
    }));

  it('Rule 7 Pause says what stops, whom, and what stays; it is done only after the answer', () =>
    inWindow(stage, onPage(), async (window) => {
      await window.page.getByRole('button', { name: 'Pause' }).click();
      const dialog = window.page.getByRole('dialog', { name: 'Pause Conexor?' });
      const text = await dialog.textContent();
      expect(text).toContain('Claude, Cursor and n8n can no longer use it');
      expect(text).toContain('Your sign-in is kept');
      await window.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(askedOf(window, 'setPaused')).toEqual([]);
      expect(await focused(window.page)).toBe('Pause');
      await window.page.getByRole('button', { name: 'Pause' }).click();
      await dialog.getByRole('button', { name: 'Pause' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(askedOf(window, 'setPaused')).toEqual([{ connection: 'id-conexor', paused: true }]);
      expect(await said(window.page)).toBe('Conexor is paused.');
    }));

  it('Rule 7 Sign out: what stops, who is affected by name, what is not touched; Escape; focus on Cancel', () =>
    inWindow(
      stage,
      onPage({ signOut: () => ({ account: ana.label, service: 'cancelled', proof: 'refused' }) }),
      async (window) => {
        const { page } = window;
        await page.getByRole('button', { name: 'Sign out…' }).click();
        const dialog = page.getByRole('alertdialog', { name: `Sign out ${ana.label}?` });
        const text = await dialog.textContent();
        expect(text).toContain('is forgotten on this computer. Conexor is asked to cancel it there');
        expect(text).toContain('Claude, Cursor and n8n: no access until you choose another account for them.');
        expect(text).toContain('Your data at Conexor');
        expect(text).toContain(`${globex.label} stays signed in.`);
        expect(await focused(page)).toBe('Cancel');
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        expect(askedOf(window, 'signOut')).toEqual([]);
        expect(await focused(page)).toBe('Sign out…');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'detached' });
        expect(askedOf(window, 'signOut')).toEqual([]);
        await page.getByRole('button', { name: 'Sign out…' }).click();
        await dialog.getByRole('button', { name: 'Sign out' }).click();
        await dialog.waitFor({ state: 'detached' });
        expect(askedOf(window, 'signOut')).toEqual([{ connection: 'id-conexor', account: ana.id }]);
      },
    ));

  it('Rule 7 Remove also forgets the service, and leads back to the list', () =>
    inWindow(
      stage,
      onPage({
        removeConnection: () => ({
          name: 'conexor',
          signedOut: [{ account: ana.label, service: 'waiting', proof: 'not-checked' }],
        }),
      }),
      async (window) => {
        const { page } = window;
        await page.getByRole('button', { name: 'More about Conexor' }).click();
        await page.getByRole('menuitem', { name: 'Remove…' }).click();
        const dialog = page.getByRole('alertdialog', { name: 'Remove Conexor?' });
        expect(await dialog.textContent()).toContain(`signs out ${ana.label} and ${globex.label}`);
        expect(await focused(page)).toBe('Cancel');
        await dialog.getByRole('button', { name: 'Remove' }).click();
        await window.show(stateOf(everyday.slice(1)));
        await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
        expect(await page.locator('.notice').textContent()).toContain('Removed here. Conexor has not confirmed it yet');
      },
    ));

  it('Rule 7 what the tray sends to the page asks its question and does nothing by itself', () =>
    inWindow(stage, { state: stateOf(everyday) }, async (window) => {
      await window.tell({ kind: 'page', page: { name: 'service', connection: 'id-conexor', dialog: 'sign-out' } });
      await window.page.getByRole('alertdialog').waitFor();
      await window.page.keyboard.press('Escape');
      await window.page.getByRole('alertdialog').waitFor({ state: 'detached' });
      expect(askedOf(window, 'signOut')).toEqual([]);
      // The same again asks again; loading anew does not.
      await window.tell({ kind: 'page', page: { name: 'service', connection: 'id-conexor', dialog: 'pause' } });
      await window.page.getByRole('dialog').waitFor();
      await window.page.reload();
      await window.page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
      expect(await window.page.getByRole('dialog').count()).toBe(0);
    }));

  const sentences: readonly (readonly [Omit<SignOutAnswer, 'account'>, string, boolean])[] = [
    [{ service: 'cancelled', proof: 'refused' }, 'has cancelled the access; a try with it was refused', true],
    [{ service: 'cancelled', proof: 'not-checked' }, 'has confirmed that the access is cancelled', true],
    [{ service: 'cancelled', proof: 'still-accepted' }, 'still accepts the old access', false],
    [{ service: 'waiting', proof: 'not-checked' }, 'has not confirmed it yet; Conexor keeps trying', false],
    [{ service: 'refused', proof: 'not-checked' }, 'did not cancel it', false],
    [{ service: 'no-way', proof: 'not-checked' }, 'has no way to cancel it', false],
    [{ service: 'may-live', proof: 'not-checked' }, 'may have issued newer access that Conexor never had', false],
  ];
  it.each(sentences)('Rule 8 after a sign-out, %o says which of the two has happened', (answer, words, confirmed) =>
    inWindow(stage, onPage({ signOut: () => ({ account: ana.label, ...answer }) }), async ({ page }) => {
      await page.getByRole('button', { name: 'Sign out…' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
      const notice = page.locator('.notice');
      await notice.waitFor();
      const text = (await notice.textContent()) ?? '';
      expect(text).toContain(words);
      expect(text.includes('is signed out on this computer')).toBe(!confirmed);
      expect(await said(page)).toContain(words);
    }),
  );

  it('Rule 8 what waits for the service stays in sight, with when it is tried again', () =>
    inWindow(
      stage,
      {
        state: stateOf(everyday, {
          snapshot: {
            pendingRevocations: [
              {
                id: 'revocation-1',
                subject: 'ana@old.example',
                host: 'app.conexor.example',
                requestedAtMs: Date.now(),
                attempts: 2,
                nextAttemptAtMs: new Date().setHours(23, 59, 0, 0),
              },
            ],
          },
        }),
      },
      async ({ page, show }) => {
        const queue = page.getByRole('region', { name: 'Sign-outs not confirmed yet' });
        expect(await queue.textContent()).toContain(
          'Removed here. app.conexor.example has not confirmed it yet; trying again at 23:59.',
        );
        await show(stateOf(everyday));
        await queue.waitFor({ state: 'detached' });
      },
    ));

  it('Rule 9 a new program is asked about above all, by name, account and what it may do', () =>
    inWindow(
      stage,
      { state: stateOf([service('Conexor', { clients: [program('Cursor', { access: 'asking' })] })]) },
      async (window) => {
        const question = window.page.getByRole('region', { name: 'Cursor asks to use Conexor' });
        const text = await question.textContent();
        expect(text).toContain(ana.label);
        expect(text).toContain('Use its tools: read and change your data');
        await question.getByRole('button', { name: /^Allow/ }).click();
        await expect
          .poll(() => askedOf(window, 'decideProgram'))
          .toEqual([{ connection: 'id-conexor', program: 'Cursor', allow: true, door: 'stdio' }]);
      },
    ));

  it('Rule 9 each app of a service has its last use, an account of its own if wanted, and Remove access', () =>
    inWindow(stage, onPage(), async (window) => {
      const apps = window.page.getByRole('region', { name: 'Apps that use it' });
      expect(await apps.textContent()).toMatch(/Last used \d+ minutes ago/);
      await apps.getByLabel('Account for Claude').selectOption(globex.label);
      await expect
        .poll(() => askedOf(window, 'useAccount'))
        .toEqual([{ connection: 'id-conexor', account: globex.id, client: 'Claude' }]);
      const bound = { ...program('Claude'), accountId: globex.id };
      await window.show(
        stateOf([service('Conexor', { accounts: [ana, globex], clients: [bound, program('Cursor')] })]),
      );
      await apps.getByLabel('Account for Claude').selectOption('The account in use');
      await expect
        .poll(() => askedOf(window, 'useAccount').at(-1))
        .toEqual({ connection: 'id-conexor', account: 'current', client: 'Claude' });
      await apps.getByRole('button', { name: 'More about Cursor' }).click();
      await window.page.getByRole('menuitem', { name: 'Remove access…' }).click();
      const dialog = window.page.getByRole('alertdialog');
      expect(await focused(window.page)).toBe('Cancel');
      await dialog.getByRole('button', { name: 'Remove access' }).click();
      await expect
        .poll(() => askedOf(window, 'decideProgram'))
        .toEqual([{ connection: 'id-conexor', program: 'Cursor', allow: false, door: 'stdio' }]);
    }));

  it('Rule 9 a service that every app has lost says so; one that none has used says that', () => {
    const lost = program('Claude', { access: 'refused', lastUsedAtMs: Date.now() - 60_000 });
    const line = async (clients: ConnectionView['clients'], language: 'en' | 'es') => {
      let text = '';
      await inWindow(
        stage,
        { state: stateOf([service('Conexor', { clients })], { app: { language } }) },
        async (own) => {
          text = (await own.page.locator('.service .fact').last().textContent()) ?? '';
        },
      );
      return text;
    };
    return Promise.all([
      expect(line([lost], 'en')).resolves.toBe('No app has access'),
      expect(line([lost], 'es')).resolves.toBe('Ninguna aplicación tiene acceso'),
      expect(line([], 'en')).resolves.toBe('No app has used it yet'),
      expect(line([program('Claude', { access: 'asking' })], 'en')).resolves.toBe('No app has used it yet'),
    ]);
  });

  it('what happened at a service is told in whole sentences, with the account', async () => {
    const happened = (id: number, change: Partial<Activity>): Activity => ({
      id,
      atMs: Date.now(),
      connectionId: 'id-conexor',
      connection: 'Conexor',
      what: 'tool',
      outcome: 'done',
      ...change,
    });
    const entries = [
      happened(5, { program: 'Claude', tool: 'list_orders', account: ana.label }),
      happened(4, { program: 'Claude', what: 'program-refused' }),
      happened(3, { what: 'switched', account: globex.label }),
      happened(2, { what: 'sign-in', account: globex.label }),
      happened(1, { what: 'sign-in', outcome: 'consent-denied' }),
    ];
    const told = async (language: 'en' | 'es') => {
      let texts: readonly string[] = [];
      const state = stateOf(everyday, { app: { language } });
      await inWindow(
        stage,
        { state, at: conexorPage, answers: { activity: () => ({ entries }) } },
        async ({ page }) => {
          const items = page.locator('.happenings > li > span');
          await items.first().waitFor();
          texts = await items.allTextContents();
        },
      );
      return texts;
    };
    expect(await told('en')).toEqual([
      `Claude used list_orders · ${ana.label}`,
      'Claude has no access',
      `You switched the account · ${globex.label}`,
      `You signed in · ${globex.label}`,
      "You didn't allow access",
    ]);
    expect(await told('es')).toEqual([
      `Claude usó list_orders · ${ana.label}`,
      'Claude no tiene acceso',
      `Cambiaste de cuenta · ${globex.label}`,
      `Iniciaste sesión · ${globex.label}`,
      'No permitiste el acceso',
    ]);
  });

  it('what did not work at a service says why, one cause as unlike another as in the activity', async () => {
    const why = ['account-banned', 'account-disabled', 'sign-in-cancelled'] as const;
    const entries = why.map(
      (outcome, n): Activity => ({
        ...{ id: why.length - n, atMs: Date.now(), connectionId: 'id-conexor', connection: 'Conexor' },
        ...{ what: 'sign-in', outcome },
      }),
    );
    const options = { state: stateOf(everyday), at: conexorPage, answers: { activity: () => ({ entries }) } };
    await inWindow(stage, options, async ({ page }) => {
      const items = page.locator('.happenings > li > span');
      await items.first().waitFor();
      expect(await items.allTextContents()).toEqual([
        'Not signed inConexor has blocked this user.',
        'Not signed inYour account at Conexor has been disabled there.',
        'Sign-in cancelled',
      ]);
    });
  });

  it('while another account signs in, a service that works stays connected, and the sign-in is told beside it', async () => {
    const another = { state: 'signing-in' as const, signIn: waiting({ another: true }) };
    await inWindow(stage, { state: stateOf([service('Conexor', another)]) }, async ({ page }) => {
      const row = page.locator('.service');
      expect(await row.locator('.badge').allTextContents()).toEqual(['Connected']);
      expect(await row.textContent()).toContain('Stays signed in');
      await row.getByText('Waiting for you in the browser').waitFor();
      await row.getByRole('button', { name: /^Details/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
      expect(await page.locator('.page-head .badge').textContent()).toBe('Connected');
      await page.locator('.waiting-card').getByText('Waiting for you in the browser').waitFor();
    });
    const ended = { ...another, accounts: [{ ...ana, state: 'sign-in-again' as const }] };
    await inWindow(stage, { state: stateOf([service('Conexor', ended)]) }, async ({ page }) => {
      expect(await page.locator('.service .badge').allTextContents()).toEqual(['Signing in…']);
    });
  });

  it('Rule 10 says when to sign in again in human words, and counts nothing down', () => {
    const day = 86_400_000;
    const soon = account('soon@acme.example', {
      current: true,
      renewsItself: false,
      expiresAtMs: Date.now() + 20 * day,
    });
    const words = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(soon.expiresAtMs);
    return inWindow(
      stage,
      { state: stateOf([service('Conexor'), service('Notion', { accounts: [soon] })]) },
      async ({ page }) => {
        const text = await visibleText(page);
        expect(text).toContain('Stays signed in');
        expect(text).toContain(`Sign in again by ${words}`);
        expect(text).not.toMatch(/\d+ (seconds|minutes|hours|days)\b(?! ago)/);
      },
    );
  });

  it('Rule 10 without a keychain no row promises more than the running program can keep', () =>
    inWindow(
      stage,
      { state: stateOf([service('Conexor')], { snapshot: { vault: { kind: 'memory' } } }) },
      async ({ page }) => {
        await page.getByText('Stays signed in until Conexor stops').waitFor();
        expect(await visibleText(page)).toContain('so no sign-in is saved.');
      },
    ));

  it('where the account in use was signed out, another one is offered', () => {
    const connection = service('Conexor', { state: 'sign-in-again', accounts: [globex] });
    return inWindow(stage, { state: stateOf([connection]) }, async (window) => {
      await window.page.getByText('No account in use').waitFor();
      await window.page.getByRole('button', { name: `Use ${globex.label}` }).click();
      await expect
        .poll(() => askedOf(window, 'useAccount'))
        .toEqual([{ connection: 'id-conexor', account: globex.id }]);
    });
  });

  it('Rule 11 what fails says so beside it, with what to do', () => {
    const refuse = () =>
      Promise.reject({ fault: 'unreachable', what: 'Asana could not be reached.', next: 'Try later.' });
    return inWindow(
      stage,
      { state: stateOf([inState('unreachable', 'Asana')]), answers: { retry: refuse } },
      async ({ page }) => {
        await page.getByRole('button', { name: 'Try now' }).click();
        expect(await page.getByRole('alert').textContent()).toContain('Asana could not be reached.Try later.');
      },
    );
  });

  it('Rule 13 another page puts focus on its title, and going back works', () =>
    inWindow(stage, { state: stateOf(everyday) }, async ({ page }) => {
      await page.getByRole('link', { name: 'Conexor' }).click();
      await page.getByRole('heading', { level: 1, name: 'Conexor' }).waitFor();
      expect(await focused(page)).toBe('Conexor');
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
      expect(await focused(page)).toBe('Services');
    }));

  it('Rule 13 accounts are switched by the keyboard, and it is said', () =>
    inWindow(stage, onPage(), async (window) => {
      const { page } = window;
      for (let turn = 0; turn < 30 && (await focused(page)) !== 'Use this one'; turn++)
        await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => askedOf(window, 'useAccount'))
        .toEqual([{ connection: 'id-conexor', account: globex.id }]);
      expect(await said(page)).toBe(`Apps now use ${globex.label}.`);
    }));

  it('Rule 15 whatever the tray can do for a service is on its page', () =>
    inWindow(stage, onPage(), async ({ page }) => {
      for (const name of ['Pause', 'Sign out…', 'Add another account', 'More about Conexor']) {
        await page.getByRole('button', { name, exact: true }).waitFor();
      }
      expect(await page.getByRole('button', { name: /^Use this one/ }).count()).toBe(1);
    }));

  it('Rule 16 unlocking: progress at once, words after a second, Cancel after three', () =>
    inWindow(
      stage,
      {
        state: stateOf([], { snapshot: { vault: { kind: 'locked' } } }),
        answers: { unlock: () => new Promise(() => undefined) },
      },
      async ({ page }) => {
        const appeared = page.evaluate(appearances, ['[role="progressbar"]', '.busy p', '.busy .button']);
        await page.getByRole('button', { name: 'Unlock' }).click();
        const [progress = Number.NaN, words = Number.NaN, cancel = Number.NaN] = await appeared;
        expect(progress).toBeLessThan(words);
        expect(words).toBeGreaterThan(950);
        expect(cancel).toBeGreaterThan(2_950);
        expect(await page.locator('.busy p').textContent()).toBe('Your computer may ask for its password…');
        await page.getByRole('button', { name: 'Cancel' }).click();
        await page.getByRole('progressbar').waitFor({ state: 'detached' });
      },
    ));
});

function triedAgainSoon(one: ConnectionView): ConnectionView {
  return one.state === 'unreachable' ? { ...one, retryAtMs: Date.now() + 28_000 } : one;
}

/** Runs in the page: how long after the next click each of these appears, in milliseconds. */
function appearances(selectors: readonly string[]): Promise<number[]> {
  interface Page {
    readonly document: {
      querySelector(selector: string): unknown;
      addEventListener(name: string, listener: () => void, how: { capture: boolean; once: boolean }): void;
    };
    requestAnimationFrame(next: () => void): void;
  }
  const page = globalThis as unknown as Page;
  const times = new Map<string, number>();
  return new Promise((resolve) => {
    const begin = () => {
      const startedAtMs = performance.now();
      const look = () => {
        for (const selector of selectors) {
          if (!times.has(selector) && page.document.querySelector(selector)) {
            times.set(selector, performance.now() - startedAtMs);
          }
        }
        if (times.size === selectors.length) resolve(selectors.map((selector) => times.get(selector) ?? 0));
        else page.requestAnimationFrame(look);
      };
      look();
    };
    page.document.addEventListener('pointerup', begin, { capture: true, once: true });
  });
}
