/** The first run: three steps at most, each can be skipped, three clicks to the browser. */
import { describe, expect, it } from 'vitest';
import { partMissing } from '../../fakes/parts.ts';
import type { ScriptedWindow } from '../../fakes/scripted-window.ts';
import { claudeConnected } from './clients.ts';
import { inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { account, service, stateOf, waiting } from './scenes.ts';

const fresh = stateOf([], { settings: { firstRunDone: false } });
const sales = service('Conexor', { state: 'sign-in-again', accounts: [], clients: [] });
const begun = {
  attempt: 'attempt-1',
  authorizationUrl: 'https://app.conexor.example/consent',
  host: 'app.conexor.example',
  permissions: [],
  browserOpened: false,
};
const added = () => ({ connection: sales, added: true });

describe.skipIf(partMissing('browser') !== undefined)('the first run', () => {
  const stage = windowStage();

  it('says in two sentences what Conexor is, with one main button', () =>
    inWindow(stage, { state: fresh }, async ({ page }) => {
      await page.getByRole('heading', { level: 1, name: 'Let your assistants work with your services' }).waitFor();
      expect(await page.locator('.button.primary').allTextContents()).toEqual(['Sign in to Conexor']);
      expect(await page.getByText('Step 1 of 3').count()).toBe(1);
      expect(await page.getByRole('navigation').count()).toBe(0);
    }));

  it('waits behind a locked keychain, where nobody knows yet whether there are services', () =>
    inWindow(
      stage,
      { state: stateOf([], { settings: { firstRunDone: false }, snapshot: { vault: { kind: 'locked' } } }) },
      async ({ page, show }) => {
        await page.getByRole('button', { name: 'Unlock' }).waitFor();
        await show(stateOf([service('Conexor')], { settings: { firstRunDone: false } }));
        await page.getByText('Everything is working.').first().waitFor();
        expect(await page.getByText('Step 1 of 3').count()).toBe(0);
      },
    ));

  it('promises no keychain where there is none', () =>
    inWindow(
      stage,
      { state: stateOf([], { settings: { firstRunDone: false }, snapshot: { vault: { kind: 'memory' } } }) },
      async ({ page }) => {
        await page.getByText('lasts until Conexor stops').waitFor();
      },
    ));

  it('Rule 1 Rule 2 three clicks to the browser, without a technical word, and the third one says whose page opens', () =>
    inWindow(
      stage,
      { state: fresh, answers: { addConnection: added, startSignIn: () => begun } },
      async ({ page, asked, show }) => {
        const said: string[] = [await visibleText(page)];
        await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
        await page.getByRole('textbox', { name: 'Organisation' }).fill('acme');
        await page.getByRole('textbox', { name: 'Server' }).fill('sales-api');
        said.push(await visibleText(page));
        await page.getByRole('button', { name: 'Continue' }).click();
        const signIn = waiting({ browserOpened: false });
        await show(stateOf([{ ...sales, state: 'signing-in', signIn }], { settings: { firstRunDone: false } }));
        const sheet = page.getByRole('dialog');
        await sheet.getByText('app.conexor.example').first().waitFor();
        said.push(await visibleText(page));
        expect(asked.filter(({ method }) => method === 'openSignIn')).toEqual([]);
        await sheet.getByRole('button', { name: /^Continue/ }).click();
        await expect.poll(() => asked.filter(({ method }) => method === 'openSignIn')).toHaveLength(1);
        expect(asked.find(({ method }) => method === 'addConnection')?.argument).toEqual({
          target: 'acme/sales-api',
          service: 'conexor',
        });
        for (const text of said) expect(text).not.toMatch(jargon);
      },
    ));

  it('ends with what to do now, and remembers that it was finished', () =>
    inWindow(stage, { state: fresh, answers: { addConnection: added, startSignIn: () => begun } }, async (window) => {
      const { page, asked, show } = window;
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog');
      await sheet.waitFor();
      await page.keyboard.press('Escape');
      const done = {
        ...sales,
        state: 'connected' as const,
        accounts: [account('ana.torres@acme.example', { current: true })],
      };
      await show(stateOf([done], { settings: { firstRunDone: false } }));
      await page.getByRole('heading', { level: 1, name: 'Ready' }).waitFor();
      expect(await visibleText(page)).toContain('You are signed in to Conexor as ana.torres@acme.example.');
      expect(await page.getByRole('list').getByRole('listitem').count()).toBe(3);
      window.answer({ clients: () => ({ clients: [claudeConnected()] }) });
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.getByText('Claude Desktop is connected.').waitFor();
      expect(await page.getByRole('list').getByRole('listitem').first().textContent()).toContain('Ask it something');
      await page.getByRole('button', { name: 'Go to my services' }).click();
      await page.getByRole('navigation').waitFor();
      expect(asked.find(({ method }) => method === 'changeSettings')?.argument).toEqual({ firstRunDone: true });
    }));

  it('connecting the assistant is the next step: it ends the first run and shows how', () => {
    const ana = account('ana.torres@acme.example', { current: true });
    const done = { ...sales, state: 'connected' as const, accounts: [ana] };
    const signInOutcome = () => ({
      kind: 'done' as const,
      works: true,
      account: 'ana.torres@acme.example',
      accountId: ana.id,
      known: false,
      current: true,
      connection: done,
    });
    const answers = { addConnection: added, startSignIn: () => begun, signInOutcome };
    const reach = async ({ page, show }: ScriptedWindow) => {
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      const signIn = waiting({ browserOpened: true });
      await show(stateOf([{ ...sales, state: 'signing-in', signIn }], { settings: { firstRunDone: false } }));
      await page.getByRole('dialog', { name: 'Waiting for you in the browser' }).waitFor();
      await show(stateOf([done], { settings: { firstRunDone: false } }));
      await page.getByRole('dialog', { name: 'Signed in to Conexor' }).waitFor();
    };
    const isThere = async ({ page, asked }: ScriptedWindow) => {
      await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
      await page.getByText('Open the settings of your assistant').waitFor();
      expect(asked.find(({ method }) => method === 'changeSettings')?.argument).toEqual({ firstRunDone: true });
    };
    return inWindow(stage, { state: fresh, answers }, async (window) => {
      await reach(window);
      await window.page.getByRole('button', { name: 'How to connect an assistant' }).click();
      await isThere(window);
    }).then(() =>
      inWindow(stage, { state: fresh, answers }, async (window) => {
        await reach(window);
        await window.page.keyboard.press('Escape');
        await window.page.getByRole('heading', { level: 1, name: 'Ready' }).waitFor();
        await window.page.getByRole('button', { name: 'Connect your assistant' }).click();
        await isThere(window);
      }),
    );
  });

  it('what went wrong with one input is not said beside the next', () => {
    const addConnection = () => {
      throw { fault: 'unreachable', what: 'It could not be reached.', next: 'Try later.' };
    };
    return inWindow(stage, { state: fresh, answers: { addConnection } }, async ({ page }) => {
      const fault = page.getByText('It could not be reached.');
      const fail = async () => {
        await page.getByRole('button', { name: 'Continue' }).click();
        await fault.waitFor();
      };
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await fail();
      await page.getByRole('textbox', { name: 'Server' }).fill('sales');
      await fault.waitFor({ state: 'detached' });
      await fail();
      await page.getByRole('button', { name: 'Paste from your dashboard instead' }).click();
      await page.getByRole('heading', { level: 1, name: 'Paste from your dashboard' }).waitFor();
      expect(await fault.count()).toBe(0);
    });
  });

  it.each(['welcome', 'conexor', 'other'])('can be skipped at the step %s', (step) =>
    inWindow(stage, { state: fresh }, async ({ page, asked }) => {
      if (step === 'conexor') await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      if (step === 'other') await page.getByRole('button', { name: 'Another service' }).click();
      await page.getByRole('button', { name: 'Skip for now' }).click();
      await page.getByRole('navigation').waitFor();
      expect(asked.map(({ method }) => method)).toContain('changeSettings');
      expect(asked.map(({ method }) => method)).not.toContain('addConnection');
    }),
  );

  it('Another service takes names, and leads to all services', () =>
    inWindow(stage, { state: fresh }, async ({ page }) => {
      await page.getByRole('button', { name: 'Another service' }).click();
      await page.getByRole('textbox', { name: 'Paste here' }).fill('Connexease');
      await page.getByRole('textbox', { name: 'Access key' }).waitFor();
      await page.getByRole('button', { name: 'Choose from all services' }).click();
      await page.getByRole('heading', { level: 1, name: 'Add a service' }).waitFor();
      await page.getByRole('heading', { level: 2, name: 'Connexease' }).waitFor();
    }));

  it('nobody is kept here by a folder that cannot be written', () => {
    const changeSettings = () => {
      throw { fault: 'data-folder-unusable', what: 'Conexor cannot use its folder.', next: 'Check it.' };
    };
    return inWindow(stage, { state: fresh, answers: { changeSettings } }, async ({ page }) => {
      await page.getByRole('button', { name: 'Skip for now' }).click();
      await page.getByRole('navigation').waitFor();
    });
  });

  it('whoever is sent to a page sees it', () =>
    inWindow(stage, { state: fresh }, async ({ page, tell }) => {
      await tell({ kind: 'page', page: { name: 'programs' } });
      await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
    }));

  it('Back forgets what one step was asked for', () => {
    const startSignIn = () => {
      throw { fault: 'client-id-needed', what: 'Conexor wants every app to be known beforehand.', next: 'Ask for it.' };
    };
    return inWindow(stage, { state: fresh, answers: { addConnection: added, startSignIn } }, async ({ page }) => {
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Client ID' }).waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await page.getByRole('button', { name: 'Sign in to Conexor' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).waitFor();
      expect(await page.getByRole('textbox', { name: 'Client ID' }).count()).toBe(0);
    });
  });

  it('the practice service is one click away', () =>
    inWindow(
      stage,
      {
        state: fresh,
        answers: {
          startPractice: () => ({ resource: 'http://127.0.0.1:4801/mcp/practice/sales' }),
          addConnection: added,
          startSignIn: () => begun,
        },
      },
      async ({ page, asked }) => {
        await page.getByRole('button', { name: 'Try the practice service' }).click();
        await page.getByRole('dialog').waitFor();
        expect(asked.find(({ method }) => method === 'addConnection')?.argument).toEqual({
          target: 'http://127.0.0.1:4801/mcp/practice/sales',
          service: 'practice',
        });
        // The state has not told of it yet: the attempt is joined all the same, not begun anew.
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /^Continue/ })
          .waitFor();
        expect(asked.filter(({ method }) => method === 'startSignIn')).toHaveLength(1);
      },
    ));

  it('Rule 13 goes by the keyboard alone, and each step is where the focus is', () =>
    inWindow(stage, { state: fresh }, async ({ page }) => {
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Sign in to Conexor');
      await page.keyboard.press('Enter');
      await page.locator('h1:focus').filter({ hasText: 'Which server is yours?' }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.type('acme');
      expect(await page.getByRole('textbox', { name: 'Organisation' }).inputValue()).toBe('acme');
      await page.getByRole('button', { name: 'Back' }).press('Enter');
      await page.locator('h1:focus').filter({ hasText: 'Let your assistants' }).waitFor();
    }));
});
