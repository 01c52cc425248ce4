/** Programs and changes of their settings, in a terminal's words. */
import type { ChangedClient, ClientView, PlannedChange } from '../../shared/clients.ts';
import { clientWords } from '../../shared/words/pages-clients.ts';
import { columns } from './output.ts';

const words = clientWords.en;

/** Those that are there, as a table; the others in one line. */
export function listed(clients: readonly ClientView[]): readonly string[] {
  const found = clients.filter(({ state }) => state !== 'not-found');
  const rows = found.map(({ id, title, state, files }) => [
    id,
    title,
    words.state[state],
    files.find(({ entries, missing }) => entries.length + missing.length > 0)?.path ?? files[0]?.path ?? '-',
  ]);
  const others = clients.filter(({ state }) => state === 'not-found').map(({ title }) => title);
  return [
    ...(rows.length === 0 ? [words.none] : columns([['PROGRAM', 'NAME', 'STATE', 'SETTINGS'], ...rows])),
    ...(others.length === 0 ? [] : ['', words.notFound(others.join(', '))]),
  ];
}

/** How it is with one of them, and what to do next: two sentences, and what its files say. */
export function verdictOf(client: ClientView): readonly string[] {
  const { title, verdict, files, reload } = client;
  const { start, ...others } = words.verdict;
  const { title: heading, text } =
    verdict === 'start' ? { title: start.title[reload], text: start.text[reload] } : others[verdict];
  return [
    sentence(heading(title)),
    typeof text === 'string' ? text : text(title),
    ...files.flatMap(({ fault }) => (fault ? [fault.what, fault.next] : [])),
    ...files
      .filter(({ leftAlone }) => leftAlone)
      .map(({ path }) => `${title} does not read ${path}: it is left alone.`),
    ...(verdict === 'entry-missing' || verdict === 'relay-gone'
      ? [`Put it back: npx conexor clients add ${client.id}`]
      : []),
    ...(verdict === 'waiting-for-leave' || verdict === 'refused' ? [`Allow it: npx conexor allow ${client.id}`] : []),
  ];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const whatWords: Record<Exclude<PlannedChange['what'], 'nothing'>, (path: string) => string> = {
  create: (path) => `This file is made: ${path}`,
  change: (path) => `This changes in ${path}:`,
  delete: (path) => `This file is deleted, because all of it is Conexor's: ${path}`,
};

/** The exact change: each line that goes or comes, with where it stands in the file. */
export function changeInWords({ path, what, lines, copy, fault }: PlannedChange): readonly string[] {
  if (what === 'nothing') return fault ? [fault.what, fault.next] : [];
  return [
    whatWords[what](path),
    ...lines.map(({ kind, line, text }) => `${kind === 'added' ? '+' : '-'} ${String(line).padStart(4)}  ${text}`),
    ...(lines.some(({ masked }) => masked) ? ["Values that are not Conexor's are not shown: … stands for them."] : []),
    ...(copy ? ['No other line in it changes, and a copy is made beside it first.'] : []),
    ...(fault ? [fault.what, fault.next] : []),
  ];
}

interface DoneHow {
  /** What has been told already. */
  readonly said?: readonly string[];
  /** Where several programs are told about. */
  readonly withTitle?: boolean;
}

/** What was done, file by file, and what was not. */
export function doneInWords(
  { client, changed, failed }: ChangedClient,
  { said = [], withTitle = false }: DoneHow = {},
): readonly string[] {
  const title = withTitle ? `${client.title}: ` : '';
  const whats = failed.flatMap(({ fault }) => (said.includes(fault.what) ? [] : [`${title}${fault.what}`, fault.next]));
  return [
    ...changed.map(({ path, backup }) => {
      const copy = backup === undefined ? '' : ` (as it was: ${backup})`;
      return `Done: ${title}${path}${copy}`;
    }),
    ...whats,
    ...(changed.length + failed.length === 0 ? [`Nothing had to be changed for ${client.title}.`] : []),
  ];
}
