/**
 * The desktop app's life at a real desk: one instance, hidden and shown, with a tray and without, started at login,
 * and gone without a trace.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPractice } from '../../../electron/practice/service.ts';
import { helpAddresses } from '../../../shared/help-pages.ts';
import { startBrowserProgram } from '../../fakes/browser-program.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { connects, openTerminal, until } from '../terminal.ts';
import { type DesktopApp, desktopMissing, repository, startApp, startPlainly } from './app.ts';
import { registeredItems } from './tray-on-bus.ts';

describe.skipIf(desktopMissing !== undefined)('the desktop app', () => {
  let desk: Desk;
  let app: DesktopApp | undefined;
  beforeAll(async () => {
    desk = await startDesk();
  });
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });
  afterAll(() => desk?.stop());

  const start = async (...words: readonly string[]) => {
    app = await startApp({ desk, words });
    return app;
  };
  const shown = (one: DesktopApp, wanted = true) =>
    until(async () => (await one.isShown()) === wanted, `a window that is ${wanted ? 'shown' : 'hidden'}`);
  const closeWindow = (one: DesktopApp) =>
    one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

  describe('without a tray', () => {
    it('shows its window, says that there is no tray, and quits when the window is closed', async () => {
      const one = await start();
      await shown(one);
      expect((await one.state()).app).toMatchObject({ kind: 'desktop', tray: false, startAtLogin: 'off' });
      await closeWindow(one).catch(() => undefined);
      expect(await one.ended).toBe(0);
    });

    it('is one: a second start brings the first forward and ends well', async () => {
      const one = await start();
      await shown(one);
      await one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      await shown(one, false);
      expect(await one.startAgain()).toBe(0);
      await shown(one);
      expect(await one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('a second start with a link opens that page, with any other link only the window', async () => {
      const one = await start();
      const page = await one.page();
      await one.state();
      const pages: string[] = [];
      await page.exposeFunction('toldPage', (text: string) => {
        pages.push(text);
      });
      await page.evaluate(`conexor.listen((event) => {
        if (event.kind === 'page') void toldPage(JSON.stringify(event.page));
      }); undefined`);
      expect(await one.startAgain('conexor://open/v1/service/x/sign-out')).toBe(0);
      expect(await one.startAgain('conexor://open/v1/settings')).toBe(0);
      await until(() => pages.length > 0, 'the page');
      expect(pages).toEqual(['{"name":"settings"}']);
    });

    it('a second start by the session shows nothing', async () => {
      const one = await start();
      await shown(one);
      await one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      expect(await one.startAgain('--hidden')).toBe(0);
      expect(await one.startAgain('--hidden')).toBe(0);
      expect(await one.isShown()).toBe(false);
    });

    it('is another one over another folder', async () => {
      const one = await start();
      const other = await startApp({ desk });
      try {
        expect((await other.state()).app.dataDir).not.toBe((await one.state()).app.dataDir);
      } finally {
        await other.stop();
      }
    });

    it('keeps its window where the person put it, and its things in a folder that is theirs alone', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cx-desktop-'));
      try {
        const place = { x: 60, y: 40, width: 700, height: 560 };
        app = await startApp({ desk, dataDir });
        await shown(app);
        await app.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), place);
        await closeWindow(app).catch(() => undefined);
        expect(await app.ended).toBe(0);
        expect((await stat(join(dataDir, 'desktop'))).mode & 0o077).toBe(0);
        app = await startApp({ desk, dataDir });
        await shown(app);
        const bounds = app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
        expect(await bounds).toEqual(place);
      } finally {
        await app?.stop();
        await rm(dataDir, { recursive: true, force: true });
      }
    });

    it('Ctrl+Q quits: socket and port are free, no process is left', async () => {
      const one = await start();
      await shown(one);
      const { httpUrl } = (await one.state()).app;
      const { port } = new URL(httpUrl);
      expect(await connects(port)).toBe(true);
      expect(existsSync(join(one.dataDir, 'broker.sock'))).toBe(true);
      await one.app
        .evaluate(({ BrowserWindow }) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          contents?.sendInputEvent({ type: 'keyDown', keyCode: 'Q', modifiers: ['control'] });
        })
        .catch(() => undefined);
      expect(await one.ended).toBe(0);
      expect(await connects(port)).toBe(false);
      expect(existsSync(join(one.dataDir, 'broker.sock'))).toBe(false);
      expect(existsSync(join(one.dataDir, 'desktop', 'SingletonLock'))).toBe(false);
    });

    it('a signal ends it as quitting does', async () => {
      const one = await start();
      await one.state();
      process.kill(one.pid, 'SIGTERM');
      expect(await one.ended).toBe(0);
      expect(existsSync(join(one.dataDir, 'broker.sock'))).toBe(false);
    });

    it('is there again after it was killed', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cx-desktop-'));
      try {
        app = await startApp({ desk, dataDir });
        await app.state();
        process.kill(app.pid, 'SIGKILL');
        await app.ended;
        app = await startApp({ desk, dataDir });
        expect((await app.state()).app.kind).toBe('desktop');
      } finally {
        await app?.stop();
        await rm(dataDir, { recursive: true, force: true });
      }
    });

    it('a page that dies is there again', async () => {
      const one = await start();
      await one.state();
      await one.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
      await vi.waitFor(async () => expect(await one.log()).toContain("the window's page has ended"), {
        timeout: 30_000,
      });
      // The driver has given that page up.
      const alive = () =>
        one.app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            `conexor.ask('state', {}).then((answer) => answer.ok)`,
          ),
        );
      await until(async () => (await alive()) === true, 'the page');
    });

    it('starts at login when the person wants it, in the background, and has the theme that they want', async () => {
      const one = await start();
      const file = join(String(desk.env['HOME']), '.config/autostart/conexor.desktop');
      expect((await one.ask('setStartAtLogin', { on: true })).app.startAtLogin).toBe('on');
      const content = await readFile(file, 'utf8');
      expect(content).toMatch(/^Exec=.* --hidden$/m);
      expect(content).toContain(repository.replace(/\/$/, ''));
      expect((await one.ask('setStartAtLogin', { on: false })).app.startAtLogin).toBe('off');
      expect(existsSync(file)).toBe(false);

      await one.ask('changeSettings', { theme: 'dark' });
      expect(await one.app.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(true);
      await one.ask('changeSettings', { theme: 'light' });
      expect(await one.app.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(false);
    });

    it('takes the place of a broker that a program has started, whose programs go on', async () => {
      const terminal = await openTerminal(desk.env);
      try {
        expect((await terminal.run('start', '--port', '0')).code).toBe(0);
        expect(terminal.brokers()).toHaveLength(1);
        app = await startApp({ desk, dataDir: terminal.dataDir });
        expect((await app.state()).app.kind).toBe('desktop');
        await until(() => terminal.brokers().length === 0, 'the end of the other broker');
        expect((await terminal.run('list')).code).toBe(0);
        expect((await terminal.run('stop')).code).toBe(0);
        expect(await app.ended).toBe(0);
      } finally {
        await app?.stop();
        await terminal.stop();
      }
    });

    it('hands the page of a sign-in and of help to the system, and nothing else', async () => {
      const browser = await startBrowserProgram(async () => undefined);
      const folder = await mkdtemp(join(tmpdir(), 'cx-path-'));
      const practice = await startPractice();
      try {
        await symlink(browser.path, join(folder, 'xdg-open'));
        app = await startApp({ desk, env: { PATH: `${folder}:${process.env['PATH']}` } });
        const { connection } = await app.ask('addConnection', { target: practice.resource, service: 'practice' });
        const { attempt } = await app.ask('startSignIn', { connection: connection.id, openBrowser: true });
        await until(() => browser.opened.length === 1, 'the page');
        expect(browser.opened[0]?.href).toBe((await app.ask('signInLink', { attempt })).url);
        await app.ask('cancelSignIn', { attempt });
        await expect(app.ask('openSignIn', { attempt })).rejects.toThrow('sign-in-unknown');
        expect(await app.ask('openHelp', { page: 'claude' })).toEqual({ url: helpAddresses.claude, opened: true });
        await until(() => browser.opened.length === 2, 'the help page');
        expect(browser.opened[1]?.href).toBe(helpAddresses.claude);
      } finally {
        await app?.stop();
        await practice.stop();
        await browser.stop();
        await rm(folder, { recursive: true, force: true });
      }
    });

    it('that cannot use its folder says so on the screen and ends', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cx-desktop-'));
      const file = join(folder, 'no-folder');
      await writeFile(file, '');
      try {
        const said = await startPlainly(desk, { CONEXOR_DATA_DIR: file });
        expect(said).toContain(`Conexor cannot use its folder ${file}.`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });

  describe('with a tray', () => {
    beforeAll(() => desk.startPanel());
    afterAll(() => desk.endPanel());

    it('leaves the screen when its window is closed, and a start brings it back as it was', async () => {
      const one = await start();
      await shown(one);
      await until(async () => (await one.state()).app.tray, 'a tray');
      expect(await registeredItems(desk)).toHaveLength(1);
      await (await one.page()).evaluate('document.body.dataset.mark = "kept"');
      await closeWindow(one);
      await shown(one, false);
      await until(async () => (await one.state()).settings.trayNoticeGiven, 'the one notice');
      expect((await one.state()).app.tray).toBe(true);
      expect(await one.startAgain()).toBe(0);
      await shown(one);
      expect(await (await one.page()).evaluate('document.body.dataset.mark')).toBe('kept');
    });

    it('started at login it shows nothing but its icon', async () => {
      const one = await start('--hidden');
      await until(async () => (await registeredItems(desk)).length === 1, 'a tray item');
      expect(await one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
      expect(await one.startAgain()).toBe(0);
      await shown(one);
    });

    it('quits when its window is closed after the panel has gone', async () => {
      const one = await start();
      await until(async () => (await one.state()).app.tray, 'a tray');
      await desk.endPanel();
      await closeWindow(one).catch(() => undefined);
      expect(await one.ended).toBe(0);
      await desk.startPanel();
    });
  });
});
