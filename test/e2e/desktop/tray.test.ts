/**
 * The tray at a real panel: what a person sees there and does there, through the menu that the panel reads and clicks
 * over D-Bus. Accounts are switched and access is taken back without a window.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../../electron/practice/service.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { until } from '../terminal.ts';
import { type DesktopApp, desktopMissing, repository, startApp } from './app.ts';
import { chooseInMenu, itemProperty, type MenuItem, readMenu, registeredItems } from './tray-on-bus.ts';

const acme = 'ana.torres@acme.example (acme)';
const globex = 'ana.torres@globex.example (globex)';
const pictures = join(repository, 'test-results/desktop');

describe.skipIf(desktopMissing !== undefined)('the tray', () => {
  let desk: Desk;
  let practice: PracticeService;
  let app: DesktopApp;
  beforeAll(async () => {
    [desk, practice] = await Promise.all([
      startDesk({ panel: true }),
      startPractice(),
      mkdir(pictures, { recursive: true }),
    ]);
  });
  afterAll(async () => {
    await desk?.stop();
    await practice?.stop();
  });
  beforeEach(async () => {
    app = await startApp({ desk });
    await app.state();
    await until(async () => (await registeredItems(desk)).length === 1, 'a tray item');
  });
  afterEach(() => app.stop());

  /** The practice service with these accounts, the last one in use. */
  async function signIn(...accounts: readonly string[]): Promise<string> {
    const { connection } = await app.ask('addConnection', {
      target: practice.resource,
      service: 'practice',
      name: 'sales',
    });
    for (const account of accounts) {
      const attempt = await app.ask('startSignIn', { connection: connection.id, another: true, openBrowser: false });
      const { url } = await app.ask('signInLink', { attempt: attempt.attempt });
      await answerConsent(url, { allow: true, account });
      const outcome = await app.ask('signInOutcome', { attempt: attempt.attempt });
      if (outcome.kind !== 'done') throw new Error(`the sign-in ended as ${outcome.kind}`);
      await app.ask('useAccount', { connection: connection.id, account: outcome.accountId });
    }
    return connection.title;
  }
  const labels = (items: readonly MenuItem[]): string[] =>
    items.map(({ label }) => label).filter((label) => label !== '');
  const under = async (label: string | RegExp) => {
    const found = (await readMenu(desk)).find((one) =>
      typeof label === 'string' ? one.label === label : label.test(one.label),
    );
    return found?.items ?? [];
  };
  const accounts = async () =>
    Object.fromEntries(
      (await app.state()).snapshot.connections.flatMap((one) => one.accounts.map((a) => [a.label, a.current])),
    );

  it('is there before anything is connected, and leads to the window', async () => {
    expect(labels(await readMenu(desk))).toEqual([
      'No services yet',
      'Open Conexor',
      'Add a service…',
      'Start at login',
      'Quit Conexor',
    ]);
    await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await chooseInMenu(desk, 'Open Conexor');
    await until(() => app.isShown(), 'the window');
  });

  it('names every service with its accounts, the one in use ticked, and another is used after one click', async () => {
    const title = await signIn('acme', 'globex');
    const service = new RegExp(`^${title}`);
    await until(async () => (await readMenu(desk))[0]?.label === 'Connected: 1 service', 'the state line');
    const ticked = async () =>
      Object.fromEntries(
        (await under(service)).flatMap(({ label, checked }) => (checked === undefined ? [] : [[label, checked]])),
      );
    await until(async () => (await ticked())[globex] === true, 'the tick');
    expect(await ticked()).toEqual({ [acme]: false, [globex]: true });
    await desk.picture(join(pictures, 'tray.png'));

    await chooseInMenu(desk, service, acme);
    await until(async () => (await accounts())[acme] === true, 'the switch');
    expect(await accounts()).toEqual({ [acme]: true, [globex]: false });
    await until(async () => (await ticked())[acme] === true, 'the tick');
    expect(await ticked()).toEqual({ [acme]: true, [globex]: false });
    // Choosing what is chosen already changes nothing, and the tick stays.
    await chooseInMenu(desk, service, acme);
    await until(async () => (await ticked())[acme] === true, 'the tick');
    expect(await ticked()).toEqual({ [acme]: true, [globex]: false });
  });

  it('takes back access: at once here, then at the service, without a window', async () => {
    const title = await signIn('acme');
    const service = new RegExp(`^${title}`);
    const before = practice.seen.revocations;
    await until(async () => labels(await under(service)).includes('Sign out…'), 'the menu');
    await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const stops = (await under(service)).find(({ label }) => label === 'Sign out…')?.items ?? [];
    expect(stops.map(({ label, enabled }) => [label, enabled])).toEqual([
      ['Apps lose this access at once', false],
      [expect.stringMatching(/^Sign out of ana\.torres@acm/), true],
    ]);
    practice.control.delayNext('revoke', 2_000);
    await chooseInMenu(desk, service, 'Sign out…', /^Sign out of/);
    await until(async () => Object.keys(await accounts()).length === 0, 'the sign-out');
    expect(practice.seen.revocations, 'here it is done before the service has answered').toBe(before);
    await until(() => practice.seen.revocations > before, 'the cancellation at the service');
    expect(practice.seen.revoked.refreshTokens).toBeGreaterThan(0);
    await until(async () => !labels(await under(/Not signed in$/)).includes('Sign out…'), 'the menu afterwards');
    expect(await app.isShown()).toBe(false);
  });

  it('pauses one and all, and takes up again; the icon and the words say so', async () => {
    const title = await signIn('acme');
    const service = new RegExp(`^${title}`);
    await until(async () => labels(await under(service)).includes('Pause'), 'the menu');
    await chooseInMenu(desk, service, 'Pause');
    await until(async () => (await app.state()).snapshot.connections[0]?.paused === true, 'the pause');
    await until(async () => labels(await under(service)).includes('Resume'), 'the way back');
    await chooseInMenu(desk, service, 'Resume');
    await until(async () => (await app.state()).snapshot.connections[0]?.paused === false, 'the end of the pause');
    await until(async () => labels(await readMenu(desk)).includes('Pause all'), 'the menu');
    await chooseInMenu(desk, 'Pause all');
    await until(async () => (await readMenu(desk))[0]?.label === 'Everything is paused', 'the state line');
    expect(JSON.stringify(await itemProperty(desk, 'ToolTip'))).toContain('Everything is paused');
    await chooseInMenu(desk, 'Resume all');
    await until(async () => (await readMenu(desk))[0]?.label === 'Connected: 1 service', 'the state line');
  });

  it('counts what needs the person in its tooltip', async () => {
    await signIn('acme');
    practice.control.revokeEverything();
    const [connection] = (await app.state()).snapshot.connections;
    await app.ask('tools', { connection: connection?.id ?? '' }).catch(() => undefined);
    await until(async () => (await readMenu(desk))[0]?.label === '1 needs you to sign in again', 'the state line');
    expect(JSON.stringify(await itemProperty(desk, 'ToolTip'))).toContain('1 service needs your attention.');
  });

  it('sets start at login, and shows what is', async () => {
    const isTicked = async () => (await readMenu(desk)).find(({ label }) => label === 'Start at login')?.checked;
    expect(await isTicked()).toBe(false);
    await chooseInMenu(desk, 'Start at login');
    await until(async () => (await app.state()).app.startAtLogin === 'on', 'start at login');
    await until(async () => (await isTicked()) === true, 'the tick');
    await app.ask('setStartAtLogin', { on: false });
    await until(async () => (await isTicked()) === false, 'the end of the tick');
  });

  it('speaks the language of the settings at once', async () => {
    await app.ask('changeSettings', { language: 'es' });
    await until(async () => labels(await readMenu(desk)).includes('Salir de Conexor'), 'Spanish');
  });

  it('is there again when the panel comes back', async () => {
    await desk.endPanel();
    await desk.startPanel();
    await app.startAgain();
    await until(async () => (await registeredItems(desk)).length === 1, 'the item');
    expect(labels(await readMenu(desk))).toContain('Open Conexor');
  });

  it('Quit really quits', async () => {
    await chooseInMenu(desk, 'Quit Conexor').catch(() => undefined);
    expect(await app.ended).toBe(0);
    expect(await registeredItems(desk)).toEqual([]);
  });
});
