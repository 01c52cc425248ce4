/**
 * A broker before oidc-provider and a resource of a test's choice: what it takes to sign in by the browser or by a code,
 * on one clock that nobody waits for.
 */
import { type Broker, type BrokerOptions, createBroker } from '../../electron/core/broker/create-broker.ts';
import type { SignInOutcome } from '../../electron/core/broker/sign-in.ts';
import type { SignInWish } from '../../electron/core/broker/sign-in-prepare.ts';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../electron/core/vault/vault.ts';
import type { OidcProvider } from './oidc-provider.ts';
import { type TestPlatform, testPlatform } from './person.ts';

export interface Stage {
  readonly host: TestPlatform;
  readonly vault: Vault;
  readonly broker: Broker;
  connect(resource: string): Promise<string>;
  /** By the browser. */
  signIn(connectionId: string, provider: OidcProvider, wish?: SignInWish): Promise<SignInOutcome>;
  /** Another broker on the same vault, as after a restart. */
  restarted(): Broker;
  close(): Promise<void>;
}

export async function openStage(options: BrokerOptions = {}): Promise<Stage> {
  const host = testPlatform();
  const { now, log } = host.platform;
  const vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log });
  const broker = createBroker(host.platform, vault, options);
  const brokers = [broker];
  return {
    host,
    vault,
    broker,
    connect: async (resource) => (await broker.addConnection({ target: resource })).connection.id,
    async signIn(connectionId, provider, wish = {}) {
      const attempt = await broker.signIns.start(connectionId, wish);
      await fetch(await provider.consent(new URL(attempt.authorizationUrl ?? '')));
      return broker.signIns.outcome(attempt.id);
    },
    restarted() {
      const next = createBroker(host.platform, vault, options);
      brokers.push(next);
      return next;
    },
    async close() {
      for (const one of brokers) await one.close();
      await host.close();
    },
  };
}
