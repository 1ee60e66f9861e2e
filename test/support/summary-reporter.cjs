/** Ends a run with one plain line: how many tests passed, failed and were skipped. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    // Behind the default reporter's own summary.
    setImmediate(() =>
      process.stdout.write(`Tests: ${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped\n`),
    );
  }
};
