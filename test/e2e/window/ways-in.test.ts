/** The ways into a service in the window: adding with what is typed, signing in again, a code, a pasted address. */
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import type { ScriptedWindow } from '../../fakes/scripted-window.ts';
import { codes, inWindow, visibleText, windowStage } from './looks.ts';
import { everyday, service, stateOf, waiting } from './scenes.ts';
import { begins, mainButton, prepared, sheetMain, signedOut, toWaiting } from './screens.ts';
import {
  added,
  byCode,
  codeWaits,
  codeWanted,
  connexease,
  connexeasePage,
  device,
  doneDirect,
  manyWays,
  refused,
  refusedInWords,
  signedOutConnexease,
} from './ways-screens.ts';

const askedOf = ({ asked }: ScriptedWindow, method: string) =>
  asked.filter((one) => one.method === method).map(({ argument }) => argument);
const dialogOf = (page: Page) => page.getByRole('dialog');
const said = async (page: Page) =>
  (await page.locator('[data-live-announcer] [role="status"]').allTextContents()).join('');
const focusedName = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? ""',
  );

async function openCard(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { level: 2, name: title, exact: true }).click();
}
const openForm = (page: Page) => page.locator('.way-card[open]');

describe.skipIf(partMissing('browser') !== undefined)('adding a service with what is typed', () => {
  const stage = windowStage();
  const at = (answers = added) => ({ state: stateOf(everyday), at: '#/add', answers });

  it('Rule 1 Conexor stays two plain names; its other ways are behind one quiet button', () =>
    inWindow(stage, at(), async ({ page }) => {
      const form = openForm(page);
      expect(await form.getByRole('textbox').count()).toBe(2);
      expect(await form.getByRole('radio').count()).toBe(0);
      expect(await form.locator('.button.primary').count()).toBe(1);
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      expect(await form.getByRole('radio').count()).toBe(4);
      expect(await focusedName(page)).toBe('In the browser');
      expect(await form.getByRole('textbox').count()).toBe(2);
    }));

  it('each way shows its own fields only, and what is kept where', () =>
    inWindow(stage, at(), async ({ page }) => {
      const form = openForm(page);
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      const shown = async (way: string) => {
        await form.getByRole('radio', { name: way }).check();
        return [
          (await form.locator('.way-fields label').allTextContents()).join(', '),
          (await form.locator('.way-fields > .note').allTextContents()).join(' '),
        ];
      };
      expect(await shown('In the browser')).toEqual(['', '']);
      expect(await shown('With e-mail and password')).toEqual([
        'E-mail, Password',
        'Only what the service answers is kept; your password is not.',
      ]);
      expect(await shown('As a program, with a client ID')).toEqual([
        expect.stringContaining('Client ID, Client secret'),
        'What you enter is kept in the sealed file on this computer, because renewing needs it.',
      ]);
      expect(await shown('With an API key')).toEqual(['API key', expect.stringContaining('sent to the service alone')]);
    }));

  it.each([
    ['en', /sealed file|archivo/, ['only until Conexor stops; renewing', 'only until Conexor stops, and sent']],
    [
      'es',
      /sealed file|archivo/,
      ['solo hasta que Conexor se cierre; hace', 'solo hasta que Conexor se cierre y solo'],
    ],
  ] as const)('where nothing lasts, no form speaks of a file (%s)', (language, file, [typed, given]) => {
    const state = stateOf(everyday, { snapshot: { vault: { kind: 'memory' } }, app: { language } });
    return inWindow(stage, { ...at(), state }, async ({ page }) => {
      const form = openForm(page);
      await form.locator('.buttons .quiet').click();
      const kept = async (way: number) => {
        await form.locator('.ways-in input').nth(way).check();
        return (await form.locator('.way-fields > .note').allTextContents()).join(' ');
      };
      const said = [await kept(1), await kept(2), await kept(3)].join(' ');
      expect(said).toContain(typed);
      expect(said).toContain(given);
      expect(said).not.toMatch(file);
    });
  });

  it('what is empty is said at its field, which gets the focus; nothing is sent off', () =>
    inWindow(stage, at(), async (window) => {
      const { page } = window;
      await openCard(page, 'A service with client ID and secret');
      const form = openForm(page);
      await form.getByRole('textbox', { name: 'Its address' }).fill('api.example.com');
      await form.getByRole('textbox', { name: 'Client ID' }).fill('acme');
      await form.getByRole('button', { name: 'Continue' }).click();
      expect(await form.getByRole('alert').allTextContents()).toEqual(['Fill in this field: Client secret.']);
      await expect.poll(() => focusedName(page)).toBe('Client secret');
      expect(askedOf(window, 'addConnection')).toEqual([]);
    }));

  it('a key with a blank inside is refused at its field; blanks and line ends around it are harmless', () =>
    inWindow(stage, at(doneDirect), async (window) => {
      const { page } = window;
      await openCard(page, 'Connexease');
      const field = openForm(page).getByRole('textbox', { name: 'Access key' });
      await field.fill('ct_live half');
      await page.keyboard.press('Enter');
      await page.getByText('This has blanks or other signs inside').waitFor();
      expect(askedOf(window, 'addConnection')).toEqual([]);
      await field.fill('  ct_live_whole \t');
      await page.keyboard.press('Enter');
      await dialogOf(page).waitFor();
      expect(askedOf(window, 'addConnection')).toEqual([
        { target: 'https://api.connexease.com/', service: 'connexease' },
      ]);
      expect(askedOf(window, 'startSignIn')).toEqual([
        {
          connection: signedOutConnexease.id,
          openBrowser: false,
          wayIn: 'access-token',
          given: { 'access-token': 'ct_live_whole' },
        },
      ]);
    }));

  it('ends with the usual sheet and where to go from here, with three clicks at most', () =>
    inWindow(stage, at(doneDirect), async (window) => {
      const { page } = window;
      await openCard(page, 'Connexease');
      await openForm(page).getByRole('textbox', { name: 'Access key' }).fill('ct_live_1');
      await openForm(page).getByRole('button', { name: 'Continue' }).click();
      const dialog = page.getByRole('dialog', { name: 'Signed in to Connexease' });
      await window.show(stateOf([...everyday, connexease()]));
      await dialog.waitFor();
      const next = await dialog.textContent();
      expect(next).toContain('A script uses the address on the page of Connexease');
      expect(next, 'a script is asked nothing').toContain('n8n can use Connexease now.');
      expect(await said(page)).toContain('As Acme support.');
      await dialog.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('heading', { level: 1, name: 'Connexease' }).waitFor();
    }));

  it('Rule 11 a refusal stands at the field that was refused; nothing typed is lost, nothing stays behind', () =>
    inWindow(stage, at({ ...added, signInOutcome: () => ({ kind: 'failed', ...refused }) }), async (window) => {
      const { page } = window;
      await openCard(page, 'Connexease');
      const field = openForm(page).getByRole('textbox', { name: 'Access key' });
      await field.fill('not-the-one');
      await page.keyboard.press('Enter');
      const alert = openForm(page).getByRole('alert');
      await alert.waitFor();
      expect(await alert.allTextContents()).toEqual([refusedInWords]);
      await expect.poll(() => focusedName(page)).toBe('Access key');
      expect(await field.inputValue()).toBe('not-the-one');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(askedOf(window, 'removeConnection')).toEqual([{ connection: signedOutConnexease.id }]);
      expect(await visibleText(page)).not.toMatch(codes);
      // Typing again takes it away.
      await field.fill('the-one');
      await alert.waitFor({ state: 'detached' });
    }));

  it('what was typed for one way is still there after a look at another', () =>
    inWindow(stage, at(), async ({ page }) => {
      await openCard(page, 'Connexease');
      const form = openForm(page);
      await form.getByRole('textbox', { name: 'Access key' }).fill('ct_live_1');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'With user name and password' }).check();
      await form.getByRole('radio', { name: 'With an access key' }).check();
      expect(await form.getByRole('textbox', { name: 'Access key' }).inputValue()).toBe('ct_live_1');
    }));

  it('a secret is hidden until it is wanted to be seen, by the keyboard as well', () =>
    inWindow(stage, at(), async ({ page }) => {
      await openCard(page, 'Connexease');
      const field = openForm(page).getByLabel('Access key', { exact: true });
      expect(await field.getAttribute('type')).toBe('password');
      await field.fill('ct_live_1');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement?.ariaLabel')).toBe('Show: Access key');
      await page.keyboard.press('Space');
      expect(await field.getAttribute('type')).toBe('text');
      await page.keyboard.press('Space');
      expect(await field.getAttribute('type')).toBe('password');
    }));

  it('a whole private key can be pasted in the place of a secret, line ends and all', () =>
    inWindow(stage, at(doneDirect), async (window) => {
      const { page } = window;
      await openCard(page, 'Any other web service');
      const form = openForm(page);
      await form.getByRole('textbox', { name: 'Its address' }).fill('https://api.example.com');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'As a program' }).check();
      await form.getByRole('textbox', { name: 'Client ID' }).fill(' acme ');
      await form.locator('.way-fields .fold summary').click();
      await form.getByRole('textbox', { name: 'Private key' }).fill('-----BEGIN\nMII\n-----END\n');
      await form.getByRole('button', { name: 'Continue' }).click();
      await dialogOf(page).waitFor();
      expect(askedOf(window, 'addConnection')).toEqual([
        { target: 'https://api.example.com', service: 'web-api', wayIn: 'client-credentials' },
      ]);
      expect(askedOf(window, 'startSignIn')).toMatchObject([
        { given: { 'client-id': 'acme', 'private-key': '-----BEGIN\nMII\n-----END' } },
      ]);
    }));

  it('the sign-in server is named by hand only where it is unfolded, and only for ways that ask one', () =>
    inWindow(stage, at(begins), async (window) => {
      const { page } = window;
      window.answer({ addConnection: () => ({ connection: prepared, added: true }) });
      await openCard(page, 'Any other web service');
      const form = openForm(page);
      expect(await form.getByRole('textbox').count()).toBe(1);
      await form.getByText('Addresses of the sign-in').click();
      await form.getByRole('textbox', { name: 'Token endpoint' }).fill(' https://login.example.com/token ');
      await form.getByRole('textbox', { name: 'Its address' }).fill('https://api.example.com');
      await form.getByRole('button', { name: 'Continue' }).click();
      await dialogOf(page).waitFor();
      expect(askedOf(window, 'addConnection')).toEqual([
        { target: 'https://api.example.com', service: 'web-api', tokenEndpoint: 'https://login.example.com/token' },
      ]);
      await page.keyboard.press('Escape');
      await window.tell({ kind: 'page', page: { name: 'add' } });
      await openCard(page, 'Any other web service');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'With an access key' }).check();
      expect(await form.getByText('Addresses of the sign-in').count()).toBe(0);
    }));

  it('Rule 6 another key of a service that is here adds an account', () =>
    inWindow(
      stage,
      at({ ...doneDirect, addConnection: () => ({ connection: connexease(), added: false }) }),
      async (window) => {
        await openCard(window.page, 'Connexease');
        await openForm(window.page).getByRole('textbox', { name: 'Access key' }).fill('ct_live_2');
        await window.page.keyboard.press('Enter');
        await dialogOf(window.page).waitFor();
        expect(askedOf(window, 'startSignIn')).toMatchObject([{ another: true }]);
        expect(askedOf(window, 'removeConnection')).toEqual([]);
      },
    ));

  it('Rule 16 while it is tried: progress, words, Cancel; what was begun is taken back', () => {
    let end: (kind: 'cancelled') => void = () => undefined;
    const outcome = new Promise<{ kind: 'cancelled' }>((resolve) => {
      end = (kind) => resolve({ kind });
    });
    const answers = { ...added, signInOutcome: () => outcome, cancelSignIn: () => ({}) };
    return inWindow(stage, at(answers), async (window) => {
      const { page } = window;
      await openCard(page, 'Connexease');
      await openForm(page).getByRole('textbox', { name: 'Access key' }).fill('ct_live_1');
      await page.keyboard.press('Enter');
      await page.getByRole('progressbar').waitFor();
      await openForm(page).getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => askedOf(window, 'cancelSignIn')).toEqual([{ attempt: 'attempt-1' }]);
      end('cancelled');
      await expect.poll(() => askedOf(window, 'removeConnection')).toHaveLength(1);
      expect(await dialogOf(page).count()).toBe(0);
    });
  });

  it('a practice service is filled in already, and its program is started', () =>
    inWindow(
      stage,
      at({ ...doneDirect, startPractice: () => ({ resource: 'http://127.0.0.1:4802' }) }),
      async (window) => {
        const { page } = window;
        await openCard(page, 'Practice service');
        await openForm(page).getByText('Practise other kinds of sign-in').click();
        await openForm(page)
          .getByLabel('What to practise')
          .selectOption('Connexease practice service, with an access key');
        expect(await openForm(page).getByLabel('Access key', { exact: true }).inputValue()).toMatch(/practice/);
        await openForm(page).getByRole('button', { name: 'Continue' }).click();
        await dialogOf(page).waitFor();
        expect(askedOf(window, 'startPractice')).toEqual([{ service: 'practice-connexease' }]);
        expect(askedOf(window, 'addConnection')).toEqual([
          { target: 'http://127.0.0.1:4802', service: 'practice-connexease' },
        ]);
      },
    ));
});

