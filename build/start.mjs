/** `npm start`: from a fresh clone to the desktop app, or to the broker with its window in the browser. */
import { constants } from 'node:os';
import { chooseHost, fetchedElectron } from './host.mjs';
import { run, say } from './lib.mjs';
import { prepare, runBuilt } from './program.mjs';

/** Ended like this within seconds, it has not been used: Chromium gives up where its sandbox is not allowed. */
const crashes = ['SIGTRAP', 'SIGABRT', 'SIGILL', 'SIGSEGV'].map(
  (name) => 128 + (constants.signals[/** @type {NodeJS.Signals} */ (name)] ?? 0),
);
const atOnceMs = 10_000;

const built = await prepare();
const host = chooseHost({
  words: process.argv.slice(2),
  env: process.env,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  electron: fetchedElectron,
});
if (built !== 0) process.exitCode = built;
else if (host.kind === 'desktop') await desktop(host);
else {
  if (host.why !== undefined) say(host.why);
  process.exitCode = await runBuilt('headless', host.words);
}

/** @param {{ program: string, words: string[] }} host */
async function desktop({ program, words }) {
  const startedMs = Date.now();
  const code = await run(program, words);
  if (!crashes.includes(code) || Date.now() - startedMs > atOnceMs) {
    process.exitCode = code;
    return;
  }
  say(
    'The desktop app could not start here, so the window opens in your browser (npm start -- --headless does at once).',
  );
  process.exitCode = await runBuilt('headless', []);
}
