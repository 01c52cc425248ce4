/** One service's submenu: what is wrong with it and its one main action, its accounts, pausing, signing out. */
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';
import { accountToUse, hasNoneInUse, mainAction } from '../../shared/state-of-things.ts';
import type { Words } from '../../shared/words/words.ts';
import type { TrayAction, TrayItem } from './tray-actions.ts';
import { choice, groups, item, line, submenu } from './tray-items.ts';
import { fitInto, longestLabel, plainLine, shorten } from './tray-labels.ts';

/** More than fit on a screen are chosen in the window. */
const mostAccounts = 12;

export function serviceMenu(connection: ConnectionView, name: string, words: Words): TrayItem {
  const id = `service:${connection.id}`;
  const page: TrayAction = { kind: 'show', page: { name: 'service', connection: connection.id } };
  const items = groups(id, stateItems(connection, id, words), accountItems(connection, id, words), [
    item(`${id}:pause`, connection.paused ? words.tray.resume : words.tray.pause, {
      kind: 'ask',
      method: 'setPaused',
      argument: { connection: connection.id, paused: !connection.paused },
    }),
    ...signOutItems(connection, id, words),
    item(`${id}:details`, words.tray.details, page),
  ]);
  return submenu(id, titleOf(connection, name, words), items);
}

/** The state stands in words behind the name, unless all is well. */
function titleOf(connection: ConnectionView, name: string, words: Words): string {
  const state = stateName(connection, words);
  if (state === undefined) return shorten(plainLine(name), longestLabel);
  return fitInto((shown) => `${shown} – ${state}`, name);
}

function stateName(connection: ConnectionView, words: Words): string | undefined {
  if (neverSignedIn(connection) && connection.state === 'sign-in-again') return words.states.notSignedIn;
  if (hasNoneInUse(connection)) return words.services.accounts.noneInUse;
  if (connection.state === 'connected') return undefined;
  // A menu does not count seconds.
  if (connection.state === 'unreachable') return words.tray.unreachable;
  return words.states.name[connection.state];
}

function stateItems(connection: ConnectionView, id: string, words: Words): readonly TrayItem[] {
  const { tray } = words;
  const page = (dialog?: 'sign-in'): TrayAction => ({
    kind: 'show',
    page: { name: 'service', connection: connection.id, ...(dialog ? { dialog } : {}) },
  });
  const action = mainAction(connection.state);
  if (connection.signIn) return waitingItems(connection.signIn, connection, id, words);
  const said = stateName(connection, words);
  const says = said === undefined ? [] : [line(`${id}:state`, said)];
  // The accounts to choose from stand right below.
  if (accountToUse(connection)) return says;
  switch (action) {
    // Resume has its own place below, as Pause has. A sign-in that is not ours to cancel has no attempt.
    case 'details':
    case 'cancel':
    case 'resume':
      return says;
    case 'sign-in':
      return [
        ...says,
        item(`${id}:sign-in`, neverSignedIn(connection) ? tray.signInNow : tray.signInAgainNow, page('sign-in')),
      ];
    case 'allow':
      return [...says, item(`${id}:allow`, tray.allow, page('sign-in'))];
    case 'retry':
      return [
        ...says,
        item(`${id}:retry`, tray.tryNow, { kind: 'ask', method: 'retry', argument: { connection: connection.id } }),
      ];
    case 'plan':
      return [...says, item(`${id}:plan`, tray.explain, page())];
    case 'unlock':
      return [...says, item(`${id}:unlock`, tray.unlock, { kind: 'ask', method: 'unlock', argument: {} })];
  }
}

function waitingItems(
  { attempt, device }: WaitingSignIn,
  connection: ConnectionView,
  id: string,
  words: Words,
): readonly TrayItem[] {
  const { tray } = words;
  return [
    line(`${id}:state`, device ? tray.waitingForCode : tray.waiting),
    // A menu is no place for a code that is to be typed elsewhere.
    device
      ? item(`${id}:code`, tray.showCode, {
          kind: 'show',
          page: { name: 'service', connection: connection.id, dialog: 'sign-in' },
        })
      : item(`${id}:again`, tray.openPageAgain, { kind: 'ask', method: 'openSignIn', argument: { attempt } }),
    item(`${id}:cancel`, tray.cancel, { kind: 'ask', method: 'cancelSignIn', argument: { attempt } }),
  ];
}

/** The account in use is always among those shown. */
function accountItems(connection: ConnectionView, id: string, words: Words): readonly TrayItem[] {
  if (connection.access === 'none' || neverSignedIn(connection)) return [];
  const ordered = connection.accounts.toSorted((a, b) => Number(b.current) - Number(a.current));
  const shown = new Set(ordered.slice(0, mostAccounts).map((account) => account.id));
  const more = connection.accounts.length - shown.size;
  return [
    ...connection.accounts
      .filter((account) => shown.has(account.id))
      .map((account) =>
        choice(`${id}:account:${account.id}`, shorten(plainLine(account.label), longestLabel), account.current, {
          kind: 'ask',
          method: 'useAccount',
          argument: { connection: connection.id, account: account.id },
        }),
      ),
    ...(more > 0
      ? [
          item(`${id}:more-accounts`, words.tray.moreAccounts(more), {
            kind: 'show',
            page: { name: 'service', connection: connection.id },
          }),
        ]
      : []),
    item(`${id}:another`, words.tray.anotherAccount, {
      kind: 'show',
      page: { name: 'service', connection: connection.id, dialog: 'sign-in-another' },
    }),
  ];
}

function signOutItems(connection: ConnectionView, id: string, words: Words): readonly TrayItem[] {
  const { tray } = words;
  if (neverSignedIn(connection)) return [];
  const accounts = connection.accounts.slice(0, mostAccounts);
  const more = connection.accounts.length - accounts.length;
  return [
    submenu(`${id}:sign-out`, tray.signOut, [
      line(`${id}:sign-out:stops`, tray.signOutStops),
      ...accounts.map((account) =>
        item(`${id}:sign-out:${account.id}`, fitInto(tray.signOutOf, account.label), {
          kind: 'ask',
          method: 'signOut',
          argument: { connection: connection.id, account: account.id },
        }),
      ),
      ...(more > 0
        ? [
            item(`${id}:sign-out:more`, tray.moreAccounts(more), {
              kind: 'show',
              page: { name: 'service', connection: connection.id },
            }),
          ]
        : []),
    ]),
  ];
}

function neverSignedIn(connection: ConnectionView): boolean {
  return connection.accounts.length === 0;
}
