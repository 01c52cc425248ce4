/** Adds the suites up and says it in words; the last line is `N passed, N failed, N skipped`. */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes which tests failed or were skipped
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
  const ran = suites.map(
    (suite) => `  ${suite.failed > 0 ? 'FAILED' : 'ok    '}  ${suite.name.padEnd(width)}  ${totalLine(suite)}`,
  );
  const notes = suites.flatMap((suite) => suite.notes.map((note) => `  ${note}`));
  const absent = missing.map(({ part, reason, expected }) => `  ${expected ? 'FAILED  ' : ''}${part}: ${reason}`);
  return [
    '',
    'What ran',
    ...ran,
    ...(notes.length > 0 ? ['', 'Tests that failed or were skipped', ...notes] : []),
    ...(absent.length > 0 ? ['', 'What could not be shown on this machine', ...absent] : []),
    ...(remarks.length > 0 ? ['', 'How', ...remarks.map((remark) => `  ${remark}`)] : []),
    '',
    totalLine(total),
    '',
  ].join('\n');
}
