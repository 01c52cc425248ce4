/** What a host gives to start us with, and what is asked of it once at the start. */
import { asFault } from '../../shared/faults.ts';
import type { Computer } from './clients/client-program.ts';
import type { FaceHost } from './control/face.ts';
import type { Platform } from './platform.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import type { VaultKeySource } from './vault/open-vault.ts';

export interface StartOptions {
  readonly version: string;
  readonly socketPath: string;
  /** The port to try first; 0 for any. */
  readonly httpPort: number;
  /** The vault's key comes from this file instead of the platform's keychain. */
  readonly keyFile?: string;
  /** This run keeps nothing. */
  readonly memoryOnly?: boolean;
  readonly signInTimeoutMs?: number;
  readonly settings: SettingsStore;
  /** Where other programs keep their settings. */
  readonly computer: Computer;
  /** What the window can ask of whoever hosts us. */
  readonly faceHost: FaceHost;
  /** The built window's folder, where it is to be served to a browser's tab. */
  readonly windowFiles?: string;
  /**
   * What an MCP client starts, word by word; undefined where nothing on this computer can start it. Asked once, by whoever
   * is the broker of this folder: it puts the relay in its place.
   */
  readonly relayCommand?: () => Promise<readonly string[] | undefined>;
  /** The relay as it was built with this program. */
  readonly builtRelay?: string;
  /** Builds the bundle that Claude Desktop installs, and tells where it is. */
  readonly bundle?: () => Promise<string>;
  /** Opens a file with the program that it is for, and a link of a program's own scheme. Reject with `browser-unavailable`. */
  readonly openFile?: (path: string) => Promise<void>;
  readonly openLink?: (url: URL) => Promise<void>;
  /**
   * Starts (once) the practice service of this id and tells the address to connect to. With `port`, a connection expects
   * it there. Throws `port-taken`, `input-invalid`.
   */
  readonly startPractice: (service: string, port?: number) => Promise<string>;
  /** A person asked for the broker to stop. */
  readonly onStop: () => void;
}

/** A relay that cannot be put in its place keeps nobody from what they have already. */
export async function askRelayCommand(
  platform: Platform,
  options: StartOptions,
): Promise<readonly string[] | undefined> {
  try {
    return await options.relayCommand?.();
  } catch (thrown) {
    const { code, detail } = asFault(thrown);
    platform.log('warn', 'the relay is not in its place', { fault: code, reason: detail.reason });
    return undefined;
  }
}

export function keySourceOf(platform: Platform, options: StartOptions): VaultKeySource {
  if (options.memoryOnly) return { kind: 'memory' };
  if (options.keyFile !== undefined) return { kind: 'key-file', path: options.keyFile };
  return { kind: 'keychain', store: platform.secrets };
}
