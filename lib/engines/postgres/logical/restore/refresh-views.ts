import type { ClientBase } from 'pg'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { isTroubleOfServer } from '@/lib/engines/postgres/connect/is-trouble-of-server'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

/** A view that could not be filled again. */
export interface UnfilledView {
  name: string
  reason: string
  /** Its rows come from a server that could not be reached or be used from here, or from such a view. */
  elsewhere: boolean
}

/** 55000: a view that it reads is itself not filled. */
const notFilled = '55000'

/**
 * Fills the materialized views that were filled in the source, in the order of the archive, as pg_restore does: last, and
 * with an empty search path. One that cannot be filled does not undo the others. Throws what is the server's trouble.
 */
export async function refreshViews(
  client: ClientBase,
  entries: readonly TocEntry[],
  wanted: ReadonlySet<number> | null,
  signal: AbortSignal,
): Promise<UnfilledView[]> {
  const unfilled: UnfilledView[] = []
  const views = entries.filter(
    (entry) => entry.type === 'MATERIALIZED VIEW DATA' && (wanted?.has(entry.dumpId) ?? true),
  )
  if (views.length === 0) return unfilled
  await client.query("SELECT pg_catalog.set_config('search_path', '', false)")
  for (const view of views) {
    signal.throwIfAborted()
    const name = quoteQualified(view.schema, view.name)
    try {
      await client.query(`REFRESH MATERIALIZED VIEW ${name}`)
    } catch (error) {
      signal.throwIfAborted()
      const elsewhere = isElsewhere(error) || (errorCode(error) === notFilled && unfilled.some((one) => one.elsewhere))
      if (isTroubleOfServer(error) && !elsewhere) throw error
      unfilled.push({ name, reason: errorText(error), elsewhere })
    }
  }
  return unfilled
}

/** Class HV is what wrappers of foreign data say; 08001 and 08006 is the connection that the server itself could not make. */
function isElsewhere(error: unknown): boolean {
  const code = errorCode(error)
  const told = typeof error === 'object' && error !== null && 'severity' in error
  return code.startsWith('HV') || (told && /^08/.test(code))
}
