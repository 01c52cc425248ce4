/**
 * What the core needs from whoever hosts it (Electron, plain Node, a test), so that the core itself never asks
 * which of them it runs in. Everything that can wait is asynchronous.
 */
import type { Dispatcher } from 'undici';
import type { SecretStore } from './vault/secret-store.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line for a developer. `facts` are written as JSON; a `Secret` among them prints as `[secret]`. */
export type Log = (level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>) => void;

export interface Platform {
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Keep-alive connections to every origin, with the host's proxy and trust store where it has them. */
  readonly http: Dispatcher;
  /**
   * A new connection for every request, for the OAuth steps: on a kept one that the server has just closed nobody can
   * tell whether a refresh token arrived and was spent.
   */
  readonly httpOnce: Dispatcher;
  /** Opens the person's own browser; rejects with `browser-unavailable`. The address has passed `core/oauth/urls.ts`. */
  readonly openBrowser: (url: URL) => Promise<void>;
  /** The folder that is ours alone (mode 0700): the sealed file lives here. */
  readonly dataDir: string;
  /** The operating system's keychain. */
  readonly secrets: SecretStore;
  readonly log: Log;
}
