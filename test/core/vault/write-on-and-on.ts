/**
 * A program for the crash tests: writes to a vault until it is ended, and prints the number of each write once it is
 * durable. Arguments: data folder, key file, size of the token in characters.
 */
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { grant } from './samples-of-grants.ts';

const [dataDir = '', keyFile = '', size = '10'] = process.argv.slice(2);
const vault = await openVault({
  dataDir,
  keySource: { kind: 'key-file', path: keyFile },
  now: Date.now,
  log: () => {},
});
const first = vault.get('grant', 'g')?.obtainedAtMs ?? 0;
try {
  for (let n = first + 1; ; n += 1) {
    await vault.write([{ kind: 'grant', key: 'g', record: grant('t'.repeat(Number(size)), { obtainedAtMs: n }) }]);
    process.stdout.write(`${n}\n`);
  }
} catch (thrown) {
  const still = vault.get('grant', 'g')?.obtainedAtMs ?? 0;
  process.stdout.write(`${JSON.stringify({ fault: (thrown as { code?: string }).code, still })}\n`);
}
