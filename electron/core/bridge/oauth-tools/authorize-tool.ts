/**
 * `oauth2_authorize`: begins a sign-in and gives its address (with PKCE, RFC 7636) or its code (RFC 8628), and a handle
 * to finish it by. What has to be typed is typed in Conexor, never here.
 */
import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import { deviceCodeSchema, wayInSchema } from '../../../../shared/ways-in.ts';
import { permissionOf } from '../../../../shared/words/permissions.ts';
import type { SignInAttempt } from '../../broker/sign-in.ts';
import { knownFields } from '../own-servers/known-fields.ts';
import { typedFields } from '../sign-in-way.ts';
import { type AskNeeds, consentTo } from './consent.ts';
import { beginOwn, underWay, underWayInWords } from './own-attempts.ts';
import { answer, momentInWords, plainly, refusal, withoutConsent } from './results.ts';
import { accountFor, connectionFor, type ToolContext } from './tool-context.ts';

/** RFC 6749 s3.3; they are named to the person. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export const authorizeInput = knownFields({
  connection: z.string().max(2048).optional().describe('Its name in Conexor; may be left out where there is one only'),
  account: z.string().max(200).optional().describe('The account that is to sign in again, by id or name'),
  another: z.boolean().default(false).describe('Sign in with another account than those already there'),
  way_in: wayInSchema.optional().describe('Another way than the usual one, such as device-code'),
  scopes: z
    .array(z.string().max(200).regex(scopeToken))
    .max(20)
    .optional()
    .describe('Permissions to ask for besides the usual ones'),
  open_browser: z.boolean().default(true).describe('Open the sign-in page in the person’s browser'),
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
    if (input.another && input.account !== undefined) {
      return refusal(
        'A sign-in is for an account that is there, or for another one: give "account" or "another", not both.',
      );
    }
    const account = input.account === undefined ? undefined : accountFor(tools, view, input.account);
    const way = input.way_in ?? account?.wayIn ?? view.wayIn;
    if (!view.waysIn.some(({ id }) => id === way)) {
      const next = `Leave "way_in" out, or give one of: ${view.waysIn.map(({ id }) => id).join(', ')}.`;
      throw new Fault('input-invalid', { subject: way, thing: 'way-in', next });
    }
    const typed = typedFields(view, way);
    if (typed.length > 0) return refusal(typedElsewhere(view, typed));
    const present = await underWay(tools, view);
    if (present === 'others') return refusal(underWayInWords(view));
    if (present) {
      const browserOpened = broker.signIns.waitingView(view.id)?.browserOpened ?? false;
      return begun(tools, view, present, { browserOpened, joins: true });
    }
    const by = way === 'device-code' ? 'code' : input.open_browser ? 'browser' : 'address';
    const scopes = [...new Set(input.scopes)].sort();
    const asked = {
      by,
      scopes,
      another: input.another,
      ...(account === undefined ? {} : { account: account.label }),
    } as const;
    const consent = await consentTo(
      tools,
      {
        question: { connectionId: view.id, what: 'sign-in', ...asked },
        details: [by, way, scopes, input.another, account?.id ?? null],
        message: messageOf(client, view, asked),
      },
      context,
    );
    if (consent.kind === 'host-asks') return consent.result;
    if (consent.kind !== 'yes') return withoutConsent(consent, view);
    const attempt = await beginOwn(tools, view, {
      ...(account === undefined ? {} : { accountId: account.id }),
      ...(input.another ? { another: true } : {}),
      wayIn: way,
      ...(scopes.length === 0 ? {} : { moreScopes: scopes }),
    });
    if (!attempt) return refusal(underWayInWords(view));
    if (attempt.authorizationUrl === undefined && attempt.device === undefined) {
      return answer([`${view.title} wants no sign-in.`], {
        status: 'not-needed',
        connection: view.name,
        browserOpened: false,
        permissions: [],
      });
    }
    const browserOpened = by === 'browser' && attempt.authorizationUrl !== undefined && (await opened(tools, attempt));
    return begun(tools, view, attempt, { browserOpened, joins: false });
  });
}

interface Asked {
  readonly by: 'browser' | 'address' | 'code';
  readonly scopes: readonly string[];
  readonly another: boolean;
  readonly account?: string;
}

function messageOf(client: string, { title, host }: ConnectionView, { by, scopes, another, account }: Asked): string {
  const there = `${title} (${host})`;
  const what = {
    browser: `open the sign-in page of ${there} in your browser`,
    address: `begin a sign-in at ${there} and be given the address of its page`,
    code: `begin a sign-in at ${there} and be given a code for you to type there`,
  }[by];
  const whose = another ? ', with another account' : account === undefined ? '' : `, for the account ${account}`;
  const permissions = scopes.map((scope) => permissionOf(scope, 'en') ?? scope).join(', ');
  const more = permissions === '' ? '' : ` Besides the usual it asks for: ${permissions}.`;
  return `${client} wants to ${what}${whose}.${more} A service that does not know Conexor yet makes an entry for it. Allow it?`;
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
      joins && 'The sign-in that this program began there waits already; this is that one, and no other was begun.',
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
