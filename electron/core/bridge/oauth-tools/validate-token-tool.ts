/** `oauth2_validate_token`: asks the service whether an account's access is still good (RFC 7662, else a harmless call). */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { knownFields } from '../own-servers/known-fields.ts';
import { accountField, accountHandle, answer, momentInWords, plainly } from './results.ts';
import { accountFor, connectionFor, type ToolContext } from './tool-context.ts';

export const validateTokenInput = knownFields({
  connection: z.string().max(2048).optional().describe('Its name in Conexor; may be left out where there is one only'),
  account: z.string().max(200).optional().describe('By id or name; without it the one in use'),
});

export const validateTokenOutput = z.object({
  connection: z.string(),
  account: accountField,
  active: z.enum(['yes', 'no', 'unknown']),
  checkedBy: z.enum(['introspection', 'call']),
  signature: z.enum(['valid', 'invalid', 'not-checked']),
  scopes: z.array(z.string()),
  expiresAt: z.string().optional(),
});

const activeInWords = {
  yes: 'is good',
  no: 'is not accepted any more; the person has to sign in again',
  unknown: 'could not be checked just now',
};

export function validateToken(tools: ToolContext, input: z.infer<typeof validateTokenInput>): Promise<CallToolResult> {
  return plainly(async () => {
    const view = connectionFor(tools, input.connection);
    const account = accountFor(tools, view, input.account);
    const { active, checkedBy, signature, scopes, expiresAtMs } = await tools.broker.validate(view.id, account.id);
    const by = checkedBy === 'introspection' ? 'its authorization server was asked' : 'a call was tried';
    return answer(
      [
        `The access of ${account.label} at ${view.title} ${activeInWords[active]} (${by}).`,
        signature !== 'not-checked' &&
          `Its signature is ${signature === 'valid' ? 'the' : 'NOT the'} service’s own, by its published keys.`,
        expiresAtMs !== undefined &&
          `It ends at ${momentInWords(expiresAtMs)}${account.renewsItself ? ' and renews itself' : ''}.`,
        scopes.length > 0 && `It allows: ${scopes.join(', ')}.`,
      ],
      {
        connection: view.name,
        account: accountHandle(account),
        active,
        checkedBy,
        signature,
        scopes: [...scopes],
        ...(expiresAtMs === undefined ? {} : { expiresAt: momentInWords(expiresAtMs) }),
      },
    );
  });
}
