import { HoldfastError } from '../core/holdfast-error'
import { poolOf, type Db } from './client'
import { PrismaClient } from './generated/client'
import { hideOtherSources } from './hide-other-sources'
import { limitedAdapter } from './limited-adapter'

/** A client takes ten milliseconds to make and a megabyte to keep, so a token's is kept for its next request. */
const kept = 50

/** By the sources, the one used last at the end. */
const clients = new WeakMap<Db, Map<string, Db>>()

/**
 * The same catalog, of which only what belongs to these sources is there: rows of others are not found, not listed, not
 * counted, not changed and not made, by PostgreSQL's row security (migration row_security), whatever is asked and in
 * whatever way. It is given to services instead of the whole one when a limited token asks, so that no service can
 * forget to ask. What is left of others in rows that may be seen is hidden.
 *
 * Every statement outside of a transaction is one of its own. Throws `limited-role-missing` where the catalog's server
 * cannot hold it to the sources (lib/db/limited-role.ts); should that come later, its statements fail.
 */
export async function limitToSources(db: Db, ids: readonly string[]): Promise<Db> {
  const known = clients.get(db) ?? new Map<string, Db>()
  clients.set(db, known)
  const key = [...new Set(ids)].sort().join(',')
  const limited = known.get(key) ?? (await openLimited(db, ids))
  known.delete(key)
  known.set(key, limited)
  const [oldest] = known.keys()
  // What still uses it keeps it; its connections are the whole catalog's.
  if (known.size > kept && oldest !== undefined) known.delete(oldest)
  return limited
}

async function openLimited(db: Db, ids: readonly string[]): Promise<Db> {
  const client = new PrismaClient({ adapter: limitedAdapter(poolOf(db), ids) })
  await client.$executeRaw`SELECT 1`.catch((error: unknown) => {
    throw error instanceof Error && error.cause instanceof HoldfastError ? error.cause : error
  })
  const limited = client.$extends({
    query: {
      $allModels: {
        $allOperations: async ({ model, args, query }) => hideOtherSources(model, await query(args)),
      },
    },
  })
  // An extended client answers the same calls; its type only lacks what services never use ($on, $extends' own types).
  return limited as unknown as Db
}
