import { HoldfastError } from '@/lib/core/holdfast-error'

/** The row, or `not-found` naming what was looked for. */
export function found<Row>(row: Row | null | undefined, what: string): Row {
  if (row) return row
  throw new HoldfastError('not-found', `There is no such ${what}.`, {
    remedy: 'It may have been deleted; reload the list.',
  })
}
