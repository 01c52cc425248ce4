/**
 * Real programs that a suite may need and a machine may lack. A suite that needs one is skipped with its reason:
 * `describe.skipIf(partMissing('keychain'))`; `npm test` prints the reason, and fails when CONEXOR_TEST_EXPECT names it.
 */
export { browser, drawingBrowser, electron, inspector, node24, partMissing } from '../../build/parts.mjs';
