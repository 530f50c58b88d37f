import { spawn } from 'node:child_process'
import path from 'node:path'
import { endLeftovers } from './leftovers'
import { prepareHome } from './home'
import { takeLock } from './lock'
import { openLogFile } from './log-file'
import { openCatalog } from './open-catalog'
import type { SuperviseOptions } from './options'
import { startPostgres } from './postgres/start-postgres'

const POSTGRES_GRACE_MS = 30_000

/**
 * Runs the command line with the catalog alone: neither web nor worker of this home run, nor can they be started
 * meanwhile. Answers its exit code. Throws `start-locked` while Holdfast runs.
 */
export async function withCatalog(options: SuperviseOptions, args: string[]): Promise<number> {
  prepareHome(options.home)
  const lock = takeLock(options.home)
  try {
    await endLeftovers(options.home, options.say)
    const given = process.env.DATABASE_URL
    const server = given
      ? null
      : await startPostgres(options, openLogFile(path.join(options.home, 'logs', 'postgres.log')))
    try {
      const url = given ?? server?.url ?? ''
      await openCatalog(url, options)
      return await runCommand(options, url, args)
    } finally {
      await server?.child.stop('SIGINT', POSTGRES_GRACE_MS)
    }
  } finally {
    lock.release()
  }
}

function runCommand(options: SuperviseOptions, url: string, args: string[]): Promise<number> {
  const child = spawn(process.execPath, [path.join(options.root, 'dist/holdfast.mjs'), ...args], {
    env: { ...process.env, NODE_ENV: 'production', HOLDFAST_HOME: options.home, DATABASE_URL: url },
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
