// Prints what jest's JSON report counted; fails where there is no report, a failure, or no test at all.
const { readFileSync } = require('node:fs');

function counted(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    // A suite that could not even start has no failed tests of its own.
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = counted(process.argv[2]);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
