import { z } from 'zod'

const lookSchema = z.object({ at: z.iso.datetime(), bytes: z.number() })

/** What a server keeps for a source, as it was last seen, and what it kept at earlier looks. Times are the catalog's. */
export const keptLogSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(['kept', 'doomed', 'lost', 'absent']),
  because: z.string().nullable(),
  /** Null: it keeps nothing. */
  bytes: z.number().nullable(),
  spareBytes: z.number().nullable(),
  limitBytes: z.number().nullable(),
  limitName: z.string(),
  reader: z.string().nullable(),
  /** The oldest first; the newest is that of `at`. */
  looks: z.array(lookSchema),
})
export type KeptLog = z.infer<typeof keptLogSchema>

/** A pace is judged by so much of the past: a pause of seconds does not make a forecast. */
const rememberedMs = 5 * 60_000
const leastSpanMs = 60_000

/** What is known after a new look. */
export function rememberLook(before: KeptLog | null, seen: Omit<KeptLog, 'looks'>): KeptLog {
  const since = Date.parse(seen.at) - rememberedMs
  const earlier = (before?.looks ?? []).filter(({ at }) => Date.parse(at) >= since && at < seen.at)
  return { ...seen, looks: seen.bytes === null ? [] : [...earlier, { at: seen.at, bytes: seen.bytes }] }
}

/**
 * How long it takes at the pace of the last minutes until the server removes log that is not stored; null: it never does, or what it keeps
 * does not grow.
 */
export function timeToLossMs({ spareBytes, looks }: Pick<KeptLog, 'spareBytes' | 'looks'>): number | null {
  const [first] = looks
  const last = looks.at(-1)
  if (spareBytes === null || !first || !last) return null
  const grownBytes = last.bytes - first.bytes
  if (grownBytes <= 0) return null
  const spanMs = Math.max(leastSpanMs, Date.parse(last.at) - Date.parse(first.at))
  return Math.max(0, spareBytes / (grownBytes / spanMs))
}