describe.skipIf(partMissing('browser') !== undefined)('signing in with what is typed', () => {
  const stage = windowStage();

  it('asks just the fields of the account’s way in, and renews that account', () =>
    inWindow(stage, { state: stateOf([connexease()]), at: connexeasePage, answers: doneDirect }, async (window) => {
      const { page } = window;
      await page.getByRole('button', { name: 'Enter the new one' }).click();
      const dialog = page.getByRole('dialog', { name: 'Sign in to Connexease' });
      await dialog.waitFor();
      expect(await dialog.getByRole('textbox').count()).toBe(1);
      expect(await focusedName(page)).toBe('Access key');
      await page.keyboard.type('ct_live_new');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Signed in to Connexease' }).waitFor();
      expect(askedOf(window, 'startSignIn')).toEqual([
        {
          connection: 'id-connexease',
          account: 'account-Acme support',
          wayIn: 'access-token',
          given: { 'access-token': 'ct_live_new' },
          openBrowser: false,
        },
      ]);
    }));

  it('Rule 11 a refusal leaves the sheet and its fields as they are, and says what to do', () =>
    inWindow(
      stage,
      {
        state: stateOf([signedOutConnexease]),
        answers: { ...added, signInOutcome: () => ({ kind: 'failed', ...refused }) },
      },
      async (window) => {
        const { page } = window;
        await mainButton(window).click();
        await page.keyboard.type('wrong');
        await page.keyboard.press('Enter');
        const alert = dialogOf(page).getByRole('alert');
        await alert.waitFor();
        expect(await alert.textContent()).toBe(refusedInWords);
        expect(await dialogOf(page).getByRole('textbox').inputValue()).toBe('wrong');
        expect(askedOf(window, 'removeConnection')).toEqual([]);
      },
    ));

  it('Rule 13 Escape closes it without asking anybody anything; focus comes back', () =>
    inWindow(stage, { state: stateOf([signedOutConnexease]), answers: added }, async (window) => {
      const { page } = window;
      await mainButton(window).focus();
      await page.keyboard.press('Enter');
      await dialogOf(page).waitFor();
      await page.keyboard.press('Escape');
      await dialogOf(page).waitFor({ state: 'detached' });
      expect(askedOf(window, 'startSignIn')).toEqual([]);
      expect(askedOf(window, 'cancelSignIn')).toEqual([]);
      await expect.poll(() => focusedName(page)).toBe('Sign in');
    }));

  it('from the browser’s way to another one: what was prepared is given up, and the other way begins', () =>
    inWindow(stage, { state: stateOf([manyWays]), answers: begins }, async (window) => {
      const { page } = window;
      await mainButton(window).click();
      await dialogOf(page).getByRole('button', { name: 'Other ways to sign in' }).click();
      await expect.poll(() => askedOf(window, 'cancelSignIn')).toEqual([{ attempt: 'attempt-1' }]);
      await dialogOf(page).getByRole('radio', { name: 'With an API key' }).check();
      window.answer({ ...doneDirect });
      await dialogOf(page).getByRole('textbox', { name: 'API key' }).fill('mcp_1');
      await dialogOf(page).getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('dialog', { name: 'Signed in to Conexor' }).waitFor();
      expect(askedOf(window, 'startSignIn').at(-1)).toMatchObject({ wayIn: 'api-key', given: { 'api-key': 'mcp_1' } });
    }));

  it('Rule 16 what is being tried can be stopped, and the form stays', () =>
    inWindow(
      stage,
      {
        state: stateOf([signedOutConnexease]),
        answers: { ...added, signInOutcome: () => new Promise(() => undefined) },
      },
      async (window) => {
        const { page } = window;
        await mainButton(window).click();
        await page.keyboard.type('ct_live_1');
        await page.keyboard.press('Enter');
        await dialogOf(page).getByText('Trying it at Connexease…').waitFor();
        await dialogOf(page).locator('.busy').getByRole('button', { name: 'Cancel' }).click();
        await expect.poll(() => askedOf(window, 'cancelSignIn')).toEqual([{ attempt: signedOutConnexease.id }]);
        expect(await dialogOf(page).getByRole('textbox').inputValue()).toBe('ct_live_1');
      },
    ));
});

