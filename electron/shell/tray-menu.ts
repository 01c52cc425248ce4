/**
 * The tray as a pure function of the state: its menu, its tooltip, its icon. Plain data; tray.ts makes Electron's menu
 * of it. State first, then who asks for access, the window, the services, what holds for all of them, Quit last.
 */
import { programTitle } from '../../shared/client-titles.ts';
import { serviceNames } from '../../shared/service-names.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { isProblem, problemsOf } from '../../shared/state-of-things.ts';
import type { WindowState } from '../../shared/window.ts';
import type { Words } from '../../shared/words/words.ts';
import type { TrayItem, TrayMenu } from './tray-actions.ts';
import { check, groups, item, line, submenu } from './tray-items.ts';
import { fitInto, shorten } from './tray-labels.ts';
import { serviceMenu } from './tray-service.ts';

export type { TrayAction, TrayAsk, TrayItem, TrayMenu } from './tray-actions.ts';

export type TrayIcon = 'normal' | 'attention' | 'paused';

/** More would not fit on a screen; the window shows them all. */
const mostServices = 15;
const mostAsking = 3;
/** Windows cuts tooltips off here. */
const longestTooltip = 127;

export function trayMenu(state: WindowState, words: Words): TrayMenu {
  const { snapshot } = state;
  const { tray } = words;
  const locked = snapshot.vault.kind === 'locked';
  const items = groups(
    'line',
    [
      line('state', stateLine(state, words)),
      ...(locked ? [item('unlock', tray.unlock, { kind: 'ask', method: 'unlock', argument: {} })] : []),
      ...unconfirmedItems(state, words),
      ...questionItems(state, words),
      ...askingItems(state, words),
      ...missingItems(state, words),
    ],
    [item('open', tray.open, { kind: 'show' })],
    serviceItems(state, words),
    allItems(state, words),
    startItems(state, words),
    [item('quit', tray.quit, { kind: 'ask', method: 'quit', argument: {} })],
  );
  return { items };
}

/** Counts what waits for the person. */
export function trayTooltip(state: WindowState, words: Words): string {
  const problems = problemsOf(state.snapshot);
  const parts = [
    ...(problems.locked ? [`${words.states.name['keychain-locked']}.`] : []),
    ...(problems.services > 0 ? [words.states.problems(problems.services)] : []),
    ...(problems.asking > 0 ? [words.states.asking(problems.asking)] : []),
    ...(problems.questions > 0 ? [words.states.questions(problems.questions)] : []),
    ...state.missing.map(({ title }) => words.clients.missing.line(title)),
  ];
  const what = parts.length > 0 ? parts.join(' ') : calm(state, words);
  return shorten(words.tray.tooltip(what), longestTooltip);
}

export function trayIcon(state: WindowState): TrayIcon {
  const { locked, services, asking, questions } = problemsOf(state.snapshot);
  const wanted = services + asking + questions + state.missing.length;
  if (locked || wanted > 0) return 'attention';
  return allPaused(state.snapshot.connections) ? 'paused' : 'normal';
}

function stateLine(state: WindowState, words: Words): string {
  const { connections, vault } = state.snapshot;
  const { tray } = words;
  if (vault.kind === 'locked') return tray.locked;
  const problems = connections.filter(isProblem);
  if (problems.length === 0) return calm(state, words);
  const signIns = problems.filter((one) => one.state === 'sign-in-again' || one.state === 'removed-by-service');
  return signIns.length === problems.length ? tray.signInAgain(signIns.length) : tray.attention(problems.length);
}

/** Where nothing needs the person. */
function calm(state: WindowState, words: Words): string {
  const { connections } = state.snapshot;
  const { tray } = words;
  const connected = connections.filter((one) => one.state === 'connected').length;
  if (connections.length === 0) return tray.nothingConnected;
  if (allPaused(connections)) return tray.everythingPaused;
  return connected === 0 ? tray.nobodySignedIn : tray.connected(connected);
}

function allPaused(connections: readonly ConnectionView[]): boolean {
  return connections.length > 0 && connections.every((one) => one.paused);
}

