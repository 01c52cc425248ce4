/**
 * Conexor's own entry in other programs' settings: shown, planned, put in, taken out, taken back, and whether it is
 * proven to work. One change at a time; a plan is the change without the write.
 */
import type {
  ChangedClient,
  ClientAction,
  ClientId,
  ClientView,
  ClientWay,
  EntryScope,
  OpenedWay,
  PlannedChange,
} from '../../../shared/clients.ts';
import type { Language } from '../../../shared/settings.ts';
import type { WrittenEntry } from './written-entries.ts';

/** Words about single files are in `language`; what ends the whole wish is thrown. */
export interface Clients {
  /** Throws nothing. */
  list(language?: Language): Promise<readonly ClientView[]>;
  /** How it is with one of them now. Throws nothing. */
  view(client: ClientId, language?: Language): Promise<ClientView>;
  plan(
    client: ClientId,
    action: ClientAction,
    scope?: EntryScope,
    language?: Language,
  ): Promise<{ readonly changes: readonly PlannedChange[]; readonly closeFirst: boolean }>;
  /** `scope`: everything by one entry unless given. Throws `program-running`, `connection-unknown`. */
  add(client: ClientId, wish?: ChangeWish & { readonly scope?: EntryScope | undefined }): Promise<ChangedClient>;
  /** Only what we wrote. Throws `program-running`. */
  remove(client: ClientId, wish?: ChangeWish): Promise<ChangedClient>;
  /** Of every client; what one of them refuses stands in its `failed`. Throws nothing. */
  removeAll(language?: Language): Promise<readonly ChangedClient[]>;
  /** Takes the last change back. Throws `program-running`. */
  undo(client: ClientId, wish?: ChangeWish): Promise<ChangedClient>;
  setRestores(client: ClientId, on: boolean, language?: Language): Promise<ClientView>;
  /** Another way than its file. Throws `input-invalid` where the client has no such way. */
  open(
    client: ClientId,
    way: Exclude<ClientWay, 'file'>,
    wish?: { readonly scope?: EntryScope | undefined; readonly open?: boolean | undefined },
  ): Promise<OpenedWay>;
  /** What we wrote and still count as ours, whether it stands or not: for whoever watches the files. */
  written(): Promise<readonly WrittenEntry[]>;
  /** Whether what was wiped is put back without asking. */
  restores(client: ClientId): Promise<boolean>;
  /** Puts back what we wrote and is not there any more, and nothing else. Throws `program-running`. */
  restore(client: ClientId, language?: Language): Promise<ChangedClient>;
  /**
   * Puts our entry for this connection in the place of somebody else's, under the same name, and remembers it as ours.
   * `isMeant` sees the value that stands there. Throws `program-running`, `input-invalid` (also where it is not meant).
   */
  replace(wish: ReplaceWish): Promise<{ readonly path: string; readonly backup?: string }>;
}

export interface ChangeWish {
  /** `seen` of each planned change. */
  readonly seen?: readonly string[] | undefined;
  readonly language?: Language | undefined;
}

export interface ReplaceWish {
  readonly client: ClientId;
  readonly path: string;
  readonly name: string;
  readonly connection: string;
  readonly isMeant: (value: unknown) => boolean;
}
