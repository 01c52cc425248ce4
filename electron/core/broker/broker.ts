/**
 * Who is connected to what. The broker is the only part that holds grants and the only one that refreshes them; the
 * doors in front of it (bridge, control socket, window) ask it for access and are told of every change.
 */
import type { Activity } from '../../../shared/activity.ts';
import type { ConnectionView, Snapshot } from '../../../shared/snapshot.ts';
import type { ServiceView } from '../../../shared/ways-in.ts';
import type { Credential } from '../credentials/credential.ts';
import type { ProgramOrigin } from '../processes/same-program.ts';
import type { NewConnection } from './connections.ts';
import type { KeyPlace, LocalClients } from './local-clients.ts';
import type { Door } from './programs.ts';
import type { Questions } from './questions.ts';
import type { RegistrationView } from './registrations.ts';
import type { SignOutResult } from './revocations.ts';
import type { SignIns } from './sign-in.ts';
import type { Validation } from './validation.ts';

/** Leave to make one upstream request, as one account. */
export interface Access {
  readonly connectionId: string;
  /** Absent where the resource wants no sign-in. A change of this means: another person's data. */
  readonly accountId?: string;
  readonly accountLabel?: string;
  /** What each request carries; absent where nothing is wanted. */
  readonly credential?: Credential;
  /** The one resource this access may be sent to (P-50). */
  readonly resource: string;
}

export interface AccessRequest {
  readonly connectionId: string;
  /** The local client's name, which may be bound to an account of its own. */
  readonly client: string;
  /** How this program came; absent for the person's own tools, about which nobody is asked. */
  readonly door?: Door;
  /**
   * The access that was just answered 401: it is refreshed once, by whoever reports it first. The same one is the
   * answer where a web API still takes it elsewhere, so that the 401 is that place's own.
   */
  readonly rejected?: Access;
}

export interface AccessTokens {
  /**
   * Access that is good now: cached, or after the one refresh that all callers share (P-44).
   * Throws `paused`, `program-waiting`, `program-refused`, `sign-in-needed`, `permission-needed`, `unreachable`, `keychain-locked`, `connection-unknown`;
   * where the service has said its final no, `credentials-refused`, `client-refused`, `account-banned` and the like, again and again
   * without asking it; `generation-limit` (with `retryAtMs`).
   */
  get(request: AccessRequest): Promise<Access>;
  /** Whether the resource itself takes this access, or at least does not refuse it now. Never throws. */
  isTaken(access: Access): Promise<boolean>;
}

/** As programs get it: for those alone that may use the connection, and not while it is paused. */
export interface GatedAccessTokens extends AccessTokens {
  /** Whether there is leave, without asking for access. Throws `paused`, `program-waiting`, `program-refused`. */
  admit(request: Pick<AccessRequest, 'connectionId' | 'client' | 'door'>): void;
}

/** What the bridge saw upstream, so that the state a person reads is true. */
export type UpstreamOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'permission-needed'; readonly scopes: readonly string[] }
  | { readonly kind: 'plan-limit' }
  | { readonly kind: 'unreachable'; readonly retryAtMs?: number };

/** One tool call as it is remembered: never what was asked or answered. */
export interface ToolCall {
  readonly connectionId: string;
  /** The program; absent for the person's own tools. */
  readonly program?: string;
  readonly account?: string;
  readonly tool: string;
  /** `done`, `cancelled`, or the code of the fault that it ended in. */
  readonly outcome: string;
  readonly tookMs: number;
}

