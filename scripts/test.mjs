#!/usr/bin/env node
// `npm test`: everything on real parts. `npm test -- unit|integration|e2e [filter]` runs a part of it.
// The last line is always `N passed, N failed`.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { report } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { say } from './bootstrap/say.mjs'
import { installForTests } from './testing/install.mjs'
import { startPostgresServer } from './testing/postgres-server.mjs'
import { runPlaywright, runVitest } from './testing/run-suite.mjs'
import { startS3Server } from './testing/s3-server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const PARTS = {
  unit: { projects: ['unit'], servers: false, e2e: false },
  integration: { projects: ['contract', 'integration'], servers: true, e2e: false },
  e2e: { projects: [], servers: true, e2e: true },
  all: { projects: ['unit', 'contract', 'integration'], servers: true, e2e: true },
}

const running = []
const stopping = new AbortController()
const total = { passed: 0, failed: 0 }

/** The machine's own settings for clouds, proxies and PostgreSQL must not reach what is tested. */
function cleanEnvironment() {
  const foreign =
    /^(AWS_|HTTPS?_PROXY$|ALL_PROXY$|NO_PROXY$|PG[A-Z]+$|DATABASE_URL$|NODE_ENV$|npm_|INIT_CWD$|HOLDFAST_(?!TEST_))/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

async function startServers() {
  say('Starting PostgreSQL and S3 for the tests')
  const started = await Promise.allSettled([startPostgresServer(), startS3Server(root)])
  for (const result of started) if (result.status === 'fulfilled') running.push(result.value)
  const refused = started.find((result) => result.status === 'rejected')
  if (refused) throw refused.reason
  return Object.assign({}, ...running.map((server) => server.environment))
}

function add(counted) {
  total.passed += counted.passed
  total.failed += counted.failed
}

async function main() {
  const [first, ...rest] = process.argv.slice(2)
  const part = PARTS[first] ?? PARTS.all
  const filter = PARTS[first] ? rest : process.argv.slice(2)
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await installForTests({ browser: part.e2e, s3: part.servers })
  const env = cleanEnvironment()
  if (part.servers) Object.assign(env, await startServers())
  if (stopping.signal.aborted) return
  await build(root, { web: part.e2e })
  if (part.projects.length)
    add(await runVitest({ root, projects: part.projects, filter, env, signal: stopping.signal }))
  if (part.e2e && !stopping.signal.aborted) add(await runPlaywright({ root, filter, env, signal: stopping.signal }))
}

async function end() {
  await Promise.allSettled(running.map((server) => server.stop()))
  if (stopping.signal.aborted) total.failed += 1
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exit(total.failed || !total.passed ? 1 : 0)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
const failed = (error) => {
  report(error)
  total.failed += 1
}
process.on('uncaughtException', (error) => {
  failed(error)
  void end()
})
main().catch(failed).then(end)
