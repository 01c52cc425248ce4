/**
 * Who is connected to what. The broker is the only part that holds grants and the only one that refreshes them; the
 * doors in front of it (bridge, control socket, window) ask it for access and are told of every change.
 */
import type { ConnectionView, Snapshot } from '../../../shared/snapshot.ts';
import type { Secret } from '../vault/secret.ts';

/** Leave to make one upstream request, as one account. */
export interface Access {
  readonly connectionId: string;
  /** Absent where the resource wants no sign-in. A change of this means: another person's data. */
  readonly accountId?: string;
  readonly accountLabel?: string;
  /** The whole value of the `Authorization` header, such as `Bearer …`; absent where none is wanted. */
  readonly authorization?: Secret;
  /** The one resource this access may be sent to (P-50). */
  readonly resource: string;
}

export interface AccessRequest {
  readonly connectionId: string;
  /** The local client's name, which may be bound to an account of its own. */
  readonly client: string;
  /** The access that the resource has just answered 401 to: it is refreshed once, by whoever reports it first. */
  readonly rejected?: Access;
}

export interface AccessTokens {
  /**
   * Access that is good now: cached, or after the one refresh that all callers share (P-44).
   * Throws `sign-in-needed`, `permission-needed`, `unreachable`, `keychain-locked`, `connection-unknown`.
   */
  get(request: AccessRequest): Promise<Access>;
}

/** What the bridge saw upstream, so that the state a person reads is true. */
export type UpstreamOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'permission-needed'; readonly scopes: readonly string[] }
  | { readonly kind: 'plan-limit' }
  | { readonly kind: 'unreachable'; readonly retryAtMs?: number };

/** The part of the broker that the bridge needs. */
export interface BridgeBroker {
  readonly accessTokens: AccessTokens;
  snapshot(): Snapshot;
  /** Called after every change; returns how to stop. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
  /** By id, name or resource address. Throws `connection-unknown` or, for no name and several, `connection-ambiguous`. */
  findConnection(reference: string | undefined): ConnectionView;
  /** The account this client's next call would use; undefined while there is none. */
  boundAccountId(connectionId: string, client: string): string | undefined;
  report(access: Access, outcome: UpstreamOutcome): void;
  noteUse(connectionId: string, client: string, door: 'stdio' | 'http'): void;
  /**
   * Begins a sign-in (or joins the one that is under way) and opens the browser. Resolves when the browser was asked
   * to open; the outcome arrives as a change of the snapshot. Throws `browser-unavailable`, `discovery-failed`, ….
   */
  signIn(connectionId: string): Promise<{ readonly authorizationUrl: string; readonly host: string }>;
  /** The name of the local client whose key this is; undefined for none. Compared in constant time. */
  clientOfKey(key: string): string | undefined;
}
