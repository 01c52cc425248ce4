/**
 * `oauth2_register_client`: Conexor's own registration at a connection's authorization server, read, put right, or made
 * (RFC 7591, 7592). A new one is made by the first step of a sign-in, which then waits for the person.
 */
import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { RegistrationView } from '../../broker/registrations.ts';
import type { SignInAttempt } from '../../broker/sign-in.ts';
import { knownFields } from '../own-servers/known-fields.ts';
import { typedFields } from '../sign-in-way.ts';
import { type AskNeeds, consentTo } from './consent.ts';
import { beginOwn, underWay, underWayInWords } from './own-attempts.ts';
import { answer, plainly, refusal, withoutConsent } from './results.ts';
import { connectionFor, type ToolContext } from './tool-context.ts';

export const registerClientInput = knownFields({
  connection: z.string().max(2048).optional().describe('Its name in Conexor; may be left out where there is one only'),
  action: z
    .enum(['read', 'update', 'register'])
    .default('read')
    .describe('read: what is registered; update: send it anew; register: make one where there is none'),
});

export const registerClientOutput = z.object({
  connection: z.string(),
  outcome: z.enum(['read', 'updated', 'registered', 'gone', 'not-managed']),
  clientId: z.string().optional(),
  issuer: z.string().optional(),
  source: z.enum(['preset', 'given', 'dynamic']).optional(),
  redirectUris: z.array(z.string()),
  managed: z.boolean(),
  /** Of the sign-in that made the registration, and waits. */
  attempt: z.string().optional(),
});

export function registerClient(
  tools: ToolContext & AskNeeds,
  { connection, action }: z.infer<typeof registerClientInput>,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  return plainly(async () => {
    const { broker, client } = tools;
    const view = connectionFor(tools, connection);
    if (action === 'read') {
      const present = await readHere(tools, view);
      return present ? told(view, present) : refusal(noneYet(view));
    }
    const typed = typedFields(view, view.wayIn);
    if (action === 'register' && typed.length > 0) return refusal(nothingToRegister(view, typed));
    if (action === 'update' && !broker.hasRegistration(view.id)) return refusal(noneYet(view));
    const waiting = action === 'register' ? await underWay(tools, view) : undefined;
    if (waiting === 'others') return refusal(underWayInWords(view));
    if (waiting) return waits(view, waiting);
    const wanted = `${action === 'update' ? 'send its registration anew to' : 'register at'} the authorization server of ${view.title} (${view.host})`;
    const also = action === 'register' ? ', and to begin a sign-in there, which then waits' : '';
    const message = `${client} wants Conexor to ${wanted}${also}. Allow it?`;
    const what = action === 'update' ? ('update-client' as const) : ('register-client' as const);
    const consent = await consentTo(
      tools,
      { question: { connectionId: view.id, what }, details: [], message },
      context,
    );
    if (consent.kind === 'host-asks') return consent.result;
    if (consent.kind !== 'yes') return withoutConsent(consent, view);
    if (action === 'update') return told(view, await broker.registration(view.id, 'update'));
    const present = await readHere(tools, view);
    if (present && present.outcome !== 'gone') {
      return answer(
        [`Conexor is registered at ${present.issuer} already; nothing was changed.`],
        dataOf(view, present),
      );
    }
    return registered(tools, view);
  });
}

/** Undefined where there is no registration. */
async function readHere({ broker }: ToolContext, view: ConnectionView): Promise<RegistrationView | undefined> {
  try {
    return await broker.registration(view.id, 'read');
  } catch (thrown) {
    const fault = asFault(thrown);
    if (fault.code === 'client-id-needed') return undefined;
    throw fault;
  }
}

async function registered(tools: ToolContext, view: ConnectionView): Promise<CallToolResult> {
  const begun = await beginOwn(tools, view, {});
  return begun ? waits(view, begun) : refusal(underWayInWords(view));
}

/** The sign-in that made the registration, now or when this program began it. */
function waits(view: ConnectionView, { id: attempt, authorizationUrl, device }: SignInAttempt): CallToolResult {
  const url = authorizationUrl === undefined ? undefined : new URL(authorizationUrl);
  if (!url && !device) throw new Fault('client-id-needed', { subject: view.title, reason: 'no sign-in' });
  const clientId = url?.searchParams.get('client_id') ?? undefined;
  const redirectUri = url?.searchParams.get('redirect_uri') ?? undefined;
  return answer(
    [
      `Conexor is known to the authorization server of ${view.title}${clientId === undefined ? '' : ` as ${clientId}`}.`,
      `A sign-in waits for the person (attempt ${attempt}); oauth2_authorize gives its address, and after it the registration is kept.`,
    ],
    {
      connection: view.name,
      outcome: 'registered',
      ...(clientId === undefined ? {} : { clientId }),
      redirectUris: redirectUri === undefined ? [] : [redirectUri],
      managed: false,
      attempt,
    },
  );
}

function noneYet(view: ConnectionView): string {
  const typed = typedFields(view, view.wayIn);
  if (typed.length > 0) return nothingToRegister(view, typed);
  return `Conexor has registered nothing of its own for ${view.title}: either the service knows Conexor already, or nobody has signed in yet. One is made by signing in, or by this tool with the action register.`;
}

function nothingToRegister({ title }: ConnectionView, fields: readonly string[]): string {
  return `Signing in to ${title} takes what only the person has (${fields.join(', ')}) and no registration of Conexor’s, so there is none to read, send or make.`;
}

const outcomeInWords: Record<RegistrationView['outcome'], string> = {
  read: 'It was read there just now.',
  updated: 'It was sent anew, and the server took it.',
  deleted: 'It was deleted there.',
  gone: 'The server does not know it any more; the next sign-in registers anew.',
  'not-managed': 'The server offers no way to read or change it, so this is what Conexor keeps.',
};

function told(view: ConnectionView, registration: RegistrationView): CallToolResult {
  const { clientId, issuer, outcome } = registration;
  return answer(
    [`Conexor is registered at ${issuer} as ${clientId}.`, outcomeInWords[outcome]],
    dataOf(view, registration),
  );
}

function dataOf(view: ConnectionView, registration: RegistrationView): Record<string, unknown> {
  const { clientId, issuer, source, redirectUris, managed, outcome } = registration;
  return {
    connection: view.name,
    outcome: outcome === 'deleted' ? 'gone' : outcome,
    clientId,
    issuer,
    source,
    redirectUris: [...redirectUris],
    managed,
  };
}
