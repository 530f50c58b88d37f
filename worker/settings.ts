import { realpathSync } from 'node:fs'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** What the worker reads from its environment. */
export interface WorkerSettings {
  home: string
  databaseUrl: string
  /** How the catalog's backups read it: by a role that may do nothing else, where the supervisor made one. */
  catalogBackupUrl: string
  /** The sample database that the supervisor made; null: it is made beside the catalog. */
  sampleUrl: string | null
  backupConcurrency: number
  retryDelaySeconds: number
  /** How long running jobs may go on after SIGTERM before they are handed back. */
  graceMs: number
  administrator: { email: string; password: string } | null
  knownToken: string | null
  /** Add the sample shop with a month of history. */
  demo: boolean
}

/** Throws `not-configured` naming the variable and what it should be. */
export function readSettings(env: NodeJS.ProcessEnv): WorkerSettings {
  const databaseUrl = env['DATABASE_URL']
  if (!databaseUrl)
    throw new HoldfastError('not-configured', 'DATABASE_URL is not set.', { remedy: 'Start Holdfast with npm start.' })
  const email = env['HOLDFAST_ADMIN_EMAIL']
  const password = env['HOLDFAST_ADMIN_PASSWORD']
  // Read when a sandbox starts; what is wrong with it is reported now.
  sandboxLibraries(env)
  return {
    home: path.resolve(env['HOLDFAST_HOME'] ?? '.holdfast'),
    databaseUrl,
    catalogBackupUrl: env['HOLDFAST_CATALOG_BACKUP_URL'] || databaseUrl,
    sampleUrl: env['HOLDFAST_SAMPLE_URL'] || null,
    backupConcurrency: positive(env, 'HOLDFAST_BACKUP_CONCURRENCY', 2),
    retryDelaySeconds: positive(env, 'HOLDFAST_RETRY_DELAY_SECONDS', 15),
    graceMs: positive(env, 'HOLDFAST_GRACE_SECONDS', 10) * 1_000,
    administrator: email && password ? { email, password } : null,
    knownToken: env['HOLDFAST_API_TOKEN'] ?? null,
    demo: env['HOLDFAST_DEMO'] === '1',
  }
}

/**
 * Folders with libraries that databases load by their path. Throws `not-configured` for one that is not absolute, does not
 * exist, or would show the data folder.
 */
export function sandboxLibraries(env: NodeJS.ProcessEnv): string[] {
  const folders = (env['HOLDFAST_SANDBOX_LIBRARIES'] ?? '').split(':').filter((folder) => folder !== '')
  const home = realFolder(path.resolve(env['HOLDFAST_HOME'] ?? '.holdfast'))
  for (const folder of folders) {
    const real = realFolder(folder)
    const wrong = !path.isAbsolute(folder)
      ? 'is not an absolute path'
      : real === null
        ? 'does not exist'
        : home !== null && (isWithin(home, real) || isWithin(real, home))
          ? 'would show the data folder of Holdfast to restored code'
          : null
    if (wrong === null) continue
    throw new HoldfastError('not-configured', `HOLDFAST_SANDBOX_LIBRARIES names "${folder}", which ${wrong}.`, {
      remedy: 'Name folders that hold nothing but libraries, with colons between them.',
    })
  }
  return folders
}

function realFolder(folder: string): string | null {
  try {
    return realpathSync(folder)
  } catch {
    return null
  }
}

const isWithin = (inner: string, outer: string): boolean => `${inner}/`.startsWith(outer === '/' ? '/' : `${outer}/`)

function positive(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new HoldfastError('not-configured', `${name} must be a whole number above zero; it is "${text}".`)
}
