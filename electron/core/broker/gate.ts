/** Access as programs get it: not while the connection is paused, and only for programs that may use it. */
import { Fault } from '../../../shared/faults.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccessTokens } from './broker.ts';
import { titleOf } from './connections.ts';
import type { Programs } from './programs.ts';

/** On the path of every call: two looks into memory, and nothing that waits. */
export function gated(tokens: AccessTokens, vault: Vault, programs: Programs): AccessTokens {
  return {
    get(request) {
      try {
        const connection = vault.get('connection', request.connectionId);
        if (connection?.paused) throw new Fault('paused', { subject: titleOf(connection) });
        // Before the sign-in: a program that may not use a service must not open its sign-in page either.
        if (connection && request.door) programs.admit(connection.id, request.client, request.door);
      } catch (thrown) {
        return Promise.reject(thrown);
      }
      return tokens.get(request);
    },
  };
}
