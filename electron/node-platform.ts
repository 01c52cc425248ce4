/** The platform under plain Node: wall clock, undici, the system's browser and keychain, and a log file. */
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
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
    http: dispatcher(options.env, { connect, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 }),
    httpOnce: dispatcher(options.env, { connect, pipelining: 0 }),
    openBrowser: openBrowser({ platform: process.platform, env: options.env }),
    dataDir: options.dataDir,
    secrets: openKeychain({ log: options.log }),
    log: options.log,
  };
}

/** By way of the company's proxy where the environment names one; this computer itself is always reached directly. */
function dispatcher(env: NodeJS.ProcessEnv, options: Agent.Options): Dispatcher {
  const httpProxy = env['http_proxy'] ?? env['HTTP_PROXY'];
  const httpsProxy = env['https_proxy'] ?? env['HTTPS_PROXY'];
  if (!httpProxy && !httpsProxy) return new Agent(options);
  const excepted = env['no_proxy'] ?? env['NO_PROXY'];
  return new EnvHttpProxyAgent({
    ...options,
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    noProxy: [...(excepted ? [excepted] : []), 'localhost', '127.0.0.1', '::1'].join(','),
  });
}
