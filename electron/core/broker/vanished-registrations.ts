/**
 * A registration of ours that its server has forgotten, as far as a sign-in can tell: the server says so to us (P-53),
 * or only on a page of its own that we never see, and then the sign-in comes to nothing.
 */
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Vault } from '../vault/vault.ts';
import { inTurn } from './connection-changes.ts';
import type { ClientAt } from './given-clients.ts';
import { registrationStored } from './registration-records.ts';
import { endIfVanished, type RegistrationNeeds } from './registrations.ts';

/** Who we are at the server in one sign-in. */
export interface UsedClient extends ClientAt {
  /** Registered by us, for an earlier sign-in. */
  readonly isOld: boolean;
}

type Needs = Pick<RegistrationNeeds, 'vault' | 'changed'>;

/**
 * `prepare` says as who it asks, as soon as that is known. Where the server no longer knows an earlier registration, it is
 * done once more, with a new one. Throws the faults of `prepare`.
 */
export async function orRegisteredAnew<T>(
  needs: Needs,
  prepare: (asks: (client: UsedClient) => void) => Promise<T>,
): Promise<T> {
  let used: UsedClient | undefined;
  try {
    return await prepare((client) => {
      used = client;
    });
  } catch (thrown) {
    if (!used?.isOld || !(await endIfVanished(needs, used, asFault(thrown)))) throw thrown;
    return prepare(() => undefined);
  }
}

/**
 * What a refused sign-in means for the registration. Forgotten it is only where the server itself says to us that it does
 * not know it: what comes by the browser ends nobody's sign-in. Returns the fault as people are told it.
 */
export async function afterRefusal(
  needs: Needs,
  used: UsedClient,
  fault: Fault,
  saidBy: 'server' | 'browser',
): Promise<Fault> {
  const isGone = saidBy === 'server' && (await endIfVanished(needs, used, fault));
  const isDoubted = !isGone && fault.code === 'client-refused' && used.isOld;
  if (isDoubted) await doubt(needs.vault, used);
  return isGone || isDoubted ? new Fault('registration-stale', fault.detail) : fault;
}

/** The next sign-in registers anew. Whoever is signed in with it stays so: that it was at fault nobody knows. */
export async function doubt(vault: Vault, used: UsedClient): Promise<void> {
  if (!used.isOld) return;
  await inTurn(vault, () =>
    vault
      .list('registration')
      .filter(({ issuer, clientId }) => issuer === used.issuer && clientId === used.clientId)
      .flatMap((record) => registrationStored(vault, { ...record, isDoubtful: true })),
  );
}
