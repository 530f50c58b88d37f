#!/usr/bin/env node
// `npm run faults -- --rounds 200 [--seed N]`: kills the worker at random moments, round after round, on real parts.
// A failure prints its seed; the same seed does the same rounds again. Servers named by HOLDFAST_TEST_* are used.
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

function options() {
  try {
    return parseArgs({ options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' } } }).values
  } catch (error) {
    throw new StartError(`${error.message}. Known are --rounds and --seed, each with a whole number.`)
  }
}

function wholeNumber(name, text) {
  if (/^[1-9]\d*$/.test(text)) return text
  throw new StartError(`--${name} must be a whole number above zero; it is "${text}".`)
}

async function servers(env) {
  if (env.HOLDFAST_TEST_PG_URL && env.HOLDFAST_TEST_S3_ENDPOINT) return {}
  say('Starting PostgreSQL and S3 for the rounds')
  const started = await Promise.allSettled([startPostgresServer(), startS3Server(root)])
  for (const result of started) if (result.status === 'fulfilled') running.push(result.value)
  const refused = started.find((result) => result.status === 'rejected')
  if (refused) throw refused.reason
  return Object.assign({}, ...running.map((server) => server.environment))
}

async function main() {
  const values = options()
  const rounds = wholeNumber('rounds', values.rounds)
  const seed = values.seed === undefined ? undefined : wholeNumber('seed', values.seed)
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await installForTests({ browser: false, s3: true })
  const env = { ...process.env, ...(await servers(process.env)) }
  env.HOLDFAST_TEST_KILL_ROUNDS = rounds
  if (seed !== undefined) env.HOLDFAST_TEST_KILL_SEED = seed
  await build(root, { web: false })
  return runVitest({
    root,
    projects: ['integration'],
    filter: ['test/faults/kill-rounds.test.ts'],
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
console.log(`${counted.passed} rounds passed, ${counted.failed} failed`)
process.exit(counted.failed || !counted.passed || stopping.signal.aborted ? 1 : 0)
