/**
 * Which programs have started the relay, and whether it listed tools for them: what "it works" rests on. Of each program
 * the last start from each place is kept, and the last that listed, so that a person who tries the relay by hand takes no
 * proof away. The latter is stored, so that it outlives this process.
 */
import { type ClientId, clientIdSchema } from '../../../shared/clients.ts';
import { inTurn } from '../broker/connection-changes.ts';
import type { Log } from '../platform.ts';
import type { ClientStart, ProcessSeen } from '../processes/client-start.ts';
import { knownProgram } from '../processes/known-program.ts';
import { clientStartKey, type RecordOf } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';

export interface ClientStarts {
  /** A conversation over the relay begins. `client`: as the relay was told to call it. */
  begin(client: string): StartedConversation;
  /** The newest first. */
  of(client: ClientId): readonly ClientStart[];
  /** Stores what is known better in memory. */
  close(): Promise<void>;
}

export interface StartedConversation {
  /** Who has started the relay is known. */
  seen(ancestors: readonly ProcessSeen[]): void;
  /** It is not the program of that name, as far as anybody knows. */
  another(): void;
  /** It has listed tools; any number of times. */
  listed(): void;
}

export interface ClientStartsNeeds {
  /** Undefined while it is not open. */
  readonly vault: () => Vault | undefined;
  readonly now: () => number;
  readonly log: Log;
}

/** Of one program; the places that were seen longest ago are forgotten. */
const mostPlaces = 5;
const storeEveryMs = 60_000;

const nobody: StartedConversation = { seen: () => undefined, another: () => undefined, listed: () => undefined };

export function createClientStarts({ vault, now, log }: ClientStartsNeeds): ClientStarts {
  const known = new Map<ClientId, readonly ClientStart[]>();
  const storedAtMs = new Map<ClientId, number>();
  let stored: Promise<void> = Promise.resolve();

  function startsOf(client: ClientId): readonly ClientStart[] {
    const own = known.get(client) ?? [];
    const open = vault();
    if (!open || open.state.kind === 'locked') return own;
    const before = open.list('clientStart').filter((one) => one.client === client);
    return pruned([...own, ...before.map((one) => ({ ...one, client }))]);
  }

  function store(client: ClientId): void {
    const open = vault();
    if (!open || open.state.kind === 'locked') return;
    storedAtMs.set(client, now());
    stored = inTurn(open, () => {
      const keyed = (start: ClientStart | RecordOf<'clientStart'>) => clientStartKey(client, placeOf(start));
      const proofs = startsOf(client).flatMap((one) => recordOf(one) ?? []);
      const kept = new Set(proofs.map(keyed));
      const before = open.list('clientStart').filter((one) => one.client === client);
      const gone = before.map(keyed).filter((key) => !kept.has(key));
      const isNew = (proof: RecordOf<'clientStart'>) =>
        open.get('clientStart', keyed(proof))?.startedAtMs !== proof.startedAtMs;
      return [
        ...proofs.filter(isNew).map((record): Change => ({ kind: 'clientStart', key: keyed(record), record })),
        ...gone.map((key): Change => ({ kind: 'clientStart', key, record: undefined })),
      ];
    }).catch((thrown: unknown) => {
      log('error', 'the proof of a start could not be stored', { reason: String(thrown) });
    });
  }

  return {
    begin(word) {
      const client = clientIdSchema.safeParse(word).data;
      if (client === undefined) return nobody;
      let start: ClientStart = { client, ancestors: [], startedAtMs: now() };
      const put = (next: ClientStart) => {
        known.set(client, pruned([next, ...(known.get(client) ?? []).filter((one) => one !== start)]));
        start = next;
      };
      put(start);
      return {
        seen(ancestors) {
          put({ ...start, ancestors });
          // Who it was came after the proof: the latter is worth keeping only now.
          if (start.listedAtMs !== undefined) store(client);
        },
        another() {
          if (start.isAnother) return;
          put({ ...start, isAnother: true });
          if (start.listedAtMs !== undefined) store(client);
        },
        listed() {
          if (start.listedAtMs !== undefined) return;
          put({ ...start, listedAtMs: now() });
          if (Math.abs(now() - (storedAtMs.get(client) ?? 0)) >= storeEveryMs) store(client);
        },
      };
    },
    of: startsOf,
    async close() {
      for (const client of known.keys()) store(client);
      await stored;
    },
  };
}

/** Of each place the last start and the last that listed; the newest first. */
function pruned(starts: readonly ClientStart[]): readonly ClientStart[] {
  const seen = new Map<string, { hasListed: boolean }>();
  return starts
    .toSorted((a, b) => b.startedAtMs - a.startedAtMs)
    .filter((start) => {
      const place = placeOf(start);
      const before = seen.get(place);
      const hasListed = start.listedAtMs !== undefined;
      if (before && (before.hasListed || !hasListed)) return false;
      if (!before && seen.size >= mostPlaces) return false;
      seen.set(place, { hasListed });
      return true;
    });
}

function placeOf({ ancestors, isAnother }: Pick<ClientStart, 'ancestors' | 'isAnother'>): string {
  return `${isAnother ? '#' : ''}${knownProgram(ancestors) ?? ''}`;
}

/** Undefined where nothing was proven, or of nobody. */
function recordOf({
  client,
  ancestors,
  startedAtMs,
  listedAtMs,
  isAnother,
}: ClientStart): RecordOf<'clientStart'> | undefined {
  if (listedAtMs === undefined || ancestors.length === 0 || isAnother) return undefined;
  const seen = ancestors.map(({ words, ...one }) => ({ ...one, words: [...words] }));
  return { client, ancestors: seen, startedAtMs, listedAtMs };
}
