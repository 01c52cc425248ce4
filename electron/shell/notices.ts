/**
 * When a notification is due: only where a person has to act, each time a state begins, never again while it lasts.
 * Pure: what was, what is, and the words. Everything told here stands in the window and in the tray as well.
 */
import { programTitle } from '../../shared/client-titles.ts';
import type { Page } from '../../shared/pages.ts';
import { serviceNames } from '../../shared/service-names.ts';
import type { ConnectionView, Snapshot } from '../../shared/snapshot.ts';
import { hasNoneInUse } from '../../shared/state-of-things.ts';
import type { SignOutAnswer, WindowState } from '../../shared/window.ts';
import { questionTitle } from '../../shared/words/questions.ts';
import type { Words } from '../../shared/words/words.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Where the person acts on it. */
  readonly page: Page;
}

/** `before` is undefined at the start: what lasted through it is shown by the window and the tray's tooltip. */
export function noticesFor(before: Snapshot | undefined, after: Snapshot, words: Words): readonly Notice[] {
  // Behind a locked keychain nothing can be seen; what comes back when it opens is not new.
  if (before === undefined || before.vault.kind === 'locked' || after.vault.kind === 'locked') return [];
  const names = serviceNames(after.connections, words);
  return after.connections.flatMap((connection) =>
    stateNotice(
      before.connections.find(({ id }) => id === connection.id),
      connection,
      names.get(connection.id) ?? connection.title,
      words,
    ),
  );
}

function stateNotice(
  before: ConnectionView | undefined,
  connection: ConnectionView,
  service: string,
  { notices }: Words,
): readonly Notice[] {
  const { id, state, accounts } = connection;
  // Signed out on purpose is nothing to act on, whether others are left or not; neither is an attempt of the person's own that ended as it began.
  if (accounts.length === 0 || hasNoneInUse(connection)) return [];
  if (before === undefined || before.state === state) return [];
  if (before.state === 'signing-in') return [];
  const page: Page = { name: 'service', connection: id };
  switch (state) {
    case 'sign-in-again':
      return [{ title: notices.signInAgain.title(service), body: notices.signInAgain.body, page }];
    case 'permission-needed':
      return [{ title: notices.permissionNeeded.title(service), body: notices.permissionNeeded.body, page }];
    case 'removed-by-service':
      return [{ title: notices.removedByService.title(service), body: notices.removedByService.body, page }];
    default:
      return [];
  }
}

/** A program that waits for the person's answer about one service. */
export interface Asking {
  readonly key: string;
  readonly program: string;
  readonly service: string;
  /** What it wants to do and may not by itself, as a title; absent where it asks to be let in. */
  readonly question?: string;
}

/** Those who ask now, and did not before. */
export function begunToAsk(before: Snapshot | undefined, after: Snapshot, words: Words): readonly Asking[] {
  if (before === undefined || before.vault.kind === 'locked' || after.vault.kind === 'locked') return [];
  const askedBefore = new Set(askingIn(before, words).map(({ key }) => key));
  return askingIn(after, words).filter(({ key }) => !askedBefore.has(key));
}

export function askingIn({ connections, questions }: Snapshot, words: Words): readonly Asking[] {
  const names = serviceNames(connections, words);
  const asked = questions.map((question) => {
    const service = names.get(question.connectionId) ?? '';
    const title = questionTitle(question, service, words);
    return { key: question.id, program: question.program, service, question: title };
  });
  const wanting = connections.flatMap(({ id, title, clients }) =>
    clients
      .filter(({ access }) => access === 'asking')
      .map(({ name, door }) => ({
        key: JSON.stringify([id, door, name]),
        program: programTitle(name),
        service: names.get(id) ?? title,
      })),
  );
  return [...asked, ...wanting];
}

/** However many they are: one notice. Undefined for nobody. */
export function askingNotice(asking: readonly Asking[], { notices }: Words): Notice | undefined {
  const [first] = asking;
  if (!first) return undefined;
  if (first.question !== undefined && asking.length === 1) {
    return { title: first.question, body: notices.question, page: { name: 'services' } };
  }
  if (asking.some(({ question }) => question !== undefined)) {
    const { title, body } = notices.several;
    return { title: title(asking.length), body, page: { name: 'services' } };
  }
  const page: Page = { name: 'programs' };
  const programs = new Set(asking.map(({ program }) => program)).size;
  if (programs > 1) return { title: notices.programsAsk.title(programs), body: notices.programsAsk.body, page };
  const services = [...new Set(asking.map(({ service }) => service))].join(', ');
  return { title: notices.programAsks.title(first.program), body: notices.programAsks.body(services), page };
}

/** Entries of ours that have vanished from other programs since; what was missing before is no news. */
export function missingNotices(
  before: WindowState['missing'] | undefined,
  after: WindowState['missing'],
  { notices }: Words,
): readonly Notice[] {
  if (before === undefined) return [];
  const known = new Set(before.map(({ client }) => client));
  return after
    .filter(({ client }) => !known.has(client))
    .map(({ title }) => ({
      title: notices.entryVanished.title(title),
      body: notices.entryVanished.body(title),
      page: { name: 'programs' },
    }));
}

/** What has become of a sign-out that was chosen in the tray, where no window says it (rule 8: both halves). */
export function signedOutNotice(
  { account, service: answer }: SignOutAnswer,
  service: string,
  connection: string,
  { notices }: Words,
): Notice {
  const texts = {
    cancelled: notices.signedOut.confirmed,
    waiting: notices.signedOut.waiting,
    refused: notices.signedOut.refused,
    'no-way': notices.signedOut.noWay,
    'may-live': notices.signedOut.mayLive,
    nothing: notices.signedOut.noWay,
  }[answer];
  return { title: texts.title(account), body: texts.body(service), page: { name: 'service', connection } };
}

export function signedOutOfEverythingNotice(answers: readonly SignOutAnswer[], { notices }: Words): Notice {
  const { title, confirmed, unconfirmed } = notices.signedOutOfEverything;
  const open = answers.filter(({ service }) => service !== 'cancelled').length;
  return { title, body: open === 0 ? confirmed : unconfirmed(open), page: { name: 'services' } };
}
