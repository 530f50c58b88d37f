import { z } from 'zod'
import type { Page } from '../contracts/common'
import { HoldfastError } from '../core/holdfast-error'

interface PageRequest {
  limit: number
  cursor?: string | undefined
}

/**
 * One keyset page: asks for one row more than the limit to know whether a next page exists. The cursor is the id of
 * the last row shown. Throws `cursor-invalid`.
 */
export async function keysetPage<Row extends { id: string }, Dto>(
  query: PageRequest,
  map: (row: Row) => Dto,
  find: (page: { take: number; skip?: number; cursor?: { id: string } }) => Promise<Row[]>,
): Promise<Page<Dto>> {
  assertCursor(query)
  const rows = await find({
    take: query.limit + 1,
    ...(query.cursor === undefined ? {} : { skip: 1, cursor: { id: query.cursor } }),
  })
  return toPage(query, rows, map)
}

/** The page that `limit + 1` rows make. */
export function toPage<Row extends { id: string }, Dto>(
  query: PageRequest,
  rows: Row[],
  map: (row: Row) => Dto,
): Page<Dto> {
  const shown = rows.slice(0, query.limit)
  return { items: shown.map(map), nextCursor: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null }
}

/** Throws `cursor-invalid` for a cursor that no list ever gave out. */
export function assertCursor(query: PageRequest): void {
  if (query.cursor === undefined || z.uuid().safeParse(query.cursor).success) return
  throw new HoldfastError('cursor-invalid', 'This page address is not valid.', {
    remedy: 'Start again from the first page.',
  })
}
