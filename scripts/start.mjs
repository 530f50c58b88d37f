#!/usr/bin/env node
// `npm start`: from a bare clone to the running product. Runs on Node 18+ without any package until the packages are
// there, then goes on under Node 24. `--demo` adds sample data, `--dev` serves from sources with reload.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './bootstrap/build.mjs'
import { fail } from './bootstrap/fail.mjs'
import { continueOnNode24 } from './bootstrap/node24.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { checkPort } from './bootstrap/port.mjs'
import { say, StartError, warn } from './bootstrap/say.mjs'
import { ensureSystemTools } from './bootstrap/system-tools.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const home = path.resolve(root, process.env.HOLDFAST_HOME || '.holdfast')
const host = process.env.HOST || '127.0.0.1'
const port = Number(process.env.PORT || 3000)
const flags = process.argv.slice(2)

/** A cheap early look; the supervisor takes the lock for good. */
function refuseSecondStart() {
  const file = path.join(home, 'run/supervisor.lock')
  if (!existsSync(file)) return
  const [pid, key] = readFileSync(file, 'utf8').split('\n')
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : null
  if (stat && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] === key) {
    throw new StartError(
      `Holdfast already runs on ${home} (process ${pid}). Stop it first, or set another HOLDFAST_HOME.`,
    )
  }
}

/**
 * npm passes signals on (`exec` in package.json makes us its direct child); only when npm itself is killed outright
 * would we be left behind, holding the port that the next start wants.
 */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGTERM'), 1000).unref()
}

async function main() {
  endWithNpm()
  const unknown = flags.filter((flag) => !['--demo', '--dev'].includes(flag))
  if (unknown.length)
    throw new StartError(`Unknown option ${unknown.join(' ')}. Leave it out; known are --demo and --dev.`)
  refuseSecondStart()
  await checkPort(host, port)
  await ensurePackages(root)
  await continueOnNode24(root, fileURLToPath(import.meta.url))
  await ensureSystemTools()
  const dev = flags.includes('--dev')
  await build(root, { web: !dev })
  const { supervise } = await import(pathToFileURL(path.join(root, 'dist/supervisor.mjs')).href)
  await supervise({ root, home, host, port, dev, demo: flags.includes('--demo'), say, warn })
}

process.on('uncaughtException', fail)
main().catch(fail)