describe.skipIf(partMissing('browser') !== undefined)('a code to be typed elsewhere', () => {
  const stage = windowStage();
  const wanted = { state: stateOf([codeWanted]), answers: byCode };
  const toCode = async (window: ScriptedWindow) => {
    await mainButton(window).click();
    await window.show(stateOf([codeWaits]));
    await window.page.getByRole('dialog', { name: 'Type this code' }).waitFor();
  };

  it('Rule 2 Rule 12 stands there large, with the page’s address and a picture; nothing opens by itself', () =>
    inWindow(stage, wanted, async (window) => {
      const { page } = window;
      await toCode(window);
      const dialog = dialogOf(page);
      const text = await dialog.textContent();
      expect(text).toContain(device.userCode);
      expect(text).toContain('login.reports.example/device');
      expect(text).toMatch(/Good for 1[34] more minutes\./);
      await dialog.getByRole('img', { name: /opens the page on a phone/ }).waitFor();
      expect(askedOf(window, 'openSignIn')).toEqual([]);
      expect(await dialog.locator('.button.primary').allTextContents()).toEqual(['Open in the browser']);
      await dialog.getByRole('button', { name: 'Open in the browser' }).click();
      await expect.poll(() => askedOf(window, 'openSignIn')).toEqual([{ attempt: 'attempt-1' }]);
      await dialog.getByRole('button', { name: 'Copy the code' }).click();
      await expect.poll(() => askedOf(window, 'copyText')).toEqual([{ text: device.userCode }]);
    }));

  it('Rule 13 the code is read out sign by sign, politely', () =>
    inWindow(stage, wanted, async (window) => {
      await toCode(window);
      await expect.poll(() => said(window.page)).toBe('The code is B D W P - H Q L K.');
      expect(await dialogOf(window.page).locator('[aria-live="assertive"], [role="alert"]').count()).toBe(0);
    }));

  it('no picture for a page of this computer, which no phone can open', () => {
    const here = { ...device, verificationUri: 'http://127.0.0.1:4801/device' };
    const answers = {
      startSignIn: () => ({ attempt: 'attempt-1', device: here, host: '', permissions: [], browserOpened: false }),
    };
    return inWindow(stage, { ...wanted, answers }, async (window) => {
      await mainButton(window).click();
      await dialogOf(window.page).getByText('127.0.0.1:4801/device').waitFor();
      expect(await dialogOf(window.page).getByRole('img').count()).toBe(0);
    });
  });

  it('Rule 3 Cancel ends it; Escape leaves it waiting in its row, which shows code and page', () =>
    inWindow(stage, wanted, async (window) => {
      const { page } = window;
      await toCode(window);
      await page.keyboard.press('Escape');
      await dialogOf(page).waitFor({ state: 'detached' });
      expect(askedOf(window, 'cancelSignIn')).toEqual([]);
      await page.getByText('Type BDWP-HQLK at login.reports.example/device').waitFor();
      await page.getByRole('button', { name: 'Show the code' }).click();
      await dialogOf(page).getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => askedOf(window, 'cancelSignIn')).toEqual([{ attempt: 'attempt-1' }]);
    }));

  it('Rule 3 when nobody typed it in time, that is what is said', () =>
    inWindow(
      stage,
      { ...wanted, answers: { ...byCode, signInOutcome: () => ({ kind: 'timed-out' }) } },
      async (window) => {
        await toCode(window);
        await window.show(stateOf([codeWanted]));
        await dialogOf(window.page).getByText('Nobody typed the code in time. Nothing has been saved.').waitFor();
      },
    ));

  it('Rule 3 so it is said, beside the service and aloud, where the sheet was left', () =>
    inWindow(
      stage,
      { ...wanted, answers: { ...byCode, signInOutcome: () => ({ kind: 'timed-out' }) } },
      async (window) => {
        await toCode(window);
        await window.page.keyboard.press('Escape');
        await dialogOf(window.page).waitFor({ state: 'detached' });
        await window.show(stateOf([codeWanted]));
        const notice = window.page.locator('.notice');
        await notice.waitFor();
        expect(await notice.textContent()).toContain('Nobody typed the code in time. Nothing has been saved.');
        await expect.poll(() => said(window.page)).toContain('Nobody typed the code in time.');
      },
    ));
});

