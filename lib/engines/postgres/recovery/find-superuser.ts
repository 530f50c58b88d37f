import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { withConnection } from '@/lib/engines/postgres/connect/connect'

/** The name that most servers have, for where the role that is known was dropped before the target. */
const usual = 'postgres'
/** That nearly every server has; one of them may be damaged, which is for checks to find. */
const databases = ['postgres', 'template1']

/** The server of a recovery as its superuser, whose name only the server itself knows; the first one is preferred. */
export async function findSuperuser(
  as: (user: string, database: string) => SourceSpec,
  known: string,
  run: Pick<RunContext, 'signal'>,
): Promise<SourceSpec> {
  let trouble: unknown = null
  for (const user of new Set([known, usual])) {
    for (const database of databases) {
      try {
        const name = await firstSuperuser(as(user, database), run)
        if (name !== null) return as(name, database)
        trouble = null
      } catch (error) {
        run.signal.throwIfAborted()
        trouble = error
      }
    }
  }
  throw (
    trouble ??
    new HoldfastError(
      'recovery-failed',
      'No superuser of the recovered server may log in, so that nothing of it can be checked.',
    )
  )
}

function firstSuperuser(source: SourceSpec, run: Pick<RunContext, 'signal'>): Promise<string | null> {
  return withConnection(source, run.signal, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT rolname AS name FROM pg_catalog.pg_roles
        WHERE rolsuper AND rolcanlogin ORDER BY oid::pg_catalog.int8 LIMIT 1`,
    )
    return rows[0]?.name ?? null
  })
}
