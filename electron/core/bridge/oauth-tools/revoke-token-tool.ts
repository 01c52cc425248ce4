/** `oauth2_revoke_token`: signs an account out after a yes, and says what the service has confirmed (RFC 7009). */
import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { leftAtService, unansweredRenewal } from '../../../../shared/after-sign-out.ts';
import type { SignOutResult } from '../../broker/revocations.ts';
import { knownFields } from '../own-servers/known-fields.ts';
import { type AskNeeds, consentTo } from './consent.ts';
import { accountField, accountHandle, answer, momentInWords, plainly, withoutConsent } from './results.ts';
import { accountFor, connectionFor, type ToolContext } from './tool-context.ts';

export const revokeTokenInput = knownFields({
  connection: z.string().max(2048).optional().describe('Its name in Conexor; may be left out where there is one only'),
  account: z.string().max(200).optional().describe('By id or name; without it the one in use'),
});

export const revokeTokenOutput = z.object({
  connection: z.string(),
  account: accountField,
  service: z.enum(['cancelled', 'waiting', 'refused', 'no-way', 'may-live', 'nothing']),
  proof: z.enum(['refused', 'still-accepted', 'not-checked']),
  accessUntil: z.string().optional(),
});

export function revokeToken(
  tools: ToolContext & AskNeeds,
  input: z.infer<typeof revokeTokenInput>,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  return plainly(async () => {
    const { broker, client } = tools;
    const view = connectionFor(tools, input.connection);
    const account = accountFor(tools, view, input.account);
    const question = { connectionId: view.id, what: 'revoke' as const, account: account.label };
    const message = `${client} wants to sign ${account.label} out of ${view.title} (${view.host}) and cancel its access there. Allow it?`;
    const consent = await consentTo(tools, { question, details: [account.id], message }, context);
    if (consent.kind === 'host-asks') return consent.result;
    if (consent.kind !== 'yes') return withoutConsent(consent, view);
    const { service, proof, accessUntilMs } = await broker.signOut(view.id, account.id);
    return answer(
      [
        `${account.label} is signed out of ${view.title} here; no program on this computer can use it any more.`,
        ...inWords({ service, proof }, view.host, leftAtService(account.wayIn, 'program')),
        accessUntilMs !== undefined && `The old access may live on there until ${momentInWords(accessUntilMs)}.`,
      ],
      {
        connection: view.name,
        account: accountHandle(account),
        service,
        proof,
        ...(accessUntilMs === undefined ? {} : { accessUntil: momentInWords(accessUntilMs) }),
      },
    );
  });
}

/** Nothing is claimed that the service has not said. */
function inWords(
  { service, proof }: Pick<SignOutResult, 'service' | 'proof'>,
  host: string,
  left: string,
): readonly string[] {
  const said = {
    cancelled: `${host} confirmed that the access is cancelled.`,
    waiting: `${host} has not confirmed it yet; Conexor keeps trying to cancel it there.`,
    refused: `${host} refused to cancel it. ${left}`,
    'no-way': `${host} offers no way to cancel access. ${left}`,
    'may-live': `${unansweredRenewal(host)} ${left}`,
    nothing: `There was nothing to cancel at ${host}.`,
  }[service];
  const checked = {
    refused: 'Checked: a call with the old access is refused.',
    'still-accepted': `Checked: ${host} still answers the old access.`,
    'not-checked': undefined,
  }[proof];
  return checked === undefined ? [said] : [said, checked];
}
