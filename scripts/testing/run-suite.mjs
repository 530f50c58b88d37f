import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { countPlaywright, countVitest } from './count.mjs'

/** Runs a test runner with its output on the console, and counts from its own report. */
async function runCounted({ root, args, env, count, label, signal }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-report-'))
  const report = path.join(folder, 'report.json')
  try {
    const code = await new Promise((resolve) => {
      const child = spawn(process.execPath, args(report), {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
        signal,
        // Both runners tear down on the first SIGINT and give up on the second: only the one sent here may reach them.
        killSignal: 'SIGINT',
        detached: true,
      })
      child.once('error', (error) => error.name !== 'AbortError' && resolve(1))
      child.once('exit', (status) => resolve(status ?? 1))
    })
    const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 0 }
    // A runner that ended badly without naming a failed test (could not start, crashed) is one failure itself.
    if (code !== 0 && counted.failed === 0) {
      console.error(`${label} ended with code ${code} without naming a failed test`)
      counted.failed = 1
    }
    return counted
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function runVitest({ root, projects, filter, env, signal }) {
  const chosen = projects.flatMap((name) => ['--project', name])
  return runCounted({
    root,
    env: { ...env, NODE_ENV: 'test' },
    signal,
    label: 'vitest',
    count: countVitest,
    args: (report) => [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...chosen,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filter,
    ],
  })
}

export function runPlaywright({ root, filter, env, signal }) {
  return runCounted({
    root,
    env,
    signal,
    label: 'playwright',
    count: countPlaywright,
    args: () => ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...filter],
  })
}
