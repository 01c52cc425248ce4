/** `npm run bench`: the relay measured against a direct client in the same run, then the window where it can be shown. */
import { browser, electron, partMissing } from './parts.mjs';
import { prepare, runBuilt } from './program.mjs';

const built = await prepare();
process.exitCode = built === 0 ? await runBuilt('bench', process.argv.slice(2)) : built;
if (process.exitCode === 0) {
  const here = !partMissing('electron') && !partMissing('display') && !partMissing('tray') && !partMissing('keychain');
  process.env['CONEXOR_BENCH_BROWSER'] = browser() ?? '';
  process.env['CONEXOR_BENCH_ELECTRON'] = (here && electron()) || '';
  process.exitCode = await runBuilt('window-bench', []);
}
