/**
 * Given a platform, claims the one place of a broker, then builds vault → broker → bridge in that order and stops
 * them in reverse. Both hosts (Electron and plain Node) call it; nothing else in the core knows all the rooms.
 */
import type { ControlResult } from '../../shared/control.ts';
import { Fault } from '../../shared/faults.ts';
import { startBridge } from './bridge/start-bridge.ts';
import { type Broker, createBroker } from './broker/create-broker.ts';
import { type ControlHandlers, serveControl } from './control/door.ts';
import { examine } from './control/examine.ts';
import { controlHandlers } from './control/handlers.ts';
import type { Platform } from './platform.ts';
import { openVault, type VaultKeySource } from './vault/open-vault.ts';

export { defaultHttpPort } from './bridge/start-bridge.ts';

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

export type Started =
  | { readonly kind: 'already-running' }
  | {
      readonly kind: 'running';
      readonly broker: Broker;
      status(): ControlResult<'status'>;
      stop(): Promise<void>;
    };

/** Throws `vault-newer`, `vault-key-missing`, `key-file-invalid`, `data-folder-unusable`, `port-taken`. */
export async function start(platform: Platform, options: StartOptions): Promise<Started> {
  const startedAtMs = platform.now();
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.reverse()) await one();
  };
  let broker: Broker | undefined;
  let handlers: ControlHandlers | undefined;
  let httpPort = options.httpPort;
  let practiceUrl: string | undefined;

  const startPractice = async () => {
    practiceUrl = await options.startPractice();
    return practiceUrl;
  };
  const status = (): ControlResult<'status'> => ({
    version: options.version,
    pid: process.pid,
    dataDir: platform.dataDir,
    socketPath: options.socketPath,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    ...(options.httpPort !== 0 && httpPort !== options.httpPort ? { wantedPort: options.httpPort } : {}),
    keychain: platform.secrets.label,
    ...(practiceUrl === undefined ? {} : { practiceUrl }),
    startedAtMs,
    nowMs: platform.now(),
  });

  try {
    const bridge = await startBridge({
      platform,
      socketPath: options.socketPath,
      httpPort: options.httpPort,
      version: options.version,
      // The vault is opened by whoever owns the socket: two starts at once must not both make a key.
      broker: async () => {
        const keySource = keySourceOf(platform, options);
        const vault = await openVault({ dataDir: platform.dataDir, keySource, now: platform.now, log: platform.log });
        closers.push(() => vault.close());
        const made = createBroker(
          platform,
          vault,
          options.signInTimeoutMs === undefined ? {} : { signInTimeoutMs: options.signInTimeoutMs },
        );
        closers.push(() => made.close());
        broker = made;
        handlers = controlHandlers({
          broker: made,
          status,
          localUrl: (name) => `http://127.0.0.1:${httpPort}/mcp/${encodeURIComponent(name)}`,
          examine: () =>
            examine({
              secrets: platform.secrets,
              keyIn: keySource.kind === 'key-file' ? 'key-file' : 'keychain',
              http: platform.http,
              now: platform.now,
              snapshot: made.snapshot,
            }),
          startPractice,
          stop: options.onStop,
          openWindow: async () => {
            throw new Fault('input-invalid', { subject: 'a window on this computer' });
          },
        });
        return made;
      },
      onControl: (stream) => {
        if (handlers) serveControl(stream, handlers, platform.log);
        else stream.destroy();
      },
    });
    if (bridge.socket === 'already-running' || !broker) return { kind: 'already-running' };
    closers.push(() => bridge.close());
    httpPort = bridge.httpPort;
    if (broker.snapshot().connections.some((connection) => connection.service === 'practice')) {
      startPractice().catch((thrown: unknown) => {
        platform.log('warn', 'the practice service did not start', { reason: String(thrown) });
      });
    }
    return { kind: 'running', broker, status, stop: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function keySourceOf(platform: Platform, options: StartOptions): VaultKeySource {
  if (options.memoryOnly) return { kind: 'memory' };
  if (options.keyFile !== undefined) return { kind: 'key-file', path: options.keyFile };
  return { kind: 'keychain', store: platform.secrets };
}
