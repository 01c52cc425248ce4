/**
 * What `mcp-remote` has left lying open of one sign-in: whose it is, cancelled there, and deleted. It stays where an entry
 * still uses it, while a process does, and where the service could not be asked, unless a person wants it gone all the same.
 */
import type { RemoteTokens, TakenOver } from '../../../../shared/clients.ts';
import { asFault, Fault } from '../../../../shared/faults.ts';
import { type CancelNeeds, cancelRemote } from './cancel-remote.ts';
import type { FoundEntry } from './found-entries.ts';
import { remoteNames } from './remote-names.ts';
import type { RunningRemote } from './running-remote.ts';
import { deleteTokenFiles, type StoredClient, type TokenFiles } from './token-files.ts';

export interface Owner {
  /** The server that they are good for; undefined where nothing tells. */
  readonly target?: string;
  readonly client?: StoredClient;
  /** The entries that sign in with them. */
  readonly users: readonly FoundEntry[];
}

/** By the entries' own words; else by what is connected already, whose entry may be gone. */
export function ownerOf(
  { name }: Pick<TokenFiles, 'name'>,
  entries: readonly FoundEntry[],
  resources: readonly string[],
): Owner {
  const users = entries.filter(({ names }) => names.includes(name));
  const server = users.find((one) => one.server)?.server;
  if (server) {
    const { target, clientId, clientSecret } = server;
    const client = clientId === undefined ? {} : { client: { clientId, ...(clientSecret ? { clientSecret } : {}) } };
    return { target, users, ...client };
  }
  const target = resources.find((resource) =>
    spellings(resource).some((one) => remoteNames({ address: one })[0] === name),
  );
  return { users, ...(target === undefined ? {} : { target }) };
}

/** A connection's address is written in one way; that in an entry had a slash at its end, or none. */
function spellings(resource: string): readonly string[] {
  return resource.endsWith('/') ? [resource, resource.slice(0, -1)] : [resource, `${resource}/`];
}

export function tokensView(
  { id, files, tokens, issuer, unread }: TokenFiles,
  { target, users }: Owner,
  keptFor: string | undefined,
): RemoteTokens {
  const asked = target ?? issuer;
  return {
    id,
    files: [...files],
    ...(target === undefined ? {} : { target }),
    ...(asked === undefined || !URL.canParse(asked) ? {} : { host: new URL(asked).host }),
    hasRefreshToken: tokens?.refreshToken !== undefined,
    ...(unread?.tokens === undefined ? {} : { unread: unread.tokens }),
    ...(keptFor === undefined ? {} : { keptFor }),
    usedBy: users.map(({ program, path, name }) => ({ client: program.id, path, name })),
  };
}

type TakenTokens = Omit<TakenOver['tokens'][number], 'id' | 'fault'> & { readonly fault?: Fault };

export interface TokensWish {
  readonly owner: Owner;
  /** Entries that use them now, after what was taken over. */
  readonly remaining: readonly FoundEntry[];
  readonly running: RunningRemote;
  readonly deleteUnreachable: boolean;
  /** Also where nobody knows what is in them. */
  readonly deleteUnread: boolean;
  /** A settings file that cannot be read, whose entries may use them. */
  readonly keptFor: string | undefined;
  /** The others that are there. */
  readonly others: readonly TokenFiles[];
}

/** Throws nothing but what is a mistake of ours. */
export async function takeTokens(needs: CancelNeeds, files: TokenFiles, wish: TokensWish): Promise<TakenTokens> {
  const { owner, remaining, running } = wish;
  const subject = owner.target === undefined ? (files.files[0] ?? files.folder) : new URL(owner.target).host;
  if (running.holds(files) || (owner.target !== undefined && running.isFor(owner.target))) {
    return left(new Fault('input-invalid', { subject, thing: 'remote-running' }));
  }
  const [user] = remaining;
  if (user) return left(new Fault('input-invalid', { subject: user.name, thing: 'remote-in-use' }));
  if (wish.keptFor !== undefined) {
    return left(new Fault('input-invalid', { subject: wish.keptFor, thing: 'remote-file-unread' }));
  }
  const { unread } = files;
  const notUnderstood = (path: string) => new Fault('input-invalid', { subject: path, thing: 'remote-unread' });
  if (unread?.tokens !== undefined) {
    return wish.deleteUnread ? deleted(files, { service: 'not-asked' }) : left(notUnderstood(unread.tokens));
  }
  const { clientId } = files.client ?? {};
  const isShared = wish.others.some((one) => one.client?.clientId === clientId);
  const { fault, ...cancelled } = await cancelRemote(needs, {
    ...files,
    target: owner.target,
    givenClient: owner.client,
    ownsRegistration: !isShared,
  });
  if (cancelled.service === 'unreachable' && !wish.deleteUnreachable) {
    return { ...cancelled, deleted: false, ...(fault ? { fault } : {}) };
  }
  if (unread?.client !== undefined && cancelled.service !== 'cancelled' && !wish.deleteUnread) {
    return { ...cancelled, deleted: false, fault: fault ?? notUnderstood(unread.client) };
  }
  return deleted(files, { ...cancelled, ...(fault ? { fault } : {}) });
}

async function deleted(files: TokenFiles, about: Omit<TakenTokens, 'deleted'>): Promise<TakenTokens> {
  try {
    await deleteTokenFiles(files);
    return { ...about, deleted: true };
  } catch (thrown) {
    const trouble = asFault(thrown);
    if (trouble.code === 'internal') throw thrown;
    return { ...about, deleted: false, fault: trouble };
  }
}

function left(fault: Fault): TakenTokens {
  return { service: 'not-asked', deleted: false, fault };
}
