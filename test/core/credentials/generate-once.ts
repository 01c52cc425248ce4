/**
 * A program for the crash tests: asks for one token, as the broker does, and prints how that ended. Arguments: data
 * folder, key file, address of the service, tokens in a day.
 */
import { Agent } from 'undici';
import { jwtLogin } from '../../../electron/core/credentials/jwt-login.ts';
import { createDpopNonces } from '../../../electron/core/oauth/dpop.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { connexease } from '../../../electron/core/services/connexease.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import type { Fault } from '../../../shared/faults.ts';

const [dataDir = '', keyFile = '', address = '', dailyLimit = '10'] = process.argv.slice(2);
const now = Date.now;
const vault = await openVault({ dataDir, keySource: { kind: 'key-file', path: keyFile }, now, log: () => {} });
const way = jwtLogin({ vault, http: oauthFetch(new Agent()), now, nonces: createDpopNonces() });
const target = {
  connection: {
    id: 'c',
    name: 'connexease',
    service: connexease.id,
    resource: address,
    createdAtMs: now(),
    paused: false,
    access: 'authorization-code' as const,
    wayIn: way.id,
    extraScopes: [],
    accountByClient: {},
  },
  service: connexease,
  offer: { way: 'jwt-login' as const, loginPath: '/jwt/', scheme: 'JWT', lifeMs: 1, dailyLimit: Number(dailyLimit) },
  scopes: undefined,
  server: () => Promise.reject(new Error('nobody asks for it')),
};
const given = { username: new Secret('ana'), password: new Secret('p') };
const end = await way.obtain?.(target, given, new AbortController().signal).then(
  () => 'token',
  (fault: Fault) => fault.code,
);
process.stdout.write(`${end}`);
process.exit();
