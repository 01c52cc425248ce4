/** Reads the test runner's JSON report. A run that ended badly without saying which test failed is a failure too. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { root } from './lib.mjs';

/** @typedef {import('./tally.mjs').Suite} Suite */

/**
 * @typedef {object} Report the part of Vitest's JSON that is read
 * @property {boolean} success
 * @property {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string }[] }[]} testResults
 */

/**
 * One suite per room, that is, per folder of test/ two levels deep.
 * @param {string} run what ran it
 * @param {string} path of the report
 * @param {number} exitCode
 * @returns {Suite[]}
 */
export function readReport(run, path, exitCode) {
  /** @type {Report} */
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [
      { name: run, passed: 0, failed: 1, skipped: 0, notes: [`ended with exit code ${exitCode} and left no report`] },
    ];
  }
  /** @type {Map<string, Suite>} */
  const suites = new Map();
  for (const file of report.testResults) {
    const shown = relative(root, file.name).split(sep).join('/');
    const name = `${run}: ${roomOf(shown)}`;
    const suite = suites.get(name) ?? { name, passed: 0, failed: 0, skipped: 0, notes: [] };
    suites.set(name, suite);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    const skipped = file.assertionResults.filter(({ status }) => status !== 'failed' && status !== 'passed');
    suite.passed += file.assertionResults.length - failed.length - skipped.length;
    suite.failed += failed.length;
    suite.skipped += skipped.length;
    suite.notes.push(...failed.map(({ fullName }) => `FAILED ${shown}: ${fullName}`));
    const whole = skipped.length > 1 && skipped.length === file.assertionResults.length;
    if (whole) suite.notes.push(`skipped ${shown}, all ${skipped.length}`);
    else suite.notes.push(...skipped.map(({ fullName }) => `skipped ${shown}: ${fullName}`));
    // A file that could not be loaded has no tests to count.
    if (file.status === 'failed' && failed.length === 0) {
      suite.failed += 1;
      suite.notes.push(`FAILED ${shown}: ${file.message ?? 'could not be run'}`);
    }
  }
  const all = [...suites.values()];
  if (exitCode !== 0 && all.every(({ failed }) => failed === 0)) {
    const note = `ended with exit code ${exitCode} although no test failed: an error outside a test, or it took too long`;
    all.push({ name: run, passed: 0, failed: 1, skipped: 0, notes: [note] });
  }
  return all;
}

/** @param {string} path */
const roomOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('test/core/') ? 3 : 2)
    .join('/')
    .replace(/\.test\.ts$/, '');
