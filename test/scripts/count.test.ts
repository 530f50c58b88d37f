import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

/** The runner's own scripts are plain JavaScript: called as they are, in a process. */
function count(fn: 'countVitest' | 'countPlaywright', report: unknown): unknown {
  const code = `import { ${fn} } from './scripts/testing/count.mjs'; console.log(JSON.stringify(${fn}(${JSON.stringify(report)})))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' })
  return JSON.parse(stdout)
}

test('a test file that failed to load counts as failed although it names no test', () => {
  const report = {
    numPassedTests: 3,
    numTotalTests: 3,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ],
  }
  expect(count('countVitest', report)).toEqual({ passed: 3, failed: 1 })
})

test('a skipped test counts as failed', () => {
  expect(count('countVitest', { numPassedTests: 3, numTotalTests: 4, testResults: [] })).toEqual({
    passed: 3,
    failed: 1,
  })
  expect(count('countPlaywright', { stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 1 }, errors: [] })).toEqual(
    { passed: 2, failed: 1 },
  )
})

test('a browser run that could not start the product counts as failed', () => {
  const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{ message: 'global setup' }] }
  expect(count('countPlaywright', report)).toEqual({ passed: 0, failed: 1 })
})
