/** Looking at the health of everything: once, however many ask. */
import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { createExamine } from '../../../electron/core/control/examine.ts';
import type { SecretStore } from '../../../electron/core/vault/secret-store.ts';
import { fakeSecretStore } from '../../fakes/secret-store.ts';

it('is done once for all who ask meanwhile, and anew for whoever asks later', async () => {
  let asked = 0;
  const secrets = fakeSecretStore();
  const counted: SecretStore = {
    ...secrets,
    label: secrets.label,
    get(name) {
      asked++;
      return secrets.get(name);
    },
  };
  const examine = createExamine({
    secrets: counted,
    keyIn: 'keychain',
    http: new Agent(),
    now: Date.now,
    snapshot: () => ({
      generation: 1,
      vault: { kind: 'keychain' },
      connections: [],
      pendingRevocations: [],
      questions: [],
      localClients: [],
    }),
  });
  const [one, two] = await Promise.all([examine(), examine()]);
  expect([asked, two]).toEqual([1, one]);
  await examine();
  expect(asked).toBe(2);
});
