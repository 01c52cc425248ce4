/**
 * One instance for each data folder. A second start hands its words to the first and ends; the first shows its window,
 * at the page of a link where there is one. macOS hands links over in an event of its own.
 */
import { mkdirSync } from 'node:fs';
import { app } from 'electron';
import type { Page } from '../../shared/pages.ts';
import { hiddenWord } from './autostart.ts';
import { linkIn, linkScheme, pageOfLink } from './deep-links.ts';

/** Before the app is ready. Ends this process where another holds the folder. */
export function claimInstance(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
  app.setPath('sessionData', folder);
  // Not app.quit(): a window could flash up before that takes hold.
  if (!app.requestSingleInstanceLock()) process.exit(0);
  app.on('open-url', keepLink);
  app.on('second-instance', keepStart);
}

/** Nobody asked for a window: started by the session. */
export function startedHidden(): boolean {
  if (process.platform === 'darwin') return app.getLoginItemSettings().wasOpenedAtLogin;
  return process.argv.includes(hiddenWord);
}

/** Shows the window for this start, unless it is hidden, and for all that follow. */
export function listenToStarts(show: (page?: Page) => void, hidden: boolean): void {
  app.removeListener('open-url', keepLink);
  app.removeListener('second-instance', keepStart);
  app.on('open-url', (event, link) => {
    event.preventDefault();
    show(pageOfLink(link));
  });
  app.on('second-instance', (_, argv) => {
    if (!argv.includes(hiddenWord)) show(pageIn(argv));
  });
  // In development the scheme would be given to Electron itself.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient(linkScheme);
  const page = early.link === undefined ? pageIn(process.argv) : pageOfLink(early.link);
  if (!hidden || page || early.shown) show(page);
}

/** What arrived before anybody could show anything. */
const early: { link?: string; shown: boolean } = { shown: false };

function keepLink(event: { preventDefault(): void }, link: string): void {
  event.preventDefault();
  early.link = link;
}

function keepStart(_: unknown, argv: readonly string[]): void {
  if (argv.includes(hiddenWord)) return;
  early.shown = true;
  const link = linkIn(argv);
  if (link !== undefined) early.link = link;
}

function pageIn(argv: readonly string[]): Page | undefined {
  const link = linkIn(argv);
  return link === undefined ? undefined : pageOfLink(link);
}
