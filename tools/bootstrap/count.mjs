// @ts-check
/** Prints `N passed, N failed, N skipped` from vitest's JSON report: FILE EXIT-STATUS. */
import { readFileSync } from 'node:fs';

const [file = '', status = '1'] = process.argv.slice(2);

/** @typedef {{ status: string, assertionResults: readonly { status: string }[] }} TestFile */

/** @returns {readonly TestFile[]} */
function readReport() {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    return [];
  }
}

const files = readReport();
const tests = files.flatMap(({ assertionResults }) => assertionResults.map((test) => test.status));
const passed = tests.filter((test) => test === 'passed').length;
// A file that does not load has no tests of its own, and is a failure all the same.
const broken = files.filter((test) => test.status === 'failed' && !hasFailed(test)).length;
const failures = tests.filter((test) => test === 'failed').length + broken;
// So is a run that ended badly with nothing to show for it.
const failed = failures === 0 && status !== '0' ? 1 : failures;
const skipped = tests.length - passed - tests.filter((test) => test === 'failed').length;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

/** @param {TestFile} test */
function hasFailed({ assertionResults }) {
  return assertionResults.some((assertion) => assertion.status === 'failed');
}