describe.skipIf(partMissing('browser') !== undefined)('a browser that could not come back', () => {
  const stage = windowStage();
  const address = 'http://127.0.0.1:39417/callback?code=c&state=s';

  it('finishes by the address at which it ended; what does not fit is said, and the field stays', () => {
    const notThisOne = { fault: 'input-invalid', what: 'That is not where it ended.', next: 'Copy the whole address.' };
    let fits = false;
    const finishSignIn = () => (fits ? {} : Promise.reject(notThisOne));
    return inWindow(stage, { state: stateOf([signedOut]), answers: { ...begins, finishSignIn } }, async (window) => {
      const { page } = window;
      await toWaiting(window);
      expect(await dialogOf(page).getByRole('textbox').count()).toBe(0);
      await dialogOf(page).getByText('The browser could not come back?').click();
      await dialogOf(page).getByRole('button', { name: 'Go on with it' }).click();
      await dialogOf(page).getByText('Paste the whole address.').waitFor();
      const field = dialogOf(page).getByRole('textbox');
      await field.fill(` ${address}\n`);
      await page.keyboard.press('Enter');
      await dialogOf(page).getByText(notThisOne.what).waitFor();
      expect(await field.inputValue()).toContain(address);
      fits = true;
      await page.keyboard.press('Enter');
      await expect
        .poll(() => askedOf(window, 'finishSignIn'))
        .toEqual([
          { attempt: 'attempt-1', redirectUrl: address },
          { attempt: 'attempt-1', redirectUrl: address },
        ]);
    });
  });

  it('Rule 3 the three buttons stay what they are, and no other is the main one', () =>
    inWindow(stage, { state: stateOf([signedOut]), answers: begins }, async (window) => {
      await toWaiting(window);
      await window.show(stateOf([service('Conexor', { state: 'signing-in', accounts: [], signIn: waiting() })]));
      await dialogOf(window.page).getByText('The browser could not come back?').click();
      expect(await sheetMain(window).count()).toBe(0);
      const names = await dialogOf(window.page).locator('.dialog-actions').getByRole('button').allTextContents();
      expect(names).toHaveLength(3);
    }));
});
