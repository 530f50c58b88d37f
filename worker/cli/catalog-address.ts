import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogDatabase, catalogRoles } from '@/lib/db/catalog-roles'

/** The catalog's address: DATABASE_URL, else that of the embedded server below HOLDFAST_HOME. Throws `not-running`. */
export function catalogAddress(env: NodeJS.ProcessEnv, home: string): string {
  if (env['DATABASE_URL']) return env['DATABASE_URL']
  const passwordFile = path.join(home, 'keys/catalog-password')
  const portFile = path.join(home, 'run/postgres-port')
  if (!existsSync(passwordFile) || !existsSync(portFile)) {
    throw new HoldfastError('not-running', `There is no Holdfast in ${home}.`, {
      remedy: 'Start it with npm start, or name its folder with HOLDFAST_HOME.',
    })
  }
  const url = new URL(`postgresql://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}/${catalogDatabase}`)
  url.username = catalogRoles.owner
  url.password = readFileSync(passwordFile, 'utf8').trim()
  return url.href
}
