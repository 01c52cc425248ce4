/**
 * A reporter for Vitest that writes down each result as soon as it is there, one JSON value a line: a run that has to be
 * ended still says what had passed, and which test was running. `report.mjs` reads it.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @param {string} path of the report
 * @returns {import('vitest/reporters').Reporter}
 */
export function fileReporter(path) {
  /** @param {object} line */
  const write = (line) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  return {
    onInit() {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    },
    onTestModuleStart({ moduleId }) {
      write({ began: moduleId });
    },
    onTestCaseReady({ module, fullName }) {
      write({ running: fullName, of: module.moduleId });
    },
    onTestModuleEnd(module) {
      const results = [...module.children.allTests()].map((test) => {
        const { state, errors } = test.result();
        return [test.fullName, state, ...(errors ?? []).slice(0, 1).map(({ message }) => message)];
      });
      const message = module.errors()[0]?.message;
      write({ file: module.moduleId, state: module.state(), results, ...(message === undefined ? {} : { message }) });
    },
    onTestRunEnd(_modules, unhandledErrors) {
      write({ ended: true, errors: unhandledErrors.map(({ message }) => message) });
    },
  };
}
