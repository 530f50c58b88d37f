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
  // Read when a sandbox starts; what is wrong with it is said now.
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

/** Folders with libraries that databases load by their path. Throws `not-configured` for one that is not absolute. */
export function sandboxLibraries(env: NodeJS.ProcessEnv): string[] {
  const folders = (env['HOLDFAST_SANDBOX_LIBRARIES'] ?? '').split(':').filter((folder) => folder !== '')
  const wrong = folders.find((folder) => !path.isAbsolute(folder))
  if (wrong === undefined) return folders
  throw new HoldfastError(
    'not-configured',
    `HOLDFAST_SANDBOX_LIBRARIES must be absolute folders with colons between them; one is "${wrong}".`,
  )
}

function positive(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new HoldfastError('not-configured', `${name} must be a whole number above zero; it is "${text}".`)
}
