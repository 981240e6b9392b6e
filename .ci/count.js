// Prints what jest's JSON reports counted together; fails where a report is missing, a test failed, or none ran at all.
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

const counts = process.argv.slice(2).map(counted);
const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
