/**
 * Given a platform, claims the one place of a broker, then builds vault → broker → bridge in that order and stops
 * them in reverse. Both hosts (Electron and plain Node) call it; nothing else in the core knows all the rooms.
 */
import type { ControlResult } from '../../shared/control.ts';
import { type Broker, createBroker } from './broker/create-broker.ts';
import { serveControl } from './control/door.ts';
import { examine } from './control/examine.ts';
import { controlHandlers } from './control/handlers.ts';
import type { Platform } from './platform.ts';
import { openVault } from './vault/open-vault.ts';

/** Where programs find the HTTP face unless another port was asked for or this one is taken. */
export const defaultHttpPort = 4747;

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
  /** Starts (once) the practice service and tells the address of its first MCP server. */
  readonly startPractice: () => Promise<string>;
  /** A person asked for the broker to stop. */
  readonly onStop: () => void;
}
