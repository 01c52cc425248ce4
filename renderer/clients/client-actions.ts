/** What an app's state asks of the person: its one main action, how it looks, in which words. Pure. */
import type { ClientView, ClientWay } from '../../shared/clients.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import type { IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/notice.tsx';

type ClientMain = 'add' | 'back' | 'finish' | 'remove';

export function mainOf(view: Pick<ClientView, 'state' | 'verdict' | 'ways'>): ClientMain {
  const { state, verdict } = view;
  // Its key is ended where the programs are; here it can only have another one.
  if (suggestedWay(view) === 'copy') return 'add';
  if (state === 'connected') return 'remove';
  if (state === 'missing' || verdict === 'relay-gone' || verdict === 'entry-missing') return 'back';
  if (state === 'added' || state === 'unusable') return 'finish';
  return 'add';
}

export function mainLabel(view: ClientView, { clients: { action } }: WindowWords): string {
  switch (mainOf(view)) {
    case 'add':
      return suggestedWay(view) === 'copy' ? action.copy : action.add(view.title);
    case 'back':
      return action.back;
    case 'remove':
      return action.remove(view.title);
    case 'finish':
      if (view.verdict === 'waiting-for-leave' || view.verdict === 'refused') return action.allow;
      return view.state === 'unusable' ? action.explain : action.finish;
  }
}

export function suggestedWay({ ways }: Pick<ClientView, 'ways'>): ClientWay {
  return ways[0] ?? 'file';
}

export function lookOf({ state, verdict }: Pick<ClientView, 'state' | 'verdict'>): readonly [Tone, IconName] {
  switch (state) {
    case 'connected':
      return ['good', 'check'];
    case 'missing':
      return ['notice', 'removed'];
    case 'unusable':
      return ['notice', 'attention'];
    case 'added':
      return verdict === 'start' ? ['calm', 'waiting'] : ['notice', 'attention'];
    default:
      return ['calm', 'nobody'];
  }
}

/** What holds at present and what to do next, in two sentences. */
export function verdictWords(
  view: Pick<ClientView, 'verdict' | 'reload' | 'title' | 'files' | 'ways'>,
  { clients }: WindowWords,
) {
  const { verdict, reload, title } = view;
  if (suggestedWay(view) === 'copy') {
    const { unused, paste, used } = clients.verdict.key;
    if (verdict === 'start') return { title: unused(title), text: paste(title) };
    if (verdict === 'connected') return { title: clients.verdict.connected.title(title), text: used(title) };
  }
  if (verdict === 'start') {
    const { title: titles, text } = clients.verdict.start;
    return { title: titles[reload](title), text: text[reload](title) };
  }
  const words = clients.verdict[verdict];
  const text = typeof words.text === 'string' ? words.text : words.text(title);
  return { title: words.title(title), text };
}

/** An entry of ours stands in one of its files, or stood there. */
export function hasEntry({ files, state }: Pick<ClientView, 'files' | 'state'>): boolean {
  return state === 'connected' || files.some(({ entries, missing }) => entries.length + missing.length > 0);
}

export function canUndo({ files }: Pick<ClientView, 'files'>): boolean {
  return files.some(({ undo }) => undo !== undefined);
}

/** On this computer, or something of ours is in it; what is only copied by hand is never found. */
export function isFound(view: ClientView): boolean {
  return view.state !== 'not-found' && (suggestedWay(view) !== 'copy' || view.state !== 'not-added');
}

/** The one that a person is led to: Claude Desktop, else the first that is here. Undefined where one works already. */
export function suggestedClient(clients: readonly ClientView[]): ClientView | undefined {
  const found = clients.filter(isFound);
  const best = found.find(({ id }) => id === 'claude-desktop') ?? found[0];
  return found.some(({ state }) => state === 'connected') ? undefined : best;
}

/** Nothing is to be done in Conexor: the app has its turn. */
export function isWaitedFor({ verdict }: Pick<ClientView, 'verdict'>): boolean {
  return verdict === 'start' || verdict === 'restart' || verdict === 'no-tools' || verdict === 'started-by-other';
}
