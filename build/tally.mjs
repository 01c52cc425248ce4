/** Adds the suites up and says it in words; the last line is `N passed, N failed, N skipped`. */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} failures which tests failed, and where; of a check, why
 * @property {string[]} skips which tests were skipped, and where
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Total */
/** @typedef {{ part: string, reason: string, expected: boolean }} Missing */

/**
 * @param {readonly Suite[]} suites
 * @param {number} alsoFailed parts that had to be here and are not
 * @returns {Total}
 */
export function addUp(suites, alsoFailed) {
  const total = { passed: 0, failed: alsoFailed, skipped: 0 };
  for (const { passed, failed, skipped } of suites) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** @param {Total} total */
export const totalLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * @param {readonly Suite[]} suites
 * @param {readonly Missing[]} missing
 * @param {Total} total
 * @param {readonly string[]} [remarks] how it ran, a line each
 */
export function summary(suites, missing, total, remarks = []) {
  const width = Math.max(...suites.map(({ name }) => name.length));
  // Which test it was stands under its suite: whoever is shown a few lines around the first failure sees it too.
  const ran = suites.flatMap((suite) => [
    `  ${suite.failed > 0 ? 'FAILED' : 'ok    '}  ${suite.name.padEnd(width)}  ${totalLine(suite)}`,
    ...suite.failures.map((failure) => `          ${failure}`),
  ]);
  const skips = suites.flatMap((suite) => suite.skips.map((skip) => `  ${skip}`));
  const absent = missing.map(({ part, reason, expected }) => `  ${expected ? 'FAILED  ' : ''}${part}: ${reason}`);
  return [
    '',
    'What ran',
    ...ran,
    ...(skips.length > 0 ? ['', 'Tests that were skipped', ...skips] : []),
    ...(absent.length > 0 ? ['', 'What could not be shown on this machine', ...absent] : []),
    ...(remarks.length > 0 ? ['', 'How', ...remarks.map((remark) => `  ${remark}`)] : []),
    '',
    totalLine(total),
    '',
  ].join('\n');
}
