/** What people do with connections, accounts and programs, whichever face they do it in; each is remembered as activity. */
import { Fault } from '../../../shared/faults.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { Service } from '../services/service.ts';
import type { AccountRecord, ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, findAccount } from './accounts.ts';
import type { ActivityLog, NewActivity } from './activity.ts';
import type { Broker } from './broker.ts';
import { changeConnection, inTurn, patchConnection, serviceRemoved } from './connection-changes.ts';
import { type NewConnection, newConnection, parseTarget, sameAddress, serviceOf, titleOf } from './connections.ts';
import { type ClientAt, clientAnew, clientsOf, forgetGivenClients } from './given-clients.ts';
import type { LocalClients } from './local-clients.ts';
import { type Door, type Programs, programName } from './programs.ts';
import type { Reachability } from './reachability.ts';
import type { Revocations, SignOutResult } from './revocations.ts';
import type { SignIns } from './sign-in.ts';

export type Verbs = Pick<
  Broker,
  | 'addConnection'
  | 'useAccount'
  | 'renameAccount'
  | 'setPaused'
  | 'decideProgram'
  | 'removeProgram'
  | 'signOut'
  | 'signOutAll'
  | 'removeConnection'
  | 'retry'
>;

export interface VerbsNeeds {
  readonly vault: Vault;
  readonly now: () => number;
  readonly changed: () => void;
  readonly view: (connectionId: string) => ConnectionView;
  readonly activity: ActivityLog;
  readonly programs: Programs;
  readonly localClients: LocalClients;
  readonly reachability: Reachability;
  readonly revocations: Revocations;
  readonly signIns: SignIns;
  /** Accounts have been signed out, and what nobody needs any more can go. Never rejects. */
  readonly signedOut: () => Promise<void>;
}

export function createVerbs(needs: VerbsNeeds): Verbs {
  const { vault, now, changed, view, programs, localClients, reachability, revocations } = needs;

  function record(id: string): ConnectionRecord {
    const found = vault.get('connection', id);
    if (!found) throw serviceRemoved();
    return found;
  }

  function note(connection: ConnectionRecord, what: NewActivity['what'], more: Partial<NewActivity> = {}): void {
    needs.activity.note({
      connectionId: connection.id,
      connection: titleOf(connection),
      what,
      outcome: 'done',
      ...more,
    });
  }

  function isKnown(connectionId: string, name: string): boolean {
    return programs.of(connectionId).some((one) => one.name === name);
  }

  async function decide(connection: ConnectionRecord, program: string, allow: boolean, door?: Door): Promise<void> {
    const name = programName(program);
    const holds = await programs.decide(connection.id, name, allow ? 'allowed' : 'refused', door);
    if (!holds) return;
    note(connection, allow ? 'program-allowed' : 'program-refused', { program: name });
  }

  /** All at once: a service that does not answer holds up nobody's leaving. */
  function signOutOf(connectionId: string): readonly Promise<SignOutResult>[] {
    return accountsOf(vault, connectionId).map((account) => revocations.signOut(account));
  }

  return {
    async addConnection(input) {
      const { service, resource } = parseTarget(input.target, input.service);
      let id = '';
      let added = false;
      let before: readonly ClientAt[] = [];
      await inTurn(vault, () => {
        const present = vault.list('connection').find((connection) => sameAddress(connection.resource, resource));
        added = !present;
        before = present ? clientsOf(vault, present) : [];
        // What was given anew replaces what was given before; accounts and names stay. The way in that is suggested is
        // the one that somebody was signed in by: one that is only tried may be refused.
        const wanted = present
          ? {
              ...present,
              ...renamed(vault, present, input.service === undefined ? undefined : service, input.wayIn),
              client: clientOf(vault, present, input),
              redirect: input.redirect ?? present.redirect,
              authorizationServer: input.authorizationServer ?? present.authorizationServer,
              extraScopes: [...(input.scopes ?? present.extraScopes)],
            }
          : newConnection(vault, service, resource, input, now());
        // Of an address that is here already its own rules may hold, whatever was named now.
        requireOffered(serviceOf(wanted), input);
        id = wanted.id;
        return [{ kind: 'connection', key: id, record: wanted }];
      });
      await forgetGivenClients(vault, before);
      changed();
      return { connection: view(id), added };
    },
    async useAccount(connectionId, reference, word) {
      const client = word === undefined ? undefined : programName(word);
      const connection = record(connectionId);
      if (client !== undefined && reference === 'current') {
        await patchConnection(vault, connectionId, ({ accountByClient: { [client]: _, ...accountByClient } }) => ({
          accountByClient,
        }));
        note(connection, 'switched', { program: client });
      } else {
        const account = findAccount(accountsOf(vault, connectionId), reference);
        // Whoever gives a program an account of its own means it to be used; a refusal stays what it is.
        if (client !== undefined && !isKnown(connectionId, client)) await decide(connection, client, true);
        await patchConnection(vault, connectionId, ({ accountByClient }) =>
          client === undefined
            ? { currentAccountId: account.id }
            : { accountByClient: { ...accountByClient, [client]: account.id } },
        );
        note(connection, 'switched', { account: account.label, ...(client === undefined ? {} : { program: client }) });
      }
      changed();
      return view(connectionId);
    },
    async renameAccount(connectionId, reference, wanted) {
      record(connectionId);
      const label = oneLine(wanted);
      if (label === '') throw new Fault('input-invalid', { subject: wanted, thing: 'account-label-empty' });
      await inTurn(vault, () => {
        const accounts = accountsOf(vault, connectionId);
        const account = findAccount(accounts, reference);
        const taken = accounts.some((one) => one.id !== account.id && one.label.toLowerCase() === label.toLowerCase());
        if (taken) throw new Fault('input-invalid', { subject: label, thing: 'account-label-taken' });
        return [{ kind: 'account', key: account.id, record: { ...account, label } }];
      });
      changed();
      return view(connectionId);
    },
    async setPaused(connectionId, paused) {
      const all = connectionId === undefined ? vault.list('connection') : [record(connectionId)];
      const turned = await Promise.all(
        all.map(async ({ id }) => {
          let others: readonly ConnectionRecord[] = [];
          // Looked at in its turn: the click before this one may still be on its way to the disk.
          await changeConnection(vault, id, (connection) => {
            if (connection && connection.paused !== paused) others = [connection];
            return others.map((other) => ({ kind: 'connection', key: id, record: { ...other, paused } }));
          });
          return others;
        }),
      );
      const others = turned.flat();
      for (const connection of others) {
        if (paused) reachability.forget(connection.id);
        note(connection, paused ? 'paused' : 'resumed');
      }
      if (others.length > 0) changed();
      return { changed: others.length };
    },
    async decideProgram(connectionId, program, allow, door) {
      await decide(record(connectionId), program, allow, door);
      return view(connectionId);
    },
    async removeProgram(program, connectionId) {
      const name = programName(program);
      const connections = connectionId === undefined ? vault.list('connection') : [record(connectionId)];
      const having = connections.filter(({ id }) => programs.isOpenTo(id, name));
      const known = having.length > 0 || connections.some(({ id }) => isKnown(id, name));
      const hasKey = vault.get('localClient', name) !== undefined;
      if (!known && !hasKey) return { connections: 0, keyRemoved: false };
      // Everywhere means also where it has not been yet: else it would come in by another service's door.
      const refusing = connectionId === undefined ? connections : having;
      await Promise.all(refusing.map(({ id }) => programs.decide(id, name, 'refused')));
      const keyRemoved = connectionId === undefined && (await localClients.remove(name));
      for (const connection of having) note(connection, 'program-refused', { program: name });
      changed();
      return { connections: having.length, keyRemoved };
    },
    async signOut(connectionId, reference) {
      record(connectionId);
      const result = await revocations.signOut(findAccount(accountsOf(vault, connectionId), reference));
      await needs.signedOut();
      return result;
    },
    async signOutAll() {
      needs.signIns.cancelAll();
      // Also who has just signed in and is still on the way to the disk.
      await inTurn(vault, () => []);
      const results = await Promise.all(
        vault
          .list('connection')
          .flatMap(({ id, name }) => signOutOf(id).map(async (result) => ({ connection: name, result: await result }))),
      );
      await needs.signedOut();
      return results;
    },
    async removeConnection(connectionId) {
      const connection = record(connectionId);
      const clients = clientsOf(vault, connection);
      if (needs.signIns.isWaiting(connectionId)) needs.signIns.cancel(connectionId);
      const signedOut = Promise.all(signOutOf(connectionId));
      signedOut.catch(() => undefined);
      let late: readonly AccountRecord[] = [];
      // Gone from here at once; what the services say may take its time.
      await changeConnection(vault, connectionId, () => {
        // Signed in while it was being removed: they were still on their way to the disk.
        late = accountsOf(vault, connectionId);
        return [{ kind: 'connection', key: connectionId, record: undefined }, ...programs.forget(connectionId)];
      });
      reachability.forget(connectionId);
      note(connection, 'removed');
      changed();
      const results = [...(await signedOut), ...(await Promise.all(late.map(revocations.signOut)))];
      // Only now: what was taken back was taken back by them.
      await forgetGivenClients(vault, clients);
      await needs.signedOut();
      return results;
    },
    async retry(connectionId) {
      const { paused } = record(connectionId);
      if (!paused) await reachability.retry(connectionId);
      return view(connectionId);
    },
  };
}

