/** Access as programs get it: not while the connection is paused, and only for programs that may use it. */
import { Fault } from '../../../shared/faults.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccessTokens, GatedAccessTokens } from './broker.ts';
import { titleOf } from './connections.ts';
import type { Programs } from './programs.ts';

/** On the path of every call: a few looks into memory, and nothing that waits. */
export function gated(tokens: AccessTokens, vault: Vault, programs: Pick<Programs, 'admit'>): GatedAccessTokens {
  const admit: GatedAccessTokens['admit'] = ({ connectionId, client, door }) => {
    const connection = vault.get('connection', connectionId);
    if (connection?.paused) throw new Fault('paused', { subject: titleOf(connection) });
    // Before the sign-in: a program that may not use a service must not open its sign-in page either.
    if (connection && door) programs.admit(connection.id, client, door);
  };
  return {
    admit,
    isTaken: (access) => tokens.isTaken(access),
    async get(request) {
      admit(request);
      const access = await tokens.get(request);
      // Getting it may have taken a while, in which leave was taken away.
      admit(request);
      return access;
    },
  };
}
