import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '@/lib/services/context'

export interface Options {
  destination?: string[]
  source?: string
  level?: string
  kind?: string
  to?: string
  on?: string
  owners?: string
  only?: string
  role?: string
  days?: string
  limit?: string
  key?: string
  endpoint?: string
  region?: string
  scope?: string[]
  'only-source'?: string[]
  evidence?: string
  directory?: string
  database?: string
  look?: boolean
  here?: boolean
  'no-wait'?: boolean
  watch?: boolean
  json?: boolean
}

/** What a verb answers: an object for `--json`, the same in words, and whether all is well. */
export interface Answer {
  json: unknown
  text: string
  ok: boolean
}

/** Null: it has printed itself what there was to say. */
export type Verb = (ctx: ServiceContext, args: string[], options: Options, home: string) => Promise<Answer | null>

export const usageError = (message: string) =>
  new HoldfastError('usage', message, { remedy: 'See: npm run holdfast -- help' })

/** The id of what is named; names are what people type, ids what scripts do. */
export async function sourceId(ctx: ServiceContext, name: string): Promise<string> {
  const byId = z.uuid().safeParse(name).success ? [{ id: name }] : []
  const row = await ctx.db.source.findFirst({
    where: { deletedAt: null, OR: [{ name }, ...byId] },
    select: { id: true },
  })
  if (row) return row.id
  throw new HoldfastError('not-found', `There is no source called "${name}".`, {
    remedy: 'See the names with: npm run holdfast -- status',
  })
}
