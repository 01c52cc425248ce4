/**
 * A program for the crash tests: signs in for one token, as the broker does, and prints how that ended. Arguments: data
 * folder, key file, address of the service.
 */
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { openScene } from './scene.ts';

const [dataDir = '', keyFile = '', address = ''] = process.argv.slice(2);
const vault = await openVault({
  dataDir,
  keySource: { kind: 'key-file', path: keyFile },
  now: Date.now,
  log: () => {},
});
const scene = await openScene(vault);
const api = await scene.add('practice-connexease', address);
const outcome = await scene.signIn(api, { wayIn: 'jwt-login', given: { username: 'ana', password: 'p' } });
process.stdout.write(outcome.kind === 'failed' ? outcome.fault.code : outcome.kind);
await scene.stop();
