// What the runners report, as passed and failed. Nothing may count as neither: a skipped test proves nothing.

/** Vitest's JSON report. A file that failed to load has no tests to name, so it counts itself. */
export function countVitest(report) {
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numTotalTests - report.numPassedTests + unloaded.length,
  }
}

/** Playwright's JSON report. `errors` are what happened outside of tests: setup, files that do not load. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped + report.errors.length }
}
