/** Registrations in the vault: written and forgotten whatever key they have, since older versions had keys of other parts. */
import { olderRegistrationKey, type RegistrationRecord, registrationKey } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';

/** Nothing else is overwritten: each client has a place of its own. */
export function registrationStored(vault: Vault, record: RegistrationRecord): readonly Change[] {
  return [...atOlderKey(vault, record), { kind: 'registration', key: registrationKey(record), record }];
}

export function registrationGone(vault: Vault, record: RegistrationRecord): readonly Change[] {
  return [...atOlderKey(vault, record), { kind: 'registration', key: registrationKey(record), record: undefined }];
}

/** As it is now. */
export function latestRegistration(vault: Vault, record: RegistrationRecord): RegistrationRecord | undefined {
  const [current, older] = [registrationKey(record), olderRegistrationKey(record)].map((key) =>
    vault.get('registration', key),
  );
  return current ?? (older?.clientId === record.clientId ? older : undefined);
}

function atOlderKey(vault: Vault, record: RegistrationRecord): readonly Change[] {
  const key = olderRegistrationKey(record);
  const isSame = vault.get('registration', key)?.clientId === record.clientId;
  return isSame ? [{ kind: 'registration', key, record: undefined }] : [];
}
