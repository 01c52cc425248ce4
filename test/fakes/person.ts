/**
 * A broker with the practice service in front of it and a person who answers the consent page: the real parts, in one
 * process, on one clock that a test can move.
 */
import { Agent } from 'undici';
import { type Broker, type BrokerOptions, createBroker } from '../../electron/core/broker/create-broker.ts';
import type { SignInOutcome } from '../../electron/core/broker/sign-in.ts';
import type { SignInWish } from '../../electron/core/broker/sign-in-prepare.ts';
import type { Platform } from '../../electron/core/platform.ts';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../electron/core/vault/vault.ts';
import { type PracticeOptions, type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { answerConsent, type ConsentOutcome } from './consent.ts';
import { fakeSecretStore } from './secret-store.ts';

export interface Person {
  readonly practice: PracticeService;
  readonly platform: Platform;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly connectionId: string;
  /** Every address that was opened in the browser. */
  readonly opened: URL[];
  readonly logged: string[];
  moveClock(byMs: number): void;
  /** Signs in as one of the practice service's accounts; resolves with the outcome and the browser's last page. */
  signIn(
    account: string,
    wish?: SignInWish & { readonly allow?: boolean },
  ): Promise<{ outcome: SignInOutcome; browser: ConsentOutcome }>;
  /** Another broker on the same vault, as after a restart. */
  restarted(): Broker;
  stop(): Promise<void>;
}

export interface TestPlatform {
  readonly platform: Platform;
  readonly opened: URL[];
  readonly logged: string[];
  moveClock(byMs: number): void;
  close(): Promise<void>;
}

/** A host for the core whose clock can be moved, whose browser remembers, and whose log is read by the test. */
export function testPlatform(): TestPlatform {
  let offsetMs = 0;
  const opened: URL[] = [];
  const logged: string[] = [];
  const http = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const httpOnce = new Agent({ pipelining: 0 });
  const platform: Platform = {
    now: () => Date.now() + offsetMs,
    http,
    httpOnce,
    openBrowser: async (url) => {
      opened.push(url);
    },
    dataDir: '',
    secrets: fakeSecretStore(),
    log: (level, message, facts) => logged.push(JSON.stringify({ level, message, ...facts })),
  };
  return {
    platform,
    opened,
    logged,
    moveClock(byMs) {
      offsetMs += byMs;
    },
    async close() {
      await Promise.all([http.close(), httpOnce.close()]);
    },
  };
}

export async function startPerson(
  options: PracticeOptions & BrokerOptions & { readonly vault?: Vault } = {},
): Promise<Person> {
  const { platform, opened, logged, moveClock, close } = testPlatform();
  const { now } = platform;
  const practice = await startPractice({ now, ...options });
  const vault =
    options.vault ?? (await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log: platform.log }));
  const brokers = [createBroker(platform, vault, options)];
  const broker = brokers[0] as Broker;
  const { connection } = await broker.addConnection({ target: practice.resource, service: 'practice' });
  return {
    practice,
    platform,
    vault,
    broker,
    connectionId: connection.id,
    opened,
    logged,
    moveClock,
    async signIn(account, { allow = true, ...wish } = {}) {
      const attempt = await broker.signIns.start(connection.id, wish);
      const browser = await answerConsent(attempt.authorizationUrl ?? '', { account, allow });
      return { outcome: await broker.signIns.outcome(attempt.id), browser };
    },
    restarted() {
      const next = createBroker(platform, vault, options);
      brokers.push(next);
      return next;
    },
    async stop() {
      for (const one of brokers) await one.close();
      await practice.stop();
      await close();
    },
  };
}
