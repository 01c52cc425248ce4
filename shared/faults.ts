/**
 * Everything that can go wrong, as one closed set. A fault carries an inner reason for the log and never a secret;
 * what a person reads comes from fault-words.ts and the catalogue. Three edges (IPC and control, MCP, HTTP) map the codes exhaustively.
 */

export const faultCodes = [
  // sign-in
  'browser-unavailable',
  'consent-denied',
  'sign-in-cancelled',
  'sign-in-timed-out',
  'sign-in-unknown',
  'issuer-mismatch',
  'pkce-unsupported',
  'discovery-failed',
  'resource-mismatch',
  'registration-refused',
  /** A client that Conexor registered itself earlier, and that the server does not accept any more. */
  'registration-stale',
  'client-id-needed',
  'client-refused',
  'token-refused',
  'target-refused',
  'scope-refused',
  /** What was typed (password, secret, key, token) is not taken by the service. */
  'credentials-refused',
  'second-factor-needed',
  /** The service has shut the user out; only its support can lift that. */
  'account-banned',
  /** Asking once more today could get the user banned; `retryAtMs` is when it may be asked again. */
  'generation-limit',
  // use
  'sign-in-needed',
  'paused',
  'program-waiting',
  'program-refused',
  'permission-needed',
  'forbidden',
  'account-disabled',
  'plan-limit',
  'rate-limited',
  'unreachable',
  'answer-lost',
  'tls-refused',
  'captive-portal',
  'proxy-refused',
  'clock-wrong',
  'service-down',
  'service-answer-invalid',
  'session-unknown',
  // what rests on this computer
  'keychain-locked',
  'keychain-missing',
  'keychain-failed',
  'vault-damaged',
  'vault-newer',
  'vault-key-missing',
  'key-file-invalid',
  'data-folder-unusable',
  'file-not-writable',
  /** Nothing here can start the relay: we are not run by a Node of our own, and none is installed. */
  'node-missing',
  // local doors
  'connection-unknown',
  'connection-ambiguous',
  'connection-exists',
  'account-unknown',
  'account-ambiguous',
  'address-invalid',
  'address-insecure',
  'input-invalid',
  'port-taken',
  'broker-absent',
  'broker-unreachable',
  'client-key-wrong',
  /** Nobody has chosen that programs in containers may come. */
  'containers-off',
  /** It rewrites its settings while it runs: they are changed only while it is closed. `subject`: its title. */
  'program-running',
  /** The organisation's settings do not allow it in that program. */
  'program-policy',
  /** None of its settings is on this computer. `subject`: its title. */
  'program-not-found',
  /** The program's own command for adding a server has not worked. `subject`: its title. */
  'program-command-failed',
  'host-refused',
  'too-large',
  'internal',
] as const;

export type FaultCode = (typeof faultCodes)[number];

/** Trouble on the way to a service, whose own word it is not; it passes without anyone signing in again. */
const onTheWay: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'unreachable',
  'tls-refused',
  'captive-portal',
  'proxy-refused',
  'clock-wrong',
]);

export function isOnTheWay(fault: Pick<Fault, 'code'>): boolean {
  return onTheWay.has(fault.code);
}

/** Next steps that are better than a code's own, as names in the catalogue. */
export type Advice =
  | 'conexor-client-id'
  | 'address-forms'
  | 'address-without-secret'
  | 'config-broken'
  | 'config-changed'
  | 'config-unreadable'
  | 'keep-in-file'
  | 'enter-again-elsewhere'
  | 'enter-in-conexor'
  | 'check-email-password'
  | 'check-user-password'
  | 'local-program'
  | 'new-access'
  | 'paste-less'
  | 'paste-whole-block';

/** What sort of thing a value is that cannot be used, as names in the catalogue. */
export type Thing =
  | 'redirect-address'
  | 'service-kind'
  | 'service-name'
  /** A service that was known by its id; no value. */
  | 'service-removed'
  | 'program-name'
  | 'request'
  | 'missing-field'
  | 'field'
  | 'key-file'
  | 'callback-address'
  | 'account-label-empty'
  | 'account-label-taken'
  | 'way-in'
  | 'config-file'
  | 'config-file-changed'
  | 'config-file-large'
  | 'config-file-linked'
  | 'config-file-one-server'
  | 'config-file-two-secrets'
  | 'config-file-busy'
  | 'config-file-too-large'
  | 'config-disk-full'
  | 'config-disk-read-only'
  | 'config-files-open'
  | 'config-folder-missing'
  | 'config-link-circle'
  | 'config-link-nowhere'
  | 'config-name-twice'
  | 'config-other-shape'
  | 'config-inline'
  | 'config-entry-theirs'
  | 'config-comment-inside'
  | 'config-number-large'
  | 'config-block-edited'
  /** The copy that a change would be taken back with. */
  | 'config-copy-gone'
  /** An entry that Conexor wrote and somebody has changed since; the value is the path of its file. */
  | 'config-entry-edited'
  /** A way into a program that it does not have; the value is its title. */
  | 'client-way'
  /** `mcp-remote` runs for this host, or has just written its files. */
  | 'remote-running'
  /** Tokens of `mcp-remote` that an entry still uses; the value is its name. */
  | 'remote-in-use'
  /** Tokens of `mcp-remote` in a file that cannot be read; the value is its path. */
  | 'remote-unread'
  /** A settings file that cannot be read, whose entries may use such tokens. */
  | 'remote-file-unread'
  /** An entry or tokens that were found, and are not there any more. */
  | 'remote-gone'
  /** A host that speaks only the transport of 2024 at this address. */
  | 'remote-older-way'
  /** A sign-in server was named for a service that names its own; the value is its title. */
  | 'own-server'
  | 'many-servers'
  /** The value is its number of characters. */
  | 'address-long'
  /** Another client for an address than the entry before it has; the value is the name of that one. */
  | 'second-client';

/** What a server said, kept for programs (`error.data`); a person is shown our own words instead. */
export interface UpstreamError {
  readonly status?: number;
  readonly code?: string;
  readonly body?: unknown;
}

export interface FaultDetail {
  /** For the log and for developers; never contains a secret or a server's raw text. */
  readonly reason?: string;
  /** Whom it is about, in a person's words: a host name, a service, an account, a file. */
  readonly subject?: string;
  /** What sort of thing `subject` is, where it was given by somebody and cannot be used. */
  readonly thing?: Thing;
  /** A better next step than the code's own: what just this service or input asks of a person. */
  readonly advice?: Advice;
  /** A better next step for the command line and for answers to programs, in English; no window shows it. */
  readonly next?: string;
  readonly retryAtMs?: number;
  /** How often it may still be tried today, where that is limited and few are left. */
  readonly triesLeft?: number;
  readonly upstream?: UpstreamError;
  readonly cause?: unknown;
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, detail: FaultDetail = {}) {
    super(
      detail.reason ? `${code}: ${detail.reason}` : code,
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
  }
}

/** Any thrown value as a fault; what is not one becomes `internal` with the original as its cause. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault('internal', { reason: thrown instanceof Error ? thrown.name : typeof thrown, cause: thrown });
}