/** The part of the broker that the bridge needs. */
export interface BridgeBroker {
  readonly accessTokens: GatedAccessTokens;
  readonly signIns: SignIns;
  snapshot(): Snapshot;
  /** Called after every change; returns how to stop. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
  /** By id, name or resource address. Throws `connection-unknown` or, for no name and several, `connection-ambiguous`. */
  findConnection(reference: string | undefined): ConnectionView;
  /** The account this client's next call would use; undefined while there is none. */
  boundAccountId(connectionId: string, client: string): string | undefined;
  report(access: Access, outcome: UpstreamOutcome): void;
  noteUse(connectionId: string, client: string, door: Door): void;
  /** Under which name a program is known that comes over the socket: see `Programs.meet`. */
  meetProgram(word: string, origin: ProgramOrigin | undefined, isStranger?: boolean): string;
  /** A tool call has ended. */
  noteCall(call: ToolCall): void;
  /**
   * Begins a sign-in (or joins the one that is under way) and opens the browser. Resolves when the browser was asked
   * to open; the outcome arrives as a change of the snapshot. Where a code has to be typed, in any browser, none is
   * opened here: address and code are given. Throws `browser-unavailable`, `discovery-failed`, ….
   */
  signIn(
    connectionId: string,
  ): Promise<{ readonly authorizationUrl: string; readonly host: string; readonly userCode?: string }>;
  /** Asks the service whether an account's access is still good. Throws `account-unknown`, `sign-in-needed`. */
  validate(connectionId: string, account: string): Promise<Validation>;
  /** Our registration at the connection's authorization server. Throws `client-id-needed` where there is none. */
  registration(connectionId: string, action: 'read' | 'update' | 'delete'): Promise<RegistrationView>;
  /** Whether there is one that can be asked for; nobody else is asked. */
  hasRegistration(connectionId: string): boolean;
  /** Throws `account-unknown`, …. */
  signOut(connectionId: string, account: string): Promise<SignOutResult>;
  /** What programs may not do by themselves. */
  readonly questions: Questions;
  /**
   * The name of the local client whose key this is, where it is shown (`here` unless given); undefined for none.
   * Compared in constant time. Throws `keychain-locked`.
   */
  clientOfKey(key: string, from?: KeyPlace): string | undefined;
}

/** The whole broker: what the bridge needs, and what people do by window, tray and command line. */
export interface Broker extends BridgeBroker {
  readonly localClients: LocalClients;
  /** Every service that is known by name, and those that are added by hand. */
  services(): ServiceView[];
  unlock(): Promise<void>;
  /** The connection of this address, made if it is new. Throws `address-invalid`, `input-invalid`, `connection-exists`. */
  addConnection(input: NewConnection): Promise<{ readonly connection: ConnectionView; readonly added: boolean }>;
  /** The name of the connection at this address that has another client than this one, if there is one. */
  clientReplacedBy(server: { readonly target: string; readonly clientId: string }): string | undefined;
  /**
   * Makes an account the current one, or the one of a single local client; `current` for a client means: whichever is
   * the current one. Throws `account-unknown`, ….
   */
  useAccount(connectionId: string, account: string, client?: string): Promise<ConnectionView>;
  /** Takes access from programs and keeps the sign-in, or gives it back; all connections where none is named. */
  setPaused(connectionId: string | undefined, paused: boolean): Promise<{ readonly changed: number }>;
  /** The person's answer about a program at one connection: a refusal at both doors, leave at this one, else where it asks. */
  decideProgram(connectionId: string, program: string, allow: boolean, door?: Door): Promise<ConnectionView>;
  /**
   * Takes a program's access at one connection, or everywhere and with it its local key. A program that nobody knows
   * changes nothing. `connections`: how many it could use or asked for.
   */
  removeProgram(
    program: string,
    connectionId?: string,
  ): Promise<{ readonly connections: number; readonly keyRemoved: boolean }>;
  /** Throws `account-unknown`, `input-invalid`. */
  renameAccount(connectionId: string, account: string, label: string): Promise<ConnectionView>;
  /** Every account of every connection (its name), all at once: one service that does not answer holds up no other. */
  signOutAll(): Promise<readonly { readonly connection: string; readonly result: SignOutResult }[]>;
  removeConnection(connectionId: string): Promise<readonly SignOutResult[]>;
  /** Asks the service once, now, whether it can be reached. A paused one is not asked. */
  retry(connectionId: string): Promise<ConnectionView>;
  /** What happened lately, the newest first. */
  activity(connectionId?: string, limit?: number): readonly Activity[];
  /** Called with every new entry; returns how to stop. */
  onActivity(listener: (entry: Activity) => void): () => void;
  close(): Promise<void>;
}
