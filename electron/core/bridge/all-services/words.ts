/** What a program and its person read about several services in one conversation: whose a tool is, what there is, and what to do. */
import { faultSentence } from '../../../../shared/fault-words.ts';
import { Fault } from '../../../../shared/faults.ts';
import { oneLine } from '../../../../shared/one-line.ts';
import type { ConnectionView, Snapshot } from '../../../../shared/snapshot.ts';
import { signInTool, toolText } from '../stand-in.ts';
import { shownName } from './shown-names.ts';

/** The one tool where there is no service. It has no service's name before it, so no tool of a service is called so. */
export const connectTool = 'connect_service';

/** What services say of themselves: of one, and of all together. */
const mostInstructions = 2_000;
const mostOfAll = 16_000;
const mostServices = 50;

/** A service as a person tells it from others: its title, its name where another has that title too, and whose account. */
export function labelOf(view: ConnectionView, all: readonly ConnectionView[], account: string | undefined): string {
  const title = oneLine(view.title);
  const isShared = all.some((one) => one.id !== view.id && one.title === view.title);
  const name = isShared && view.name.toLowerCase() !== title.toLowerCase() ? [view.name] : [];
  return [title, ...name, ...(account === undefined ? [] : [oneLine(account)])].join(', ');
}

/** Words of a service with whose they are behind them, unless they say so already. */
export function labelled(text: string, label: string): string {
  return text.endsWith(`(${label})`) ? text : `${text} (${label})`.trimStart();
}

export interface ServiceWords {
  readonly prefix: string;
  readonly label: string;
  readonly host: string;
  /** Why there is no way to it. */
  readonly without: Fault | undefined;
  /** The service's own. */
  readonly instructions: string | undefined;
}

export function instructionsFor(services: readonly ServiceWords[], snapshot: Snapshot): string {
  if (services.length === 0) return nothingThere(snapshot);
  let room = mostOfAll;
  const all = services.slice(0, mostServices).map(({ prefix, label, host, without, instructions }) => {
    const said = without
      ? ` ${faultSentence(without)} The tool ${shownName(prefix, signInTool)} says how it stands.`
      : '';
    const own = without ? '' : (instructions ?? '').slice(0, Math.min(room, mostInstructions));
    room -= own.length;
    return `- ${prefix}: ${label} (${host}).${said}${own === '' ? '' : ` It says:\n${quoted(own)}`}`;
  });
  return [
    'The person’s services, reached through Conexor with the person’s own access. A tool’s name begins with its service’s name and two underscores; services come and go by themselves while this lasts.',
    ...all,
    ...(services.length > mostServices ? [`- and ${services.length - mostServices} more`] : []),
  ].join('\n');
}

/** A service's own words, which must not be taken for ours about another one. */
function quoted(words: string): string {
  return words
    .split(/[\p{Cc}\p{Zl}\p{Zp}]+/u)
    .map((line) => `  > ${oneLine(line, mostInstructions)}`)
    .join('\n');
}

/** Whoever was refused a service is not told that it is there. */
export function nothingThere({ vault }: Snapshot): string {
  return vault.kind === 'locked'
    ? faultSentence(new Fault('keychain-locked'))
    : 'No service is connected in Conexor for this program yet. Ask the person to connect one there, or to allow this program; its tools appear here by themselves.';
}

export function connectToolListed(snapshot: Snapshot): object {
  return {
    name: connectTool,
    title: 'Connect a service in Conexor',
    description: nothingThere(snapshot),
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  };
}

export function connectToolResult(services: readonly string[], snapshot: Snapshot): object {
  return services.length === 0
    ? toolText(nothingThere(snapshot), true)
    : toolText(
        `Connected: ${services.join('; ')}. Their tools are there now; list the tools again if they are not shown.`,
      );
}

/** What a person reads where a name leads nowhere any more. */
export function goneInWords(what: 'tool' | 'prompt' | 'resource', name: string): string {
  return `There is no ${what} ${oneLine(name, 200)} any more: its service was removed, renamed or not allowed, or no longer offers it. List the ${what}s again.`;
}
