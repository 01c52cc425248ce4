/**
 * `oauth2_authorize`: begins a sign-in and gives its address (with PKCE, RFC 7636) or its code (RFC 8628), and a handle
 * to finish it by. What has to be typed is typed in Conexor, never here.
 */
import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { asFault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import { deviceCodeSchema, wayInSchema } from '../../../../shared/ways-in.ts';
import type { SignInAttempt } from '../../broker/sign-in.ts';
import { typedFields } from '../sign-in-way.ts';
import { type AskNeeds, consentTo } from './consent.ts';
import { answer, momentInWords, plainly, refusal, withoutConsent } from './results.ts';
import { accountFor, connectionFor, type ToolContext } from './tool-context.ts';

export const authorizeInput = z.object({
  connection: z.string().max(2048).optional().describe('Its name in Conexor; may be left out where there is one only'),
  account: z.string().max(200).optional().describe('The account that is to sign in again, by id or name'),
  another: z.boolean().default(false).describe('Sign in with another account than those already there'),
  way_in: wayInSchema.optional().describe('Another way than the usual one, such as device-code'),
  scopes: z.array(z.string().max(512)).max(100).optional().describe('Permissions to ask for besides the usual ones'),
  open_browser: z
    .boolean()
    .default(true)
    .describe('Open the sign-in page in the person’s browser; they are asked first'),
});

export const authorizeOutput = z.object({
  status: z.enum(['waiting', 'not-needed']),
  connection: z.string(),
  attempt: z.string().optional(),
  host: z.string().optional(),
  authorizationUrl: z.string().optional(),
  device: deviceCodeSchema.optional(),
  browserOpened: z.boolean(),
  permissions: z.array(z.string()),
  endsAt: z.string().optional(),
});

export function authorize(
  tools: ToolContext & AskNeeds,
  input: z.infer<typeof authorizeInput>,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  return plainly(async () => {
    const { broker, client } = tools;
    const view = connectionFor(tools, input.connection);
    const account = input.account === undefined ? undefined : accountFor(tools, view, input.account);
    const way = input.way_in ?? account?.wayIn ?? view.wayIn;
    const typed = typedFields(view, way);
    if (typed.length > 0) return refusal(typedElsewhere(view, typed));
    if (input.open_browser && way !== 'device-code') {
      const message = `${client} wants to open the sign-in page of ${view.title} (${view.host}) in your browser. Allow it?`;
      const question = { program: client, connectionId: view.id, what: 'sign-in' as const };
      const consent = await consentTo(tools, { question, message }, context);
      if (consent.kind === 'host-asks') return consent.result;
      if (consent.kind !== 'yes') return withoutConsent(consent, view);
    }
    const joins = broker.signIns.isWaiting(view.id);
    const attempt = await broker.signIns.start(view.id, {
      ...(account === undefined ? {} : { accountId: account.id }),
      ...(input.another ? { another: true } : {}),
      ...(input.way_in === undefined ? {} : { wayIn: input.way_in }),
      ...(input.scopes === undefined ? {} : { scopes: input.scopes }),
    });
    if (attempt.authorizationUrl === undefined && attempt.device === undefined) {
      return answer([`${view.title} wants no sign-in.`], {
        status: 'not-needed',
        connection: view.name,
        browserOpened: false,
        permissions: [],
      });
    }
    const browserOpened =
      input.open_browser && attempt.authorizationUrl !== undefined && (await opened(tools, attempt));
    return begun(tools, view, attempt, { browserOpened, joins });
  });
}

function typedElsewhere({ title, name }: ConnectionView, fields: readonly string[]): string {
  return `Signing in to ${title} takes what only the person has (${fields.join(', ')}), and that is typed in Conexor itself, never here. Ask them to open Conexor and sign in there (in a terminal: npx conexor connect ${name}); afterwards it works by itself.`;
}

/** A browser that cannot be opened does not end the attempt: the address can still be opened by hand. */
async function opened({ broker }: ToolContext, { id }: SignInAttempt): Promise<boolean> {
  try {
    await broker.signIns.openBrowser(id);
    return true;
  } catch (thrown) {
    const fault = asFault(thrown);
    if (fault.code === 'browser-unavailable') return false;
    throw fault;
  }
}

function begun(
  { broker }: ToolContext,
  view: ConnectionView,
  attempt: SignInAttempt,
  { browserOpened, joins }: { readonly browserOpened: boolean; readonly joins: boolean },
): CallToolResult {
  const { id, host, authorizationUrl, device, permissions } = attempt;
  const endsAtMs = broker.signIns.waitingView(view.id)?.endsAtMs;
  return answer(
    [
      joins && 'A sign-in was waiting there already; this is that one.',
      browserOpened && `The sign-in page of ${host} is open in the person’s browser.`,
      device !== undefined &&
        `Ask the person to open ${device.verificationUri} in any browser, also on another device, and to type the code ${device.userCode} there.`,
      authorizationUrl !== undefined &&
        `${browserOpened ? 'If no page opened, they can open' : 'Ask the person to open'} this address in a browser on this computer: ${authorizationUrl}`,
      permissions.length > 0 && `They are asked to allow: ${permissions.join('; ')}.`,
      `When they have, Conexor is signed in by itself; oauth2_exchange_token with the attempt ${id} tells how it went. Where the browser could not come back to this computer, give that tool the address at which it ended.`,
      endsAtMs !== undefined && `It waits until ${momentInWords(endsAtMs)}.`,
    ],
    {
      status: 'waiting',
      connection: view.name,
      attempt: id,
      host,
      ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
      ...(device === undefined ? {} : { device: deviceCodeSchema.parse(device) }),
      browserOpened,
      permissions: [...permissions],
      ...(endsAtMs === undefined ? {} : { endsAt: momentInWords(endsAtMs) }),
    },
  );
}
