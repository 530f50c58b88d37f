#!/usr/bin/env node
// What is random or a whole matrix, and of which `npm test` does a share, at any length, on real parts:
// `npm run faults -- --rounds 200` kills the worker at random moments, `--damages 2000` damages stored objects, `--rooms` has a
// hostile database restored at every level in every confinement, `--databases 500` takes databases of a generator from backup
// to equal rows, `--points 50` recovers to as many points of each kind, `--slots` watches slots on both versions,
// `--away 600` keeps all destinations of a followed log away for so many seconds, `--whole` does all of these. A failure prints its
// seed; `--seed N` does the same again. Servers named by HOLDFAST_TEST_* are used.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './bootstrap/build.mjs'
import { report } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { say, StartError } from './bootstrap/say.mjs'
import { installForTests } from './testing/install.mjs'
import { startPostgresServer } from './testing/postgres-server.mjs'
import { runVitest } from './testing/run-suite.mjs'
import { startS3Server } from './testing/s3-server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const running = []
const stopping = new AbortController()

/** By option: the test file, the variable that it reads, and what `--whole` sets it to. */
const SUITES = {
  rounds: { file: 'test/faults/kill-rounds.test.ts', variable: 'HOLDFAST_TEST_KILL_ROUNDS', whole: '200' },
  damages: { file: 'test/worker/faults/random-damage.test.ts', variable: 'HOLDFAST_TEST_TRIALS', whole: '2000' },
  databases: { file: 'test/faults/generated-databases.test.ts', variable: 'HOLDFAST_TEST_DATABASES', whole: '500' },
  points: { file: 'test/worker/log/exact-points.test.ts', variable: 'HOLDFAST_TEST_POINTS', whole: '50' },
  away: { file: 'test/worker/log/faults.test.ts', variable: 'HOLDFAST_TEST_AWAY_SECONDS', whole: '600' },
  slots: {
    file: ['test/worker/log/slot.test.ts', 'test/worker/log/push-log.test.ts'],
    variable: 'HOLDFAST_TEST_SLOTS',
    whole: 'all',
  },
  rooms: { file: 'test/engines/postgres/prove/hostile.test.ts', variable: 'HOLDFAST_TEST_ROOMS', whole: 'all' },
}
const SEEDS = ['HOLDFAST_TEST_KILL_SEED', 'HOLDFAST_TEST_SEED', 'HOLDFAST_TEST_DATABASES_SEED']

function options() {
  const [number, flag] = [{ type: 'string' }, { type: 'boolean' }]
  try {
    return parseArgs({
      options: {
        rounds: number,
        damages: number,
        databases: number,
        points: number,
        seed: number,
        away: number,
        slots: flag,
        rooms: flag,
        whole: flag,
      },
    }).values
  } catch (error) {
    throw new StartError(
      `${error.message}. Known are --rounds, --damages, --databases, --points, --away and --seed, each with a whole number, --slots, --rooms and --whole.`,
    )
  }
}

/** The files that were asked for, and the variables that say how much; the rounds when nothing was asked for. */
function chosenSuites(values) {
  const asked = Object.keys(SUITES).filter((name) => values.whole || values[name] !== undefined)
  const chosen = asked.length > 0 ? asked : ['rounds']
  const amount = (name) => (typeof values[name] === 'string' ? wholeNumber(name, values[name]) : SUITES[name].whole)
  return {
    files: chosen.flatMap((name) => SUITES[name].file),
    variables: Object.fromEntries(chosen.map((name) => [SUITES[name].variable, amount(name)])),
  }
}

function wholeNumber(name, text) {
  if (/^[1-9]\d*$/.test(text)) return text
  throw new StartError(`--${name} must be a whole number above zero; it is "${text}".`)
}

async function servers(env) {
  if (env.HOLDFAST_TEST_PG_URL && env.HOLDFAST_TEST_S3_ENDPOINT) return {}
  say('Starting PostgreSQL and S3 for the tests')
  const started = await Promise.allSettled([startPostgresServer(), startS3Server(root)])
  for (const result of started) if (result.status === 'fulfilled') running.push(result.value)
  const refused = started.find((result) => result.status === 'rejected')
  if (refused) throw refused.reason
  return Object.assign({}, ...running.map((server) => server.environment))
}

async function main() {
  const values = options()
  const { files, variables } = chosenSuites(values)
  const seed = values.seed === undefined ? undefined : wholeNumber('seed', values.seed)
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await installForTests({ browser: false, s3: true })
  const env = { ...process.env, ...(await servers(process.env)), ...variables }
  if (seed !== undefined) for (const name of SEEDS) env[name] = seed
  await build(root, { web: false })
  return runVitest({
    root,
    projects: ['integration'],
    filter: files,
    env,
    signal: stopping.signal,
  })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
const counted = await main().catch((error) => {
  report(error)
  return { passed: 0, failed: 1 }
})
await Promise.allSettled(running.map((server) => server.stop()))
console.log(`${counted.passed} passed, ${counted.failed} failed`)
process.exit(counted.failed || !counted.passed || stopping.signal.aborted ? 1 : 0)
