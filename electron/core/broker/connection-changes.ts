/**
 * Changes of connections and of what belongs to them, one after another: each begins with what the one before has stored, so that a
 * pause is not undone by a sign-out or a switch of account that was being written at the same moment.
 */
import { Fault } from '../../../shared/faults.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';

const turns = new WeakMap<Vault, Promise<void>>();

/** Reads and writes in a turn of its own: whatever `changes` looks at stays as it is until that is durable. */
export function inTurn(vault: Vault, changes: () => readonly Change[]): Promise<void> {
  const before = turns.get(vault) ?? Promise.resolve();
  const turn = before.then(() => {
    const wanted = changes();
    return wanted.length === 0 ? undefined : vault.write(wanted);
  });
  turns.set(
    vault,
    turn.catch(() => undefined),
  );
  return turn;
}

/**
 * Reads and writes in a turn of its own. `changes` is called with the record as it is then; `undefined` where the
 * connection is gone. Resolves when it is durable.
 */
export function changeConnection(
  vault: Vault,
  connectionId: string,
  changes: (connection: ConnectionRecord | undefined) => readonly Change[],
): Promise<void> {
  return inTurn(vault, () => changes(vault.get('connection', connectionId)));
}

/** The record with these fields changed. Throws `connection-unknown`. */
export function patchConnection(
  vault: Vault,
  connectionId: string,
  patch: (connection: ConnectionRecord) => Partial<ConnectionRecord>,
): Promise<void> {
  return changeConnection(vault, connectionId, (connection) => {
    if (!connection) throw serviceRemoved();
    return [{ kind: 'connection', key: connectionId, record: { ...connection, ...patch(connection) } }];
  });
}

/** What is known by its id and is not there any more: somebody removed it meanwhile. */
export function serviceRemoved(): Fault {
  return new Fault('connection-unknown', { thing: 'service-removed', subject: '', reason: 'removed meanwhile' });
}
