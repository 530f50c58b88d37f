import { z } from 'zod'
import type { Page } from '../contracts/common'
import { HoldfastError } from '../core/holdfast-error'

/**
 * One keyset page: asks for one row more than the limit to know whether a next page exists. The cursor is the id of
 * the last row shown. Throws `cursor-invalid`.
 */
export async function keysetPage<Row extends { id: string }, Dto>(
  query: { limit: number; cursor?: string | undefined },
  map: (row: Row) => Dto,
  find: (page: { take: number; skip?: number; cursor?: { id: string } }) => Promise<Row[]>,
): Promise<Page<Dto>> {
  if (query.cursor !== undefined && !z.uuid().safeParse(query.cursor).success) {
    throw new HoldfastError('cursor-invalid', 'This page address is not valid.', {
      remedy: 'Start again from the first page.',
    })
  }
  const rows = await find({
    take: query.limit + 1,
    ...(query.cursor === undefined ? {} : { skip: 1, cursor: { id: query.cursor } }),
  })
  const shown = rows.slice(0, query.limit)
  return { items: shown.map(map), nextCursor: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null }
}