/** A sign-out that the service has not heard of is not hidden (rule 8). */
function unconfirmedItems(state: WindowState, words: Words): readonly TrayItem[] {
  const waiting = state.snapshot.pendingRevocations.length;
  if (waiting === 0) return [];
  return [item('unconfirmed', words.tray.unconfirmed(waiting), { kind: 'show', page: { name: 'services' } })];
}

/** Each is answered in the window, where all of it can be read. */
function questionItems(state: WindowState, words: Words): readonly TrayItem[] {
  const { questions } = state.snapshot;
  const { tray } = words;
  const more = questions.length - mostAsking;
  const show = { kind: 'show', page: { name: 'services' } } as const;
  return [
    ...questions
      .slice(0, mostAsking)
      .map(({ id, program }) => item(`question:${id}`, fitInto(tray.question, program), show)),
    ...(more > 0 ? [item('questions-more', tray.moreQuestions(more), show)] : []),
  ];
}

function askingItems(state: WindowState, words: Words): readonly TrayItem[] {
  const { tray } = words;
  const programs = state.snapshot.connections.flatMap((one) =>
    one.clients.filter((client) => client.access === 'asking').map((client) => programTitle(client.name)),
  );
  const names = [...new Set(programs)];
  const page = { kind: 'show', page: { name: 'programs' } } as const;
  return [
    ...names.slice(0, mostAsking).map((name) => item(`asks:${name}`, fitInto(tray.asks, name), page)),
    ...(names.length > mostAsking ? [item('asks-more', tray.moreAsk(names.length - mostAsking), page)] : []),
  ];
}

/** Apps out of whose settings our entry has vanished: put back in the window, where the change is shown first. */
function missingItems({ missing }: WindowState, { tray }: Words): readonly TrayItem[] {
  const page = { kind: 'show', page: { name: 'programs' } } as const;
  return missing
    .slice(0, mostAsking)
    .map(({ client, title }) => item(`missing:${client}`, fitInto(tray.vanished, title), page));
}

/** Problems first, as in the window; what does not fit leads there. */
function serviceItems(state: WindowState, words: Words): readonly TrayItem[] {
  const { connections, vault } = state.snapshot;
  if (vault.kind === 'locked') return [];
  if (connections.length === 0) return [item('add', words.tray.addService, { kind: 'show', page: { name: 'add' } })];
  const names = serviceNames(connections, words);
  const sorted = connections.toSorted((a, b) => Number(isProblem(b)) - Number(isProblem(a)));
  const more = sorted.length - mostServices;
  return [
    ...sorted.slice(0, mostServices).map((one) => serviceMenu(one, names.get(one.id) ?? one.title, words)),
    ...(more > 0 ? [item('more', words.tray.more(more), { kind: 'show', page: { name: 'services' } })] : []),
  ];
}

function allItems(state: WindowState, words: Words): readonly TrayItem[] {
  const { connections } = state.snapshot;
  const { tray } = words;
  if (connections.length === 0) return [];
  const somebodySignedIn = connections.some((one) => one.accounts.length > 0);
  const pauseAll = (paused: boolean, text: string) =>
    item(paused ? 'pause-all' : 'resume-all', text, { kind: 'ask', method: 'setPaused', argument: { paused } });
  return [
    ...(allPaused(connections) ? [] : [pauseAll(true, tray.pauseAll)]),
    ...(connections.some((one) => one.paused) ? [pauseAll(false, tray.resumeAll)] : []),
    ...(somebodySignedIn
      ? [
          submenu('sign-out-all', tray.signOutAll, [
            line('sign-out-all:stops', tray.signOutAllStops),
            item('sign-out-all:now', tray.signOutAllNow, { kind: 'ask', method: 'signOutAll', argument: {} }),
          ]),
        ]
      : []),
  ];
}

function startItems(state: WindowState, words: Words): readonly TrayItem[] {
  const { startAtLogin } = state.app;
  const { tray } = words;
  if (startAtLogin === 'unavailable') return [];
  if (startAtLogin === 'needs-approval') {
    return [item('start-at-login', tray.startNeedsApproval, { kind: 'show', page: { name: 'settings' } })];
  }
  const on = startAtLogin === 'on';
  return [
    check('start-at-login', tray.startAtLogin, on, true, {
      kind: 'ask',
      method: 'setStartAtLogin',
      argument: { on: !on },
    }),
  ];
}
