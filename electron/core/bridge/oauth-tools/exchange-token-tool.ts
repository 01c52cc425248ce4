/**
 * `oauth2_exchange_token`: finishes a sign-in by what the browser brought (RFC 6749 s4.1.3), tells how one stands, or
 * renews an account's access (s6). The tokens go to the vault and nowhere else.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Fault } from '../../../../shared/faults.ts';
import type { AccountView, ConnectionView } from '../../../../shared/snapshot.ts';
import type { SignInOutcome } from '../../broker/sign-in.ts';
import { knownFields } from '../own-servers/known-fields.ts';
import { accountField, accountHandle, answer, momentInWords, outcomeInWords, plainly, refusal } from './results.ts';
import { accountFor, connectionFor, type ToolContext } from './tool-context.ts';

export const exchangeTokenInput = knownFields({
  attempt: z
    .string()
    .max(200)
    .optional()
    .describe('The sign-in to finish, as oauth2_authorize gave it to this program'),
  redirect_url: z.string().max(16_384).optional().describe('The whole address at which the browser ended'),
  code: z.string().max(8_192).optional().describe('The code from that address, together with its state'),
  state: z.string().max(8_192).optional(),
  iss: z.string().max(2_048).optional().describe('The issuer from that address, where it has one'),
  connection: z.string().max(2_048).optional().describe('Without an attempt: whose access is to be renewed'),
  account: z.string().max(200).optional(),
});

export const exchangeTokenOutput = z.object({
  status: z.enum(['signed-in', 'waiting', 'not-needed', 'renewed', 'still-fresh']),
  connection: z.string(),
  account: accountField.optional(),
  expiresAt: z.string().optional(),
});

type Input = z.infer<typeof exchangeTokenInput>;

/** Asked again within this time, what was just renewed is as good as new. */
const freshMs = 60_000;

export function exchangeToken(tools: ToolContext, input: Input, signal: AbortSignal): Promise<CallToolResult> {
  return plainly(() =>
    input.attempt === undefined ? renew(tools, input) : finish(tools, input.attempt, input, signal),
  );
}

async function finish(tools: ToolContext, attempt: string, input: Input, signal: AbortSignal): Promise<CallToolResult> {
  const { signIns } = tools.broker;
  if (!tools.attempts.has(attempt, tools)) throw new Fault('sign-in-unknown');
  const { connectionId } = signIns.find(attempt);
  connectionFor(tools, connectionId);
  const address = input.redirect_url ?? addressOf(input);
  if (address !== undefined) await signIns.deliver(attempt, address);
  const outcome = await withinTime(signIns.outcome(attempt), tools.waitMs, signal);
  const view = tools.broker.findConnection(connectionId);
  if (outcome === undefined) {
    return answer([`The sign-in at ${view.title} still waits for the person. Call again when they have finished it.`], {
      status: 'waiting',
      connection: view.name,
    });
  }
  const words = outcomeInWords(outcome, view);
  if (outcome.kind === 'open') return answer([words], { status: 'not-needed', connection: view.name });
  if (outcome.kind !== 'done') return refusal(words);
  const account = view.accounts.find(({ id }) => id === outcome.account.id);
  return answer([words, account?.current !== true && 'Another account is in use there; the person can change that.'], {
    status: 'signed-in',
    connection: view.name,
    ...(account === undefined ? {} : { account: accountHandle(account), ...endOf(account) }),
  });
}

function addressOf({ code, state, iss }: Input): string | undefined {
  if (code === undefined && state === undefined) return undefined;
  if (code === undefined || state === undefined) {
    throw new Fault('input-invalid', { thing: 'missing-field', subject: code === undefined ? 'code' : 'state' });
  }
  // Only its parameters count.
  return `http://127.0.0.1/?${new URLSearchParams({ code, state, ...(iss === undefined ? {} : { iss }) })}`;
}

async function withinTime(
  outcome: Promise<SignInOutcome>,
  waitMs: number,
  signal: AbortSignal,
): Promise<SignInOutcome | undefined> {
  let stop: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    timer = setTimeout(stop, waitMs);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

async function renew(tools: ToolContext, input: Input): Promise<CallToolResult> {
  const { broker, client, door, now } = tools;
  const view = connectionFor(tools, input.connection);
  const account = accountFor(tools, view, input.account);
  if (account.id !== (broker.boundAccountId(view.id, client) ?? account.id)) {
    return refusal(`${account.label} is not the account in use at ${view.title}, so its access is not renewed now.`);
  }
  const cannot = cannotRenew(view, account);
  if (cannot !== undefined) return refusal(cannot);
  const asked = { connectionId: view.id, client, ...(door === undefined ? {} : { door }) };
  const access = await broker.accessTokens.get(asked);
  const latest = () => accountFor(tools, broker.findConnection(view.id), account.id);
  if (now() - (latest().lastRefreshAtMs ?? 0) < freshMs) return renewed(view, latest(), 'still-fresh');
  await broker.accessTokens.get({ ...asked, rejected: access });
  return renewed(view, latest(), 'renewed');
}

/** Where asking for it would do harm: end a sign-in that cannot be renewed, or use up what a service counts. */
function cannotRenew({ title }: ConnectionView, { label, renewsItself, wayIn }: AccountView): string | undefined {
  if (!renewsItself) {
    return `The access of ${label} at ${title} cannot be renewed. When it ends, the person signs in again.`;
  }
  if (wayIn === 'jwt-login') {
    return `${title} counts how often access is given out, so Conexor renews that of ${label} by itself when it ends, and not before.`;
  }
  return undefined;
}

function renewed(view: ConnectionView, account: AccountView, status: 'renewed' | 'still-fresh'): CallToolResult {
  const until = account.expiresAtMs === undefined ? '' : ` It is good until ${momentInWords(account.expiresAtMs)}.`;
  const words = status === 'renewed' ? 'has been renewed' : 'was renewed a moment ago';
  return answer([`The access of ${account.label} at ${view.title} ${words}.${until}`], {
    status,
    connection: view.name,
    account: accountHandle(account),
    ...endOf(account),
  });
}

function endOf({ expiresAtMs }: AccountView): { readonly expiresAt?: string } {
  return expiresAtMs === undefined ? {} : { expiresAt: momentInWords(expiresAtMs) };
}
