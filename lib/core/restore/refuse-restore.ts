import type { Role } from '@/lib/contracts/common'
import { HoldfastError } from '../holdfast-error'

/** What is known of a restore before the target's server is asked. */
export interface RestoreFacts {
  source: { id: string; name: string; catalog: boolean }
  target: { id: string; name: string; catalog: boolean }
  /** An administrator allowed restores of the source's backups into the target. */
  granted: boolean
}

/** What the target's server answered. */
export interface TargetFacts {
  user: string
  reach: string | null
  holdsCatalog: boolean
  /** SQL that makes a role which would be taken. */
  roleSql: string
}

/** Null when backups of the source may go to the target. One rule for everybody, administrators too. */
export function refuseRestore({ source, target, granted }: RestoreFacts): HoldfastError | null {
  if (target.catalog) return catalogTarget(target.name)
  if (source.id === target.id || granted) return null
  return new HoldfastError(
    'restore-not-granted',
    `Backups of ${source.name} may not be restored with the role of ${target.name}: nobody has allowed it.`,
    {
      remedy: `An administrator allows it on the page of ${source.name}, under "Where its backups may be restored".`,
      facts: { sourceId: source.id, targetId: target.id },
    },
  )
}

/** Null when the restored code would stay inside the new database, or is that of the server's own backup. */
export function refuseTarget(facts: RestoreFacts, server: TargetFacts): HoldfastError | null {
  const { source, target } = facts
  if (server.holdsCatalog) return catalogTarget(target.name)
  if (source.id === target.id || server.reach === null) return null
  return new HoldfastError(
    'target-superuser',
    `${target.name} is reached as ${server.user}, which ${server.reach}: the code in a backup of ${source.name} would have its whole server.`,
    { remedy: `Restore with a role that is not superuser:\n${server.roleSql}` },
  )
}

const catalogTarget = (name: string) =>
  new HoldfastError(
    'target-is-catalog',
    `The server of ${name} holds Holdfast's own catalog; nothing is restored to it.`,
    {
      remedy: 'Restore to another server. What a backup contains runs on the server it is restored to.',
    },
  )

/** Throws `forbidden` unless who asks may have what the catalog's backups hold. */
export function refuseCatalogContents(role: Role): HoldfastError | null {
  if (role === 'admin') return null
  return new HoldfastError(
    'forbidden',
    "This is a backup of Holdfast's own catalog, with everybody's password hashes and sealed secrets: only administrators download or restore it.",
    { remedy: 'Ask an administrator to do it.' },
  )
}