/** Throws `input-invalid` for a way that does not lead in there, and for a server where the service names its own. */
function requireOffered(service: Service, { wayIn, authorizationServer }: NewConnection): void {
  if (wayIn !== undefined && !service.waysIn.some(({ way }) => way === wayIn)) {
    throw new Fault('input-invalid', { subject: wayIn, thing: 'way-in' });
  }
  if (authorizationServer && service.asksServer === undefined) {
    const next = 'Leave --issuer, --token-endpoint, --authorization-endpoint and --revocation-endpoint out.';
    throw new Fault('input-invalid', { subject: service.title, thing: 'own-server', next });
  }
}

function clientOf(vault: Vault, present: ConnectionRecord, input: NewConnection): ConnectionRecord['client'] {
  const kept = isMoved(present, input) ? undefined : present.client;
  return input.client ? clientAnew(vault, kept, input.client) : kept;
}

/** What was given for endpoints that were named by hand is not meant for others that are named now. */
function isMoved(
  { authorizationServer: before }: ConnectionRecord,
  { authorizationServer: now }: NewConnection,
): boolean {
  const named = (one: typeof now) => JSON.stringify([one?.issuer, Object.entries(one?.endpoints ?? {}).sort()]);
  return now !== undefined && named(before) !== named(now);
}

/** Another service was named for an address that is here already: its rules hold, unless somebody is signed in by others. */
function renamed(
  vault: Vault,
  present: ConnectionRecord,
  service: Service | undefined,
  wayIn: NewConnection['wayIn'],
): Partial<ConnectionRecord> {
  if (!service || service.id === present.service || accountsOf(vault, present.id).length > 0) return {};
  return { service: service.id, wayIn: wayIn ?? service.waysIn[0]?.way ?? present.wayIn, access: 'authorization-code' };
}
