/**
 * A yes of the person's before anything is begun, cancelled or registered: in the host's own form where it has forms
 * (elicitation, in whichever way its era asks), else as a question in Conexor. A yes is for one whole wish of one program,
 * for one call, and only while that program has leave.
 */
import {
  acceptedContent,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { NewQuestion } from '../../broker/questions.ts';
import type { Answered, Wish } from './consents.ts';
import { connectionFor, hasLeave, type ToolContext } from './tool-context.ts';

const form = z.object({ allow: z.boolean().describe('Allow this') });
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const progressEveryMs = 5_000;

export type Consent =
  | Answered
  /** To be returned as it is: the host asks, and calls again. */
  | { readonly kind: 'host-asks'; readonly result: InputRequiredResult };

export interface Wanted {
  readonly question: Omit<NewQuestion, 'program'>;
  /** All that the call would do: whatever differs in it is another wish. */
  readonly details: readonly unknown[];
  /** For the host's form. */
  readonly message: string;
}

export interface AskNeeds {
  /** Declared when the conversation began, in the era that has such a beginning. */
  readonly declared: () => unknown;
}

/** Throws as `connectionFor` where the program has lost its leave meanwhile. */
export async function consentTo(
  tools: ToolContext & AskNeeds,
  wanted: Wanted,
  context: ServerContext,
): Promise<Consent> {
  const { client, door } = tools;
  const { connectionId, what } = wanted.question;
  const wish: Wish = {
    program: JSON.stringify([client, door]),
    key: JSON.stringify([client, door, what, connectionId, ...wanted.details]),
    question: { program: client, ...wanted.question },
    hasLeave: () => hasLeave(tools, connectionId),
  };
  const consent = await asked(tools, wish, wanted.message, context);
  if (consent.kind === 'yes' || consent.kind === 'nobody') connectionFor(tools, connectionId);
  return consent;
}

async function asked(
  tools: ToolContext & AskNeeds,
  wish: Wish,
  message: string,
  context: ServerContext,
): Promise<Consent> {
  const { inputResponses, envelope } = context.mcpReq;
  const ofRequest = (envelope as Readonly<Record<string, unknown>> | undefined)?.[capabilitiesKey];
  if (!hasForms(ofRequest ?? tools.declared())) return askInConexor(tools, wish, context);
  const { consents } = tools;
  // An answer that nobody asked for, or that was given before, is none.
  const id = consents.takeForm(wish, Object.keys(inputResponses ?? {}));
  if (id !== undefined) {
    const allow = answerIn(inputResponses, id);
    if (allow === undefined) return { kind: 'unclear' };
    return allow ? { kind: 'yes' } : consents.refuse(wish);
  }
  const refused = consents.refusalOf(wish);
  if (refused) return refused;
  const request = inputRequired.elicit({ message, requestedSchema: form });
  return { kind: 'host-asks', result: inputRequired({ inputRequests: { [consents.beginForm(wish)]: request } }) };
}

/** Undefined where the person said neither yes nor no: a form that was closed, or came back other than it was asked. */
function answerIn(responses: ServerContext['mcpReq']['inputResponses'], id: string): boolean | undefined {
  const answer = inputResponse(responses, id);
  if (answer.kind === 'elicit' && answer.action === 'decline') return false;
  return acceptedContent(responses, id, form)?.allow;
}

/** Forms are what `elicitation: {}` has always meant; a host may have addresses alone. */
function hasForms(capabilities: unknown): boolean {
  const parsed = z.object({ elicitation: z.looseObject({}) }).safeParse(capabilities);
  if (!parsed.success) return false;
  const { elicitation } = parsed.data;
  return 'form' in elicitation || !('url' in elicitation);
}

async function askInConexor(tools: ToolContext, wish: Wish, context: ServerContext): Promise<Consent> {
  const { signal, notify, _meta } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  let progress = 0;
  const tell = () => {
    progress += 1;
    const params = { progressToken, progress, message: 'Waiting for an answer in Conexor.' };
    void notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  if (progressToken !== undefined) tell();
  const ticking = progressToken === undefined ? undefined : setInterval(tell, progressEveryMs);
  try {
    return await tools.consents.ask(wish, tools.waitMs, signal);
  } finally {
    clearInterval(ticking);
  }
}
