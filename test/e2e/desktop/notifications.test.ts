/**
 * Notifications at a desktop that shows them: where a person has to act and after a choice in the tray, each with the
 * way to the very place, and none for anything else.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../../electron/practice/service.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { type NotificationServer, startNotificationServer } from '../../fakes/notification-server.ts';
import { until } from '../terminal.ts';
import { type DesktopApp, desktopMissing, startApp } from './app.ts';
import { chooseInMenu, readMenu } from './tray-on-bus.ts';

describe.skipIf(desktopMissing !== undefined)('notifications', () => {
  let desk: Desk;
  let practice: PracticeService;
  let server: NotificationServer;
  let app: DesktopApp;
  let connection: string;
  const pages: string[] = [];

  beforeAll(async () => {
    [desk, practice] = await Promise.all([startDesk({ panel: true }), startPractice()]);
    server = await startNotificationServer(desk.env['DBUS_SESSION_BUS_ADDRESS'] ?? '');
    app = await startApp({ desk });
    const page = await app.page();
    await page.exposeFunction('toldPage', (text: string) => {
      pages.push(text);
    });
    await page.evaluate(`conexor.listen((event) => {
      if (event.kind === 'page') void toldPage(JSON.stringify(event.page));
    }); undefined`);
    const added = await app.ask('addConnection', { target: practice.resource, service: 'practice', name: 'sales' });
    connection = added.connection.id;
    await signIn();
    await until(async () => (await readMenu(desk))[0]?.label === 'Connected: 1 service', 'the tray');
  });
  afterAll(async () => {
    await app?.stop();
    server?.stop();
    await desk?.stop();
    await practice?.stop();
  });

  async function signIn(): Promise<void> {
    const { attempt } = await app.ask('startSignIn', { connection, openBrowser: false });
    const { url } = await app.ask('signInLink', { attempt });
    await answerConsent(url, { allow: true, account: 'acme' });
    expect(await app.ask('signInOutcome', { attempt })).toMatchObject({ kind: 'done' });
  }
  const hide = () => app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const titles = () => server.shown.map(({ title }) => title);
  /** The latest one is clicked: the window comes up at this page. */
  async function clickLatest(page: object): Promise<void> {
    await hide();
    const told = pages.length;
    server.click(server.shown.at(-1)?.id ?? 0);
    await until(() => app.isShown(), 'the window');
    await until(() => pages.length > told, 'the page');
    expect(JSON.parse(pages.at(-1) ?? '')).toEqual(page);
  }

  it('there are none for what the person did in the window', () => {
    expect(titles()).toEqual([]);
  });

  it('a sign-in that has ended is told once, and the click leads to the service', async () => {
    practice.control.revokeEverything();
    for (let again = 0; again < 2; again++) await app.ask('tools', { connection }).catch(() => undefined);
    await until(() => titles().length > 0, 'the notification');
    expect(titles()).toEqual([expect.stringMatching(/^Sign in to .* again$|has ended your sign-in$/)]);
    await clickLatest({ name: 'service', connection });
    await signIn();
    expect(titles()).toHaveLength(1);
  });

  it('closing the window says once that Conexor goes on', async () => {
    const close = () => app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    // Twice before anything can have been written down.
    await app.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.close();
      window?.close();
    });
    await until(() => titles().includes('Conexor keeps running'), 'the notice');
    await clickLatest({ name: 'services' });
    await close();
    await until(async () => !(await app.isShown()), 'the hidden window');
    expect(titles().filter((title) => title === 'Conexor keeps running')).toHaveLength(1);
  });

  it('a sign-out in the tray says which of its two halves have happened', async () => {
    practice.control.failNext('revoke', { status: 503, times: 2 });
    const before = titles().length;
    await chooseInMenu(desk, /practice/, 'Sign out…', /^Sign out of/);
    await until(async () => (await app.state()).snapshot.connections[0]?.accounts.length === 0, 'the sign-out here');
    await until(() => titles().length > before, 'the notification');
    expect(server.shown.at(-1)).toMatchObject({
      title: expect.stringMatching(/^Signed out of ana.* here$/),
      body: expect.stringMatching(/keeps trying to cancel it there/),
    });
    expect(titles(), 'signed out on purpose is nothing to act on').toHaveLength(before + 1);
    await clickLatest({ name: 'service', connection });
  });
});
