/**
 * Reads what `file-reporter.mjs` wrote. A run that ended badly without saying which test failed is a failure too, and so
 * is each file that was not finished.
 */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { root } from './lib.mjs';

/** @typedef {import('./tally.mjs').Suite} Suite */

/**
 * @typedef {object} FileResult
 * @property {string} file
 * @property {string} state
 * @property {[fullName: string, state: string, error?: string][]} results
 * @property {string} [message] why it could not be run
 */

/**
 * One suite per room, that is, per folder of test/ two levels deep.
 * @param {string} run what ran it
 * @param {string} path of the report
 * @param {number} exitCode
 * @returns {Suite[]}
 */
export function readReport(run, path, exitCode) {
  const lines = linesOf(path);
  /** @type {Map<string, Suite>} */
  const suites = new Map();
  /** @param {string} shown */
  const suiteOf = (shown) => {
    const name = `${run}: ${roomOf(shown)}`;
    const suite = suites.get(name) ?? { name, passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
    suites.set(name, suite);
    return suite;
  };
  for (const { file, state, results, message } of lines.flatMap((line) => ('file' in line ? [line] : []))) {
    const shown = shownAs(file);
    const suite = suiteOf(shown);
    const failed = results.filter(([, state]) => state === 'failed');
    const skipped = results.filter(([, state]) => state !== 'failed' && state !== 'passed');
    suite.passed += results.length - failed.length - skipped.length;
    suite.failed += failed.length;
    suite.skipped += skipped.length;
    suite.failures.push(...failed.map(([fullName, , error]) => `${shown}: ${fullName}${firstLine(error)}`));
    const whole = skipped.length > 1 && skipped.length === results.length;
    if (whole) suite.skips.push(`${shown}, all ${skipped.length}`);
    else suite.skips.push(...skipped.map(([fullName]) => `${shown}: ${fullName}`));
    // A file that could not be loaded has no tests to count.
    if (state === 'failed' && failed.length === 0) {
      suite.failed += 1;
      suite.failures.push(`${shown}: could not be run${firstLine(message)}`);
    }
  }
  for (const [file, running] of unfinished(lines)) {
    const suite = suiteOf(shownAs(file));
    suite.failed += 1;
    suite.failures.push(`${shownAs(file)}: did not end${running === undefined ? '' : `, last running: ${running}`}`);
  }
  const all = [...suites.values()];
  const isWhole = lines.some((line) => 'ended' in line);
  if ((exitCode !== 0 || !isWhole) && all.every(({ failed }) => failed === 0)) {
    const what = isWhole ? 'although no test failed: an error outside a test' : 'before its end';
    all.push({
      name: run,
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [`ended with exit code ${exitCode} ${what}`],
      skips: [],
    });
  }
  return all;
}

/**
 * @param {string} path
 * @returns {(FileResult | { began: string } | { running: string, of: string } | { ended: true })[]} none where nothing was written
 */
function linesOf(path) {
  try {
    const text = readFileSync(path, 'utf8');
    // The last line of a run that was killed may be half a line.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  } catch {
    return [];
  }
}

/**
 * Files that began and did not end, each with the test that began last.
 * @param {ReturnType<typeof linesOf>} lines
 */
function unfinished(lines) {
  /** @type {Map<string, string | undefined>} */
  const open = new Map();
  for (const line of lines) {
    if ('began' in line) open.set(line.began, undefined);
    else if ('running' in line) open.set(line.of, line.running);
  }
  // Of a short file the runner tells the tests after the end.
  for (const line of lines) if ('file' in line) open.delete(line.file);
  return open;
}

/** @param {string} [error] a message of any length */
const firstLine = (error) => (error === undefined ? '' : `: ${error.trim().split('\n')[0]?.slice(0, 200)}`);

/** @param {string} file */
const shownAs = (file) => relative(root, file).split(sep).join('/');

/** @param {string} path */
const roomOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('test/core/') ? 3 : 2)
    .join('/')
    .replace(/\.test\.ts$/, '');
