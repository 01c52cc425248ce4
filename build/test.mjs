/**
 * `npm test`: everything this machine can show, and in plain words what it cannot. Checks and the demo count as one
 * each; the rest of the numbers come from the test runner's own report. The last line is always
 * `N passed, N failed, N skipped`, and the exit code says the same.
 *
 * `npm test -- <files>` runs only these test files. CONEXOR_TEST_EXPECT=keychain,browser,… (parts.mjs has the names)
 * makes a part that is missing a failure; CONEXOR_TEST_NODE24=1 fetches Node 24 and the inspector and runs the suite on
 * Node 24 too; CONEXOR_TEST_ELECTRON=1 fetches a test-only Electron where the official one is not there.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checks, problems, tools } from './checks.mjs';
import { install } from './install.mjs';
import { root, run, say } from './lib.mjs';
import { drawingBrowser, fetchElectron, fetchParts, node24, partMissing, parts } from './parts.mjs';
import { readReport } from './report.mjs';
import { addUp, summary, totalLine } from './tally.mjs';

/** @typedef {import('./tally.mjs').Suite} Suite */

const filters = process.argv.slice(2);
const everything = filters.length === 0;
const withNode24 = process.env['CONEXOR_TEST_NODE24'] === '1';
const expected = (process.env['CONEXOR_TEST_EXPECT'] ?? '').split(',').filter((name) => name !== '');
const results = join(root, 'test-results');

/** A run that hangs, or a machine that is too slow, must still end with a line that says so: by then the suites are ended. */
const suitesEndMs = performance.now() + 26 * 60_000;
const limitMs = { vitest: () => Math.max(60_000, suitesEndMs - performance.now()), demo: 4 * 60_000 };

/**
 * What another Node could change: sockets, HTTP, processes, disks and keys, and the journeys of programs over them. The
 * rest is the same on every Node; the desktop app brings its own, and the window runs in a browser.
 */
const onAnotherNode = [
  'core/bridge',
  'core/oauth',
  'core/vault',
  'core/processes',
  'conformance',
  'relay',
  'node-platform',
]
  .concat(['broker-', 'hosts', 'relay-outage', 'oidc', 'all-services', 'claude-desktop'].map((name) => `e2e/${name}`))
  .map((path) => `test/${path}`);

/** @type {Suite[]} */
const suites = [];
/** @type {string[]} */
const remarks = [];

/**
 * A suite that passes or fails as one.
 * @param {string} name
 * @param {() => Promise<string | undefined> | string | undefined} work gives what is wrong
 */
async function one(name, work) {
  say(`… ${name}`);
  const startedMs = Date.now();
  const wrong = await work();
  const took = `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  say(wrong === undefined ? `  ok, ${took}` : `  FAILED, ${took}\n${wrong}\n`);
  suites.push({
    name,
    passed: wrong === undefined ? 1 : 0,
    failed: wrong === undefined ? 0 : 1,
    skipped: 0,
    failures: [],
    skips: [],
  });
}

/**
 * @param {string} name
 * @param {string} program a Node
 * @param {string[]} more words of the test runner
 */
async function vitest(name, program, ...more) {
  say(`… ${name}`);
  const report = join(results, `${name.replaceAll(/\W+/g, '-').toLowerCase()}.jsonl`);
  process.env['CONEXOR_TEST_REPORT'] = report;
  const args = [join(root, tools.vitest), 'run', ...more, ...filters];
  const startedMs = Date.now();
  const code = await run(program, args, { limitMs: limitMs.vitest() });
  remarks.push(`${name}: ${((Date.now() - startedMs) / 1000).toFixed(0)} s`);
  delete process.env['CONEXOR_TEST_REPORT'];
  suites.push(...readReport(name, report, code));
}

install();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

if (everything) for (const check of checks) await one(check.name, () => problems(check));
await one('build', async () => {
  const code = await run(process.execPath, [join(root, 'build/build.mjs')]);
  return code === 0 ? undefined : 'the build failed, see above';
});

const fetchFailed = withNode24 || expected.includes('inspector') ? fetchParts() : undefined;
if (fetchFailed) say(fetchFailed);
const electronFailed = fetchElectron();
if (electronFailed) say(electronFailed);

await vitest(`tests on Node ${process.versions.node}`, process.execPath);
if (withNode24 && partMissing('node24') === undefined) {
  await vitest('tests on Node 24', node24(), ...(everything ? onAnotherNode : []));
}

if (everything) {
  await one('demo', async () => {
    const demo = join(root, 'dist/demo.mjs');
    if (!existsSync(demo)) return 'dist/demo.mjs was not built';
    const code = await run(process.execPath, [demo], { limitMs: limitMs.demo });
    return code === 0 ? undefined : `the demo ended with exit code ${code}`;
  });
}

/** @type {import('./tally.mjs').Missing[]} */
const missing = parts.flatMap((part) => {
  const reason = partMissing(part);
  return reason === undefined ? [] : [{ part, reason, expected: expected.includes(part) }];
});
for (const name of expected) {
  if (!parts.some((part) => part === name))
    missing.push({ part: name, reason: 'no such part is known', expected: true });
}
const browser = drawingBrowser();
if (browser !== undefined) remarks.push(`the window was drawn by ${basename(browser)}`);
const total = addUp(suites, missing.filter((one) => one.expected).length);
writeFileSync(join(results, 'total.txt'), `${totalLine(total)}\n`);
process.stdout.write(summary(suites, missing, total, remarks));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
