/** Results of the tools: plain sentences for people, the same as data for programs. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { faultSentence } from '../../../../shared/fault-words.ts';
import { asFault } from '../../../../shared/faults.ts';
import type { AccountView, ConnectionView } from '../../../../shared/snapshot.ts';
import type { SignInOutcome } from '../../broker/sign-in.ts';
import type { Consent } from './consent.ts';

export const accountField = z.object({ id: z.string(), label: z.string() });

export function accountHandle({ id, label }: Pick<AccountView, 'id' | 'label'>): z.infer<typeof accountField> {
  return { id, label };
}

export function answer(sentences: readonly (string | false)[], data: Record<string, unknown>): CallToolResult {
  const text = sentences.filter((one) => one !== false).join('\n');
  return { content: [{ type: 'text', text }], structuredContent: data };
}

/** What cannot be done, in words; also the answer to any fault. */
export function refusal(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

/** Nothing that a tool throws is a failure of the protocol: the model reads what happened and what to do. */
export async function plainly<R>(work: () => Promise<R>): Promise<R | CallToolResult> {
  try {
    return await work();
  } catch (thrown) {
    return refusal(faultSentence(asFault(thrown)));
  }
}

/** Where there is no yes: what to tell the model. */
export function withoutConsent(
  consent: Exclude<Consent, { kind: 'host-asks' | 'yes' }>,
  { title }: ConnectionView,
): CallToolResult {
  switch (consent.kind) {
    case 'waits':
      return refusal(
        `This waits for the person’s answer in Conexor (${title}). Ask them to answer it there, then call this tool again with the same arguments.`,
      );
    case 'nobody':
      return refusal(
        `Nobody answered in Conexor, so nothing was done at ${title}. Call again when the person is there.`,
      );
    case 'unclear':
      return refusal(
        `The form was closed or came back with neither a yes nor a no, so nothing was done at ${title}. Call again when the person wants to answer it.`,
      );
    case 'crowded':
      return refusal(
        `Too many questions wait for the person in Conexor already, so this one was not asked and nothing was done at ${title}. Call again when they have been answered.`,
      );
    case 'used':
      return refusal(
        `The person said yes once, and another call with the same wish has gone ahead with it; this one did nothing at ${title}. Call again only if it is to be done once more.`,
      );
    case 'no':
      return refusal(
        `The person said no, so nothing was done at ${title}. They are not asked for it again before ${momentInWords(consent.untilMs)}.`,
      );
    case 'refused-often':
      return refusal(
        `The person has refused several wishes of this program, so this one was not asked and nothing was done at ${title}. It may ask again from ${momentInWords(consent.untilMs)} on.`,
      );
  }
}

export function momentInWords(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** How a sign-in ended; undefined where that is a refusal in words. */
export function outcomeInWords(outcome: SignInOutcome, view: ConnectionView): string {
  switch (outcome.kind) {
    case 'done':
      return `Signed in to ${view.title} as ${labelIn(view, outcome.account.id)}.`;
    case 'open':
      return `${view.title} wants no sign-in.`;
    case 'denied':
      return `Access to ${view.title} was not allowed on its page. Nothing changed.`;
    case 'cancelled':
      return `The sign-in at ${view.title} was cancelled. Nothing changed.`;
    case 'timed-out':
      return `The sign-in at ${view.title} was not finished in time. Nothing changed.`;
    case 'failed':
      return faultSentence(outcome.fault);
  }
}

function labelIn({ accounts }: ConnectionView, id: string): string {
  return accounts.find((one) => one.id === id)?.label ?? 'the new account';
}
