/** What the window says of apps is true, and becomes another thing by itself when they do: newcomers' findings. */
import { describe, expect, it } from 'vitest';
import type { ClientView, PlannedChange } from '../../../shared/clients.ts';
import type { WindowResult } from '../../../shared/window.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { answersOf, claudeAdded, claudeConnected, claudeFile, claudeMissing, claudeWith, plan } from './clients.ts';
import { inWindow, windowStage } from './looks.ts';
import { ana, globex, program, service, stateOf } from './scenes.ts';

describe.skipIf(partMissing('browser') !== undefined)('what is said of apps', () => {
  const stage = windowStage();
  const press = ({ page }: ScriptedWindow, name: string) => page.getByRole('button', { name, exact: true }).click();

  it('the Apps page sees by itself that an app works, and does not look while nothing is expected of one', () => {
    let view: ClientView = claudeAdded();
    const answers = { ...answersOf(view), clients: () => ({ clients: [view] }) };
    return inWindow(stage, { state: stateOf([service('Conexor')]), at: '#/services', answers }, async (window) => {
      const { page, asked } = window;
      const looks = () => asked.filter(({ method }) => method === 'clients').length;
      await page.clock.install();
      await page.getByRole('link', { name: 'Apps' }).click();
      await page.getByText('Not proven yet').waitFor();
      view = claudeConnected();
      // The next look is planned when the one before has its answer, whenever that is.
      await expect
        .poll(async () => {
          await page.clock.runFor(1_000);
          return page.getByText('Connected', { exact: true }).isVisible();
        })
        .toBe(true);
      await page.getByText('Last started Conexor 5 minutes ago').waitFor();
      await page.clock.runFor(3_000);
      const before = looks();
      await page.clock.runFor(10_000);
      expect(looks()).toBe(before);
    });
  });

  it('a broken settings file is known before Add: what is wrong, its folder, the entry to be copied, Try again', () => {
    const entry = '{ "mcpServers": { "conexor": {} } }';
    const fault = { fault: 'input-invalid', what: 'The file is broken in line 3.', next: 'Correct it.' };
    const broken: PlannedChange = { path: claudeFile, what: 'nothing', lines: [], copy: false, seen: '', fault, entry };
    let changes = [broken];
    const answers: Answers = {
      ...answersOf(claudeWith()),
      planClient: () => ({ changes, closeFirst: true }),
    };
    return inWindow(stage, { state: stateOf([service('Conexor')]), at: '#/programs', answers }, async (window) => {
      const { page, asked } = window;
      await press(window, 'Add to Claude Desktop…');
      const sheet = page.getByRole('dialog');
      await sheet.getByText('Correct it.').waitFor();
      await sheet.getByText('It is the file claude_desktop_config.json.').waitFor();
      expect(await sheet.getByText(claudeFile).isVisible()).toBe(false);
      expect(await sheet.getByRole('button', { name: 'Add to Claude Desktop' }).count()).toBe(0);
      await press(window, 'Copy the entry');
      await press(window, 'Show in folder');
      const argumentOf = (method: string) => asked.find((one) => one.method === method)?.argument;
      await expect.poll(() => argumentOf('showClientFile')).toEqual({ client: 'claude-desktop', path: claudeFile });
      expect(argumentOf('copyText')).toEqual({ text: entry });
      changes = [plan];
      await press(window, 'Try again');
      await sheet.getByRole('button', { name: 'Add to Claude Desktop' }).waitFor();
    });
  });

  it('an entry that vanished beside another one: nobody is said to be cut off; the list of services leads there', () => {
    const [file] = claudeMissing.files;
    const view = { ...claudeMissing, files: file ? [{ ...file, entries: [{ name: 'conexor-sales' }] }] : [] };
    const missing = [{ client: 'claude-desktop' as const, title: 'Claude Desktop' }];
    const uses = [program('claude-desktop', { accountId: globex.id, lastUsedAtMs: Date.now() })];
    const state = stateOf([service('Conexor', { accounts: [ana, globex], clients: uses })], { missing });
    return inWindow(stage, { state, at: '#/services', answers: answersOf(view) }, async ({ page }) => {
      await page.getByText(`Claude Desktop, as ${globex.label}, just now`).waitFor();
      await page.getByRole('link', { name: 'Claude Desktop has lost Conexor.' }).click();
      await page.getByText('another entry still stands').waitFor();
      expect(await page.getByText('cannot use your services').count()).toBe(0);
    });
  });

  it('where a program lies is told of one that asks, and folded away of a known one', () => {
    const clients = [
      program('my-script', { access: 'asking', path: '/memfd:sealed-91' }),
      program('claude-desktop', { path: '/usr/bin/claude-desktop' }),
    ];
    const state = stateOf([service('Conexor', { clients })]);
    return inWindow(stage, { state, at: '#/programs' }, async ({ page }) => {
      await page.getByText('It is a program without a file of its own').waitFor();
      expect(await page.getByText('memfd').count()).toBe(0);
      const from = page.getByText('From /usr/bin/claude-desktop.');
      expect(await from.isVisible()).toBe(false);
      await page.getByText('Where it comes from', { exact: true }).click();
      await from.waitFor();
    });
  });

  it('taking over without a keychain: what holds, the reason alone, and no heading about what lies open no more', () => {
    const inUse = { fault: 'input-invalid', what: 'The entry “sales” uses it still.', next: 'Take that over first.' };
    const signIn = { fault: 'consent-denied', what: 'It did not complete the sign-in.', next: 'Start it again.' };
    const usedBy = [{ client: 'cursor' as const, path: '/home/ana/.cursor/mcp.json', name: 'sales' }];
    const inUseStill = [{ id: 't0', files: [], hasRefreshToken: true, usedBy }];
    const free = [
      { id: 't1', files: ['/home/ana/.mcp-auth/1'], host: 'a.example', hasRefreshToken: true },
      { id: 't2', files: ['/home/ana/.mcp-auth/2'], host: 'b.example', hasRefreshToken: true },
    ];
    let tokens: WindowResult<'findTakeOvers'>['tokens'] = inUseStill;
    const answers: Answers = {
      clients: () => ({ clients: [] }),
      findTakeOvers: () => ({ entries: [], tokens }),
      takeOver: () => {
        tokens = [];
        return {
          entries: [],
          tokens: [
            { id: 't1', service: 'refused', deleted: true, fault: signIn },
            { id: 't2', service: 'not-asked', deleted: false, fault: inUse },
          ],
        };
      },
    };
    const state = stateOf([service('Conexor')], { snapshot: { vault: { kind: 'memory' } } });
    return inWindow(stage, { state, at: '#/programs', answers }, async (window) => {
      const { page } = window;
      await page.getByText('because this computer has no keychain, you sign in again').waitFor();
      await press(window, 'Take over…');
      const verb = page.getByRole('dialog').getByRole('button', { name: 'Take over', exact: true });
      expect(await verb.isDisabled()).toBe(true);
      tokens = free;
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.getByRole('dialog').getByText('is replaced by one that ends whenever Conexor stops').waitFor();
      await press(window, 'Take over');
      await page.getByRole('heading', { name: 'Taken over by Conexor' }).waitFor();
      const [refused, kept] = await page.locator('.outcomes > li').allTextContents();
      expect(refused).toContain('The service did not cancel it');
      expect(refused).not.toContain('complete the sign-in');
      expect(kept).toContain('The entry “sales” uses it still.');
      expect(kept).not.toContain('Nobody knows');
      expect(await page.getByText('lie open').count()).toBe(0);
    });
  });
});
