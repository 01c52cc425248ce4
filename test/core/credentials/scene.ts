/** A broker and a person who types what a way in needs, on one clock that a test can move. */

import type { Access } from '../../../electron/core/broker/broker.ts';
import type { NewConnection } from '../../../electron/core/broker/connections.ts';
import { type Broker, createBroker } from '../../../electron/core/broker/create-broker.ts';
import type { SignInOutcome } from '../../../electron/core/broker/sign-in.ts';
import type { SignInWish } from '../../../electron/core/broker/sign-in-prepare.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import type { Fault } from '../../../shared/faults.ts';
import type { AccountView } from '../../../shared/snapshot.ts';
import { testPlatform } from '../../fakes/person.ts';

export interface Scene {
  readonly vault: Vault;
  readonly logged: readonly string[];
  broker(): Broker;
  now(): number;
  moveClock(byMs: number): void;
  /** Adds a service; gives its connection's id. */
  add(service: string, target: string, more?: Partial<NewConnection>): Promise<string>;
  signIn(connectionId: string, wish: SignInWish): Promise<SignInOutcome>;
  get(connectionId: string, rejected?: Access): Promise<Access>;
  /** The code of its fault, or `none`. */
  faultOf(work: Promise<unknown>): Promise<string>;
  /** A call of a program: with the access of the moment, and once more where that was refused. */
  call(connectionId: string, path?: string): Promise<number>;
  account(connectionId: string): AccountView | undefined;
  /** Another broker on the same vault, as after a restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function openScene(given?: Vault): Promise<Scene> {
  const { platform, logged, moveClock, close } = testPlatform();
  const { now, log } = platform;
  const vault = given ?? (await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log }));
  let broker = createBroker(platform, vault);
  const get: Scene['get'] = (connectionId, rejected) =>
    broker.accessTokens.get({ connectionId, client: 'test', ...(rejected ? { rejected } : {}) });

  async function send({ credential, resource }: Access, path: string): Promise<number> {
    const url = `${resource.replace(/\/$/, '')}${path}`;
    const response = await fetch(url, { headers: { ...(await credential?.headers({ method: 'GET', url })) } });
    await response.arrayBuffer();
    return response.status;
  }

  return {
    vault,
    logged,
    now,
    moveClock,
    broker: () => broker,
    async add(service, target, more = {}) {
      return (await broker.addConnection({ target, service, ...more })).connection.id;
    },
    async signIn(connectionId, wish) {
      const { id } = await broker.signIns.start(connectionId, { fresh: true, ...wish });
      return broker.signIns.outcome(id);
    },
    get,
    faultOf: (work) =>
      work.then(
        () => 'none',
        (fault: Fault) => fault.code,
      ),
    async call(connectionId, path = '/') {
      const access = await get(connectionId);
      const status = await send(access, path);
      return status === 401 ? send(await get(connectionId, access), path) : status;
    },
    account: (connectionId) => broker.findConnection(connectionId).accounts[0],
    async restart() {
      await broker.close();
      broker = createBroker(platform, vault);
    },
    async stop() {
      await broker.close();
      await close();
    },
  };
}

/** The fault that a sign-in ended in. */
export function faultOfOutcome(outcome: SignInOutcome): Fault | undefined {
  return outcome.kind === 'failed' ? outcome.fault : undefined;
}
