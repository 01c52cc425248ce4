/** Journeys 2 and 7 in the window: added, closed first, looked at until it works, put back, removed, undone, taken over. */
import { describe, expect, it } from 'vitest';
import { clientTitles } from '../../../shared/client-titles.ts';
import { type ClientView, type Verdict, verdictSchema } from '../../../shared/clients.ts';
import { windowWordsOf } from '../../../shared/words/window-catalogue.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import { takeOvers } from './client-screens.ts';
import {
  answersOf,
  backup,
  claudeAdded,
  claudeConnected,
  claudeFile,
  claudeMissing,
  claudeWith,
  clientOf,
  codex,
  cursorApp,
  n8n,
  plan,
} from './clients.ts';
import { inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { everyday, program, service, stateOf } from './scenes.ts';

const words = windowWordsOf('en');
const missing = [{ client: 'claude-desktop' as const, title: 'Claude Desktop' }];

describe.skipIf(partMissing('browser') !== undefined)('apps that Conexor is added to', () => {
  const stage = windowStage();
  const at = (answers: Answers, change: Parameters<typeof stateOf>[1] = {}, connections = everyday) => ({
    state: stateOf(connections, change),
    at: '#/programs',
    answers,
  });
  const askedOf = ({ asked }: ScriptedWindow, method: string) =>
    asked.filter((one) => one.method === method).map(({ argument }) => argument);
  const press = ({ page }: ScriptedWindow, name: string | RegExp) =>
    page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name }).click();
  /** The looks every two seconds are the test's to make. */
  const stopClock = ({ page }: ScriptedWindow) => page.clock.install();
  const lookAgain = ({ page }: ScriptedWindow) => page.clock.runFor(2_000);
  const heard = ({ page }: ScriptedWindow) => page.locator('[data-live-announcer]').textContent();

  it('adds to Claude: one sentence, one verb, then looks until it has really started, and only then is green', () => {
    let verdict: ClientView = claudeAdded();
    const answers = answersOf(claudeWith());
    return inWindow(stage, at({ ...answers, verifyClient: () => verdict }), async (window) => {
      const { page } = window;
      await stopClock(window);
      await press(window, 'Add to Claude Desktop…');
      const sheet = page.getByRole('dialog', { name: 'Add Conexor to Claude Desktop' });
      await sheet.getByText("Conexor adds its own entry to Claude Desktop's settings.").waitFor();
      await sheet.getByText('From then on Claude Desktop may use the services that are connected now;').waitFor();
      expect(askedOf(window, 'addClient')).toEqual([]);
      await press(window, 'Add to Claude Desktop');
      await page.getByRole('dialog', { name: 'Added. Open Claude Desktop now.' }).waitFor();
      expect(askedOf(window, 'addClient')).toEqual([
        { client: 'claude-desktop', seen: ['seen-1'], scope: { kind: 'all' } },
      ]);
      expect(await page.getByText('sees your tools').count()).toBe(0);
      await page.getByRole('progressbar', { name: 'Waiting for Claude Desktop…' }).waitFor();
      verdict = claudeConnected();
      await lookAgain(window);
      await page.getByRole('dialog', { name: 'Claude Desktop is connected' }).waitFor();
      expect(await visibleText(page)).not.toMatch(jargon);
      await expect.poll(() => heard(window)).toContain('Claude Desktop has started Conexor and sees your tools.');
      const looks = askedOf(window, 'verifyClient').length;
      await page.clock.runFor(10_000);
      expect(askedOf(window, 'verifyClient').length).toBe(looks);
      await press(window, 'Done');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    });
  });

  it('while Claude is open: asks to close it, goes on by itself when it is, and closes nothing', () => {
    let isOpen = true;
    const answers = answersOf(claudeWith({ running: true }));
    const view = () => ({ ...answers.now(), running: isOpen });
    return inWindow(stage, at({ ...answers, verifyClient: view }), async (window) => {
      const { page } = window;
      await stopClock(window);
      await press(window, 'Add to Claude Desktop…');
      await press(window, 'Add to Claude Desktop');
      const sheet = page.getByRole('dialog', { name: 'Close Claude Desktop first' });
      await sheet.getByText('Closing its window is not always enough').waitFor();
      await lookAgain(window);
      expect(askedOf(window, 'addClient')).toEqual([]);
      isOpen = false;
      await lookAgain(window);
      await page.getByRole('dialog', { name: 'Added. Open Claude Desktop now.' }).waitFor();
      expect(askedOf(window, 'addClient').length).toBe(1);
    });
  });

  it('a refusal because it was opened meanwhile asks for the same, and Cancel leaves all as it is', () => {
    const running = { fault: 'program-running', what: 'Claude Desktop is open.', next: 'Close it.' };
    const answers = { ...answersOf(claudeWith()), addClient: () => Promise.reject(running) };
    return inWindow(stage, at(answers), async (window) => {
      await stopClock(window);
      await press(window, 'Add to Claude Desktop…');
      await press(window, 'Add to Claude Desktop');
      await window.page.getByRole('dialog', { name: 'Close Claude Desktop first' }).waitFor();
      await press(window, 'Cancel');
      await window.page.getByRole('dialog').waitFor({ state: 'detached' });
      await window.page.clock.runFor(10_000);
      expect(askedOf(window, 'addClient').length).toBeLessThanOrEqual(2);
    });
  });

  it('what goes wrong after it was closed is said once, and not tried again by itself', () => {
    const fault = { fault: 'file-not-writable', what: 'The file is read-only.', next: 'Allow writing to it.' };
    const answers = { ...answersOf(claudeWith({ running: true })), addClient: () => Promise.reject(fault) };
    return inWindow(stage, at({ ...answers, verifyClient: () => claudeWith() }), async (window) => {
      await stopClock(window);
      await press(window, 'Add to Claude Desktop…');
      await press(window, 'Add to Claude Desktop');
      await window.page.getByRole('alert').getByText('Allow writing to it.').waitFor();
      await window.page.clock.runFor(10_000);
      expect(askedOf(window, 'addClient').length).toBe(1);
      await window.page.getByRole('dialog', { name: 'Add Conexor to Claude Desktop' }).waitFor();
    });
  });

  it('Details show the file and our own lines, numbered, and anew where it has changed since; each service by name', () => {
    let shown = plan.lines;
    const planClient = () => ({ changes: [{ ...plan, lines: shown }], closeFirst: true });
    return inWindow(stage, at({ ...answersOf(claudeWith()), planClient }), async (window) => {
      const { page } = window;
      await press(window, 'Add to Claude Desktop…');
      await page.getByText('Details', { exact: true }).click();
      const lines = page.getByRole('table', { name: claudeFile });
      await expect.poll(() => lines.getByRole('row').count()).toBe(plan.lines.length);
      expect(await lines.getByRole('row').nth(3).textContent()).toContain('"conexor": {');
      expect(await lines.getByRole('rowheader').nth(3).textContent()).toContain('Line 6, added');
      await page.getByText('A copy of the file is made beside it first.').waitFor();
      shown = [{ kind: 'added', line: 1, text: '{ "mcpServers": { "conexor": {} } }' }];
      await press(window, 'Add to Claude Desktop');
      await page.getByText('The file has changed since you looked.').waitFor();
      expect(askedOf(window, 'addClient')).toEqual([]);
      await page.getByRole('radio', { name: 'Each service by itself' }).check();
      await page.getByRole('checkbox', { name: 'Linear' }).uncheck();
      await press(window, 'Add to Claude Desktop');
      await expect.poll(() => askedOf(window, 'addClient').length).toBe(1);
      const scope = { kind: 'each', connections: ['conexor', 'docs.weather.example'] };
      expect(askedOf(window, 'planClient').at(-1)).toMatchObject({ scope });
      expect(askedOf(window, 'addClient')).toMatchObject([{ scope }]);
    });
  });

  it('says the true cause of every verdict in two sentences', async () => {
    for (const verdict of verdictSchema.options) {
      const { title, text } = textsOf(verdict);
      expect(title).not.toBe('');
      expect(text).not.toMatch(jargon);
    }
    let view = claudeAdded();
    await inWindow(stage, at({ ...answersOf(view), verifyClient: () => view }), async (window) => {
      await stopClock(window);
      await press(window, /^Finish…/);
      for (const verdict of verdictSchema.options.filter((one) => one !== 'connected')) {
        view = { ...claudeAdded(), verdict };
        await lookAgain(window);
        const { title, text } = textsOf(verdict);
        await window.page.getByRole('dialog', { name: title }).getByText(text).waitFor();
      }
    });
  });

  it('a program that waits for leave is answered in the sheet; one that was refused is allowed again', () => {
    const use = program('claude-desktop', { access: 'refused', path: '/usr/bin/claude-desktop' });
    const connections = [service('Conexor', { clients: [use] })];
    const view = claudeAdded({ verdict: 'refused' });
    return inWindow(stage, at(answersOf(view), {}, connections), async (window) => {
      await window.page.getByRole('region', { name: 'Claude Desktop' }).waitFor();
      await press(window, /^Allow… Claude/);
      await press(window, 'Allow again');
      await expect
        .poll(() => askedOf(window, 'decideProgram'))
        .toEqual([{ connection: 'id-conexor', program: 'claude-desktop', allow: true, door: 'stdio' }]);
    });
  });

  it('an entry that vanished is said on every visit, and put back, from now on by itself if wanted', () =>
    inWindow(stage, at(answersOf(claudeMissing), { missing }), async (window) => {
      const { page } = window;
      const banner = page.getByRole('region', { name: "Conexor's entry has vanished from Claude Desktop" });
      await banner.getByText('From its next start on, Claude Desktop cannot use your services').waitFor();
      await banner.getByRole('button', { name: 'Put it back…' }).click();
      await page.getByRole('dialog', { name: 'Put Conexor back into Claude Desktop' }).waitFor();
      await page.getByRole('checkbox', { name: 'Put it back by itself from now on' }).check();
      await press(window, 'Put it back');
      await page.getByRole('dialog', { name: 'Added. Open Claude Desktop now.' }).waitFor();
      expect(askedOf(window, 'setClientRestores')).toEqual([{ client: 'claude-desktop', on: true }]);
      await window.show(stateOf(everyday));
      await banner.waitFor({ state: 'detached' });
    }));

  it('Rule 7 removes only after what stops and what stays was said; focus on Cancel; then says what was changed', () =>
    inWindow(stage, at(answersOf(claudeConnected())), async (window) => {
      const { page } = window;
      await press(window, 'Remove from Claude Desktop…');
      const dialog = page.getByRole('alertdialog', { name: 'Remove Conexor from Claude Desktop?' });
      const text = await dialog.textContent();
      expect(text).toContain('Claude Desktop can no longer use your services through Conexor.');
      expect(text).toContain('Everything else in the settings of Claude Desktop');
      expect(await page.locator(':focus').textContent()).toBe('Cancel');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await press(window, 'Remove from Claude Desktop…');
      await page.getByRole('alertdialog').getByText('Details').click();
      await page.getByRole('table', { name: claudeFile }).waitFor();
      // It runs, and would write its own settings over the change.
      await stopClock(window);
      await press(window, 'Remove');
      await page.getByRole('dialog', { name: 'Close Claude Desktop first' }).waitFor();
      window.answer({ verifyClient: () => claudeConnected({ running: false }) });
      await lookAgain(window);
      await page.getByRole('dialog', { name: 'Conexor is removed from Claude Desktop.' }).waitFor();
      await page.getByText('1 file was changed. A copy as it was lies beside it.').waitFor();
      await page.getByText('Details', { exact: true }).click();
      await page.getByText(backup, { exact: true }).waitFor();
      expect(askedOf(window, 'removeClient')).toEqual([{ client: 'claude-desktop', seen: ['seen-1'] }]);
    }));

  it('undoes the last change, and says whether the file becomes what it was', () =>
    inWindow(stage, at(answersOf(claudeAdded())), async (window) => {
      const { page } = window;
      await press(window, 'More about Claude Desktop');
      await page.getByRole('menuitem', { name: 'Undo the last change…' }).click();
      const dialog = page.getByRole('alertdialog', { name: 'Undo the last change in Claude Desktop?' });
      await dialog.getByText('The file becomes again exactly what it was before.').waitFor();
      await press(window, 'Undo the change');
      await page.getByRole('dialog', { name: 'The last change in Claude Desktop is undone.' }).waitFor();
      expect(askedOf(window, 'undoClient')).toEqual([{ client: 'claude-desktop', seen: ['seen-1'] }]);
    }));

  it('what cannot be changed says why, and nothing is called added', () => {
    const fault = { fault: 'file-not-writable', what: 'The file is read-only.', next: 'Allow writing to it.' };
    const view = claudeWith();
    const answers = {
      ...answersOf(view),
      addClient: () => ({ client: view, changed: [], failed: [{ path: claudeFile, fault }] }),
    };
    return inWindow(stage, at(answers), async (window) => {
      await press(window, 'Add to Claude Desktop…');
      await press(window, 'Add to Claude Desktop');
      await window.page.getByRole('alert').getByText('Allow writing to it.').waitFor();
      expect(await window.page.getByRole('dialog', { name: 'Add Conexor to Claude Desktop' }).isVisible()).toBe(true);
    });
  });

  it('as an extension: three steps, the file, its folder', () =>
    inWindow(stage, at(answersOf(claudeWith())), async (window) => {
      const { page } = window;
      await press(window, 'More about Claude Desktop');
      await page.getByRole('menuitem', { name: 'Install as an extension…' }).click();
      await press(window, 'Install as an extension');
      const sheet = page.getByRole('dialog', { name: 'Install the extension in Claude Desktop' });
      await expect.poll(() => sheet.getByRole('listitem').count()).toBe(3);
      await press(window, 'Show in folder');
      await expect
        .poll(() => askedOf(window, 'showClientFile'))
        .toEqual([{ client: 'claude-desktop', path: '/home/ana/.local/share/conexor-desktop/conexor.mcpb' }]);
      expect(askedOf(window, 'openClient')).toEqual([
        { client: 'claude-desktop', way: 'bundle', scope: { kind: 'all' }, open: true },
      ]);
    }));

  it('the others are asked by their own door; where that is not there, the link or the line can be copied', async () => {
    const link = 'cursor://anysphere.cursor-deeplink/mcp/install?name=conexor';
    let opened = true;
    const answers: Answers = {
      clients: () => ({ clients: [cursorApp, codex] }),
      verifyClient: ({ client }) => (client === 'cursor' ? cursorApp : codex),
      openClient: ({ way }) =>
        way === 'link' ? { way, url: link, opened } : { way: 'command', words: ['codex', 'mcp', 'add'], ran: opened },
    };
    await inWindow(stage, at(answers), async (window) => {
      await press(window, 'Add to Cursor…');
      await window.page.getByText('Cursor opens and asks you first.').waitFor();
      await press(window, 'Add to Cursor');
      await window.page.getByText('Cursor asks you now. Say yes there.').waitFor();
      await press(window, 'Close');
      opened = false;
      await press(window, 'Add to Cursor…');
      await press(window, 'Add to Cursor');
      await press(window, 'Copy link');
      await expect.poll(() => askedOf(window, 'copyText')).toEqual([{ text: link }]);
      await press(window, 'Close');
      await press(window, 'Add to Codex…');
      await press(window, 'Add to Codex');
      await press(window, 'Copy line');
      await expect.poll(() => askedOf(window, 'copyText').at(-1)).toEqual({ text: 'codex mcp add' });
    });
  });

  it('n8n: its key is shown once, on the word of the person, and is gone with the sheet', () => {
    const key = 'ck_planted_key';
    let view = n8n;
    const answers: Answers = {
      clients: () => ({ clients: [view] }),
      openClient: () => ({ way: 'copy', url: 'http://127.0.0.1:4717/mcp/_all', key }),
    };
    return inWindow(stage, at(answers), async (window) => {
      const { page } = window;
      await page.getByText('Other apps').click();
      await press(window, /^Address and key… n8n/);
      expect(askedOf(window, 'openClient')).toEqual([]);
      await press(window, 'Show address and key');
      await page.getByText(key).waitFor();
      await press(window, 'Copy key');
      await expect.poll(() => askedOf(window, 'copyText')).toEqual([{ text: key }]);
      await press(window, 'Done');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.content()).not.toContain(key);
      expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, history.state])')).not.toContain(key);
      view = { ...n8n, state: 'added', verdict: 'start' };
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.getByText('Has a key; not used yet.').waitFor();
      expect(await page.getByText('Open n8n now').count()).toBe(0);
    });
  });

  it('Add to Claude is the one button at the end of the first run and on a service that no app uses', async () => {
    const quiet = [service('Conexor', { clients: [] })];
    const answers = answersOf(claudeWith());
    await inWindow(stage, { ...at(answers, {}, quiet), at: '#/service/id-conexor' }, async (window) => {
      await press(window, 'Add to Claude Desktop');
      await window.page.getByRole('dialog', { name: 'Add Conexor to Claude Desktop' }).waitFor();
    });
    const used = [service('Conexor', { clients: [program('claude-desktop')] })];
    await inWindow(stage, { ...at(answers, {}, used), at: '#/service/id-conexor' }, async (window) => {
      await expect.poll(() => window.page.getByText('Claude Desktop').count()).toBeGreaterThan(0);
      expect(await window.page.getByRole('button', { name: 'Add to Claude Desktop' }).count()).toBe(0);
    });
  });

  it('takes over: every step before the yes, what is running is left, each outcome in honest words', () =>
    inWindow(stage, at(takeOvers), async (window) => {
      const { page } = window;
      await press(window, 'Take over…');
      const dialog = page.getByRole('dialog', { name: 'Take these services over?' });
      await expect.poll(() => askedOf(window, 'findTakeOvers').length).toBeGreaterThan(1);
      const text = await dialog.textContent();
      expect(text).toContain('Close Cursor first');
      expect(text).toContain('The rest can be done at once.');
      expect(text).toContain('If you are not signed in to it here yet, you do so next.');
      expect(text).toContain("Conexor's entry takes the place of “sales-api”");
      expect(text).toContain('The 3 sign-ins that lie open are cancelled');
      await press(window, 'Take over');
      const result = page.getByRole('region', { name: 'What has happened' });
      await result.waitFor();
      const outcomes = await result.getByRole('listitem').allTextContents();
      expect(outcomes[1]).toContain('Cancelled at the service. Deleted here.');
      expect(outcomes[2]).toContain('could not be reached, so it may still accept it. It still lies here.');
      expect(outcomes[3]).toContain('no service was asked. Deleted here.');
      expect(askedOf(window, 'takeOver')).toEqual([
        {
          entries: [{ client: 'claude-desktop', path: claudeFile, name: 'sales-api' }],
          tokens: ['t1', 't2', 't3'],
        },
      ]);
      window.answer({
        takeOver: () => ({ entries: [], tokens: [{ id: 't2', service: 'unreachable', deleted: true }] }),
      });
      await press(window, 'Delete it here anyway');
      await expect.poll(() => result.getByRole('listitem').nth(2).textContent()).toContain('Deleted here.');
      expect(askedOf(window, 'takeOver').at(-1)).toEqual({ entries: [], tokens: ['t2'], deleteUnreachable: true });
    }));

  it('removes Conexor from all apps, and names the ones that were left as they are', () => {
    const fault = { fault: 'program-running', what: 'Cursor is open.', next: 'Close it, then try again.' };
    const answers: Answers = {
      removeAllClients: () => ({
        clients: [
          { client: claudeWith(), changed: [{ path: claudeFile, backup }], failed: [] },
          { client: cursorApp, changed: [], failed: [{ path: '/home/ana/.cursor/mcp.json', fault }] },
        ],
      }),
    };
    const localClients = [{ name: 'n8n', createdAtMs: 0 }];
    const goesOn = 'n8n has a key of its own and can go on using your services. Its access is removed under Apps.';
    return inWindow(stage, { ...at(answers, { snapshot: { localClients } }), at: '#/settings' }, async (window) => {
      const { page } = window;
      await press(window, /^Remove… Remove Conexor/);
      const text = await page.getByRole('alertdialog').textContent();
      expect(text).toContain(goesOn);
      expect(text).toContain('what you have allowed each app');
      expect(text).not.toContain('No app can use');
      expect(await page.locator(':focus').textContent()).toBe('Cancel');
      await press(window, 'Remove from all apps');
      await page.getByText('Removed from Claude Desktop.').first().waitFor();
      await page.getByRole('region', { name: 'Cursor was left as it is' }).getByText('Close it').waitFor();
      await page.getByRole('region', { name: goesOn }).getByRole('button', { name: 'Go to Apps' }).click();
      await page.getByRole('heading', { name: 'Apps', exact: true }).waitFor();
    });
  });

  it('programs in containers: off until chosen; then a key for one, shown once', () => {
    const key = 'ck_container_key';
    const url = 'http://host.docker.internal:4747/mcp/conexor';
    const answers: Answers = { containerKey: ({ name }) => ({ name: `${name} (container)`, url, key }) };
    return inWindow(stage, { ...at(answers), at: '#/settings' }, async (window) => {
      const { page } = window;
      await page.getByRole('switch', { name: 'Programs in containers' }).click();
      await expect.poll(() => askedOf(window, 'setContainers')).toEqual([{ on: true }]);
      await window.show(stateOf(everyday, { settings: { containers: true } }));
      await page.getByRole('region', { name: 'Apps', exact: true }).getByText('Details').click();
      await page.getByText('http://host.docker.internal:4747', { exact: true }).waitFor();
      await press(window, 'Make a key');
      await page.getByText(key).waitFor();
      expect(askedOf(window, 'containerKey')).toEqual([{ connection: 'id-conexor', name: 'n8n' }]);
    });
  });

  it('hostile names and lines of a thousand letters break nothing', () => {
    const hostile = `<img src=x onerror=alert(1)>${'W'.repeat(200)}`;
    const view = clientOf('zed', hostile, {
      files: [{ path: `/${hostile}`, exists: true, entries: [], missing: [], backups: [] }],
    });
    const wide = {
      ...plan,
      path: `/${hostile}`,
      lines: [{ kind: 'added' as const, line: 1, text: 'x'.repeat(1_000) }],
    };
    const answers = { ...answersOf(view), planClient: () => ({ changes: [wide], closeFirst: false }) };
    return inWindow(stage, { ...at(answers), context: { viewport: { width: 360, height: 740 } } }, async ({ page }) => {
      await page.locator('.row-actions .button').click();
      await page.getByText('Details', { exact: true }).click();
      await page.getByRole('table').waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.evaluate("document.querySelector('.veil').scrollWidth <= innerWidth")).toBe(true);
    });
  });

  function textsOf(verdict: Verdict): { readonly title: string; readonly text: string } {
    const title = clientTitles['claude-desktop'];
    if (verdict === 'start') {
      const { title: titles, text } = words.clients.verdict.start;
      return { title: titles.restart(title), text: text.restart(title) };
    }
    const { title: titleOf, text } = words.clients.verdict[verdict];
    return { title: titleOf(title), text: typeof text === 'string' ? text : text(title) };
  }
});
