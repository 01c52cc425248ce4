/** Settings, help and diagnostics. */
import { describe, expect, it } from 'vitest';
import type { WindowState } from '../../../shared/window.ts';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { everyday, stateOf } from './scenes.ts';

type App = Partial<WindowState['app']>;

describe.skipIf(partMissing('browser') !== undefined)('settings', () => {
  const stage = windowStage();
  const at = (app: App = {}, change: Parameters<typeof stateOf>[1] = {}) => ({
    state: stateOf(everyday, { ...change, app }),
    at: '#/settings',
  });

  it('Rule 1 has no technical word outside of Details', () =>
    inWindow(stage, at(), async ({ page }) => {
      expect(await visibleText(page)).not.toMatch(jargon);
      await page.getByText('Details', { exact: true }).click();
      expect(await visibleText(page)).toMatch(jargon);
    }));

  it('language and appearance hold at once', () => {
    const spanish = stateOf(everyday, { settings: { language: 'es' }, app: { language: 'es' } });
    return inWindow(stage, { ...at(), answers: { changeSettings: () => spanish } }, async ({ page, asked }) => {
      await page.getByRole('combobox', { name: 'Language' }).selectOption('Español');
      await page.getByRole('heading', { level: 1, name: 'Ajustes' }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('es');
      await expect.poll(() => page.locator('[data-live-announcer]').textContent()).toContain('Guardado.');
      expect(asked.find(({ method }) => method === 'changeSettings')?.argument).toEqual({ language: 'es' });
    });
  });

  it('a second choice is not lost while the first is being stored', () =>
    inWindow(stage, { ...at(), answers: { changeSettings: () => new Promise(() => undefined) } }, async (window) => {
      await window.page.getByRole('combobox', { name: 'Language' }).selectOption('Español');
      await window.page.getByRole('combobox', { name: 'Appearance' }).selectOption({ index: 2 });
      await expect
        .poll(() => window.asked.filter(({ method }) => method === 'changeSettings').map(({ argument }) => argument))
        .toEqual([{ language: 'es' }, { theme: 'dark' }]);
    }));

  it('asks before new apps, or not', () =>
    inWindow(stage, at(), async ({ page, asked }) => {
      await page.getByRole('switch', { name: 'Ask before a new app uses a service' }).click();
      await expect
        .poll(() => asked.find(({ method }) => method === 'changeSettings')?.argument)
        .toEqual({ newPrograms: 'allow' });
    }));

  it.each([
    ['off', {}, 'Your assistants find Conexor ready.', true],
    ['needs-approval', {}, 'Your computer wants you to allow this first', true],
    ['unavailable', {}, 'This computer gives Conexor no way to start by itself.', false],
    ['unavailable', { kind: 'tab' }, 'Only the desktop app can do this.', false],
  ] as const)('start at login: %s %o', (startAtLogin, app, text, usable) =>
    inWindow(stage, at({ startAtLogin, ...app }), async ({ page }) => {
      await page.getByText(text).waitFor();
      expect(await page.getByRole('switch', { name: 'Start when I log in' }).isEnabled()).toBe(usable);
    }),
  );

  it.each([
    [{ tray: true }, 'Conexor goes on in the tray, beside the clock.'],
    [{ tray: true, system: 'mac' }, 'Conexor goes on in the menu bar.'],
    [{ tray: false }, 'Closing the window ends Conexor, because this desktop shows no tray.'],
    [{ kind: 'tab', tray: false }, 'Conexor goes on without this tab.'],
  ] as const)('Rule 15 says what closing the window does here: %o', (app, text) =>
    inWindow(stage, at(app), async ({ page }) => {
      await page.getByText(text).waitFor();
    }),
  );

  it.each([
    ['keychain', 'Its key lies in GNOME Keyring.'],
    ['key-file', 'Its key comes from a file'],
    ['memory', 'Only until Conexor stops'],
  ] as const)('says how sign-ins are kept: %s', (kind, text) =>
    inWindow(stage, at({}, { snapshot: { vault: { kind } } }), async ({ page }) => {
      await page.getByText(text).waitFor();
    }),
  );

  it('the port is checked, and says when it takes effect; another one that had to be taken is told', () =>
    inWindow(stage, at({ wantedPort: 4717, httpUrl: 'http://127.0.0.1:50123' }), async ({ page, asked }) => {
      await page.getByText('Details', { exact: true }).click();
      await page.getByText('Port 4717 is used by another program, so another one was taken.').waitFor();
      const field = page.getByRole('textbox', { name: 'Port' });
      expect(await field.inputValue()).toBe('4717');
      for (const wrong of ['80', '70000', '-1', '4e3', 'abc', '', '12.5', '0x1234']) {
        await field.fill(wrong);
        await page.keyboard.press('Enter');
        await page.getByText('Enter a number from 1024 to 65535.').waitFor();
      }
      expect(asked.map(({ method }) => method)).not.toContain('changeSettings');
      await field.fill('5050');
      await page.keyboard.press('Enter');
      await page.getByText('Conexor uses port 5050 from its next start on.').first().waitFor();
      expect(asked.find(({ method }) => method === 'changeSettings')?.argument).toEqual({ httpPort: 5050 });
      expect(await page.getByText('Enter a number').count()).toBe(0);
    }));

  it('where things are kept can be opened, or copied where nothing can be opened', () =>
    inWindow(stage, { ...at(), answers: { openDataFolder: () => ({ opened: false }) } }, async ({ page, asked }) => {
      await page.getByRole('button', { name: 'Open folder' }).click();
      await page.getByText('The folder could not be opened.').waitFor();
      await page.getByRole('button', { name: 'Copy' }).first().click();
      await expect
        .poll(() => asked.find(({ method }) => method === 'copyText')?.argument)
        .toEqual({
          text: '/home/ana/.local/share/conexor-desktop',
        });
    }));

  it('settings that cannot be written are told in words, and the switch stays', () => {
    const changeSettings = () => {
      throw {
        fault: 'data-folder-unusable',
        what: 'Conexor cannot use its folder.',
        next: 'Check that it belongs to you.',
      };
    };
    return inWindow(stage, { ...at(), answers: { changeSettings } }, async ({ page }) => {
      const ask = page.getByRole('switch', { name: 'Ask before a new app uses a service' });
      await ask.click();
      await page.getByRole('alert').getByText('Conexor cannot use its folder.').waitFor();
      expect(await ask.isChecked()).toBe(true);
    });
  });

  it('Quit says what stops first', () =>
    inWindow(stage, at(), async ({ page, asked }) => {
      await page.getByRole('button', { name: 'Quit' }).click();
      const dialog = page.getByRole('dialog', { name: 'Quit Conexor?' });
      expect(await dialog.textContent()).toContain('Your sign-ins are kept.');
      expect(asked.map(({ method }) => method)).not.toContain('quit');
      await dialog.getByRole('button', { name: 'Quit' }).click();
      await expect.poll(() => asked.map(({ method }) => method)).toContain('quit');
    }));
});

describe.skipIf(partMissing('browser') !== undefined)('help', () => {
  const stage = windowStage();
  const state = stateOf(everyday);

  it('Rule 1 works without the internet, in everyday words; commands stand under Details', () =>
    inWindow(stage, { state, at: '#/help' }, async ({ page, asked }) => {
      const topics = page.locator('.topic');
      expect(await topics.count()).toBe(9);
      for (const topic of await topics.all()) await topic.locator('summary').first().click();
      const text = await visibleText(page);
      expect(text).toContain('Pause keeps your sign-in');
      expect(text).not.toMatch(jargon);
      expect(text).not.toContain('conexor bridge');
      expect(asked.map(({ method }) => method)).not.toContain('openHelp');
    }));

  it('a topic that somebody was sent to stands open, and its exact command can be copied', () =>
    inWindow(stage, { state, at: '#/help/connect' }, async ({ page, asked }) => {
      const topic = page.locator('.topic[open]');
      expect(await topic.locator('h2').textContent()).toBe('Connect an assistant');
      await topic.locator('summary', { hasText: 'Details' }).click();
      expect(await topic.locator('code').allTextContents()).toContain(
        'node "/home/ana/Conexor Desktop/dist/relay.cjs" --client claude --connection linear',
      );
      await topic.getByRole('button', { name: 'Copy' }).first().click();
      await expect
        .poll(() => asked.find(({ method }) => method === 'copyText')?.argument)
        .toEqual({
          text: 'node "/home/ana/Conexor Desktop/dist/relay.cjs" --client claude --connection conexor',
        });
      await topic.getByRole('button', { name: 'Copy the block' }).click();
      const copied = () => asked.findLast(({ method }) => method === 'copyText')?.argument as { text: string };
      await expect.poll(() => copied().text).toContain('mcpServers');
      const start = { command: 'node', args: ['/home/ana/Conexor Desktop/dist/relay.cjs', '--client', 'claude'] };
      expect(JSON.parse(copied().text).mcpServers.linear).toEqual({
        ...start,
        args: [...start.args, '--connection', 'linear'],
      });
    }));

  it('Rule 12 a page elsewhere opens on a press only; where no browser opens, its address is shown', () =>
    inWindow(
      stage,
      {
        state,
        at: '#/help/plan',
        answers: { openHelp: () => ({ url: 'https://app.conexor.io/', opened: false }) },
      },
      async ({ page, asked }) => {
        expect(asked.map(({ method }) => method)).not.toContain('openHelp');
        await page.getByRole('button', { name: "See your plan in Conexor's dashboard" }).click();
        await page.getByText('The browser could not be opened. The page is https://app.conexor.io/').waitFor();
        expect(asked.find(({ method }) => method === 'openHelp')?.argument).toEqual({ page: 'conexor-plans' });
      },
    ));
});

describe.skipIf(partMissing('browser') !== undefined)('diagnostics', () => {
  const stage = windowStage();

  it('are read, changed and copied by the person; nothing is sent', () =>
    inWindow(
      stage,
      {
        state: stateOf(everyday),
        at: '#/diagnostics',
        answers: { diagnostics: () => ({ text: 'Conexor 0.1.0\nKeychain: ok\nServices: 2\n' }) },
      },
      async ({ page, asked }) => {
        await page.getByRole('heading', { name: 'What is not in it' }).waitFor();
        const field = page.getByRole('textbox', { name: 'The text to copy' });
        expect(await field.inputValue()).toContain('Keychain: ok');
        await field.fill('Conexor 0.1.0\n');
        await page.getByRole('button', { name: 'Copy' }).click();
        await expect
          .poll(() => asked.find(({ method }) => method === 'copyText')?.argument)
          .toEqual({
            text: 'Conexor 0.1.0\n',
          });
        expect(asked.filter(({ method }) => method === 'diagnostics')).toHaveLength(1);
      },
    ));

  it('Rule 11 that they could not be collected is told, with one button', () => {
    let works = false;
    const diagnostics = () => {
      if (works) return { text: 'Conexor 0.1.0' };
      throw { fault: 'internal', what: 'Something went wrong inside Conexor.', next: 'Try again.' };
    };
    return inWindow(
      stage,
      { state: stateOf(everyday), at: '#/diagnostics', answers: { diagnostics } },
      async ({ page }) => {
        await page.getByRole('alert').getByText('Something went wrong inside Conexor.').waitFor();
        works = true;
        await page.getByRole('button', { name: 'Collect again' }).click();
        await page.getByRole('textbox', { name: 'The text to copy' }).waitFor();
      },
    );
  });
});
