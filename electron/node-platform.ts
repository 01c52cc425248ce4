/** The platform under plain Node: wall clock, undici, the system's browser and keychain, and a log file. */
import { Agent } from 'undici';
import { openBrowser } from './browser.ts';
import type { Log, Platform } from './core/platform.ts';
import { openKeychain } from './core/vault/keychain.ts';

/** An unanswered connection attempt is given up after this; calls themselves may run for as long as they need. */
const connectTimeoutMs = 10_000;

export function nodePlatform(options: {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}): Platform {
  const connect = { timeout: connectTimeoutMs };
  return {
    now: Date.now,
    http: new Agent({ connect, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 }),
    httpOnce: new Agent({ connect, pipelining: 0 }),
    openBrowser: openBrowser({ platform: process.platform, env: options.env }),
    dataDir: options.dataDir,
    secrets: openKeychain(),
    log: options.log,
  };
}
