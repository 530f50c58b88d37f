import { z } from 'zod'
import { compressionSchema } from '../engines/common'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const bytesSchema = z.number().int().nonnegative()
/** A place in the log as the engine writes it (an LSN, a file and offset); the engine alone puts them in order. */
const positionSchema = z.string().min(1)

/** One stored segment. Its key follows from number, name, compression and encryption (lib/core/repository/log-paths.ts). */
export const indexedSegmentSchema = z.strictObject({
  /** Its place in the timeline. */
  number: z.number().int().nonnegative(),
  /** The engine's own name of it. */
  name: z.string().min(1),
  from: positionSchema,
  /** Exclusive: the next segment of a log without a gap begins here. */
  to: positionSchema,
  /** Time of the last commit in it; null when it has none. */
  lastCommitAt: z.iso.datetime().nullable(),
  sourceBytes: bytesSchema,
  sourceSha256: sha256Schema,
  storedBytes: bytesSchema,
  storedSha256: sha256Schema,
  compression: compressionSchema,
  /** The period whose identity it is encrypted for; null: it is not encrypted. */
  period: z.number().int().nonnegative().nullable(),
})
export type IndexedSegment = z.infer<typeof indexedSegmentSchema>

/**
 * One index of a timeline's log: the segments stored since the index before it, in order. Indexes are created once, never
 * changed, and name the SHA-256 of the one before, so that a catalog can be rebuilt from them and a segment or index that was
 * removed from the middle is noticed. Index and signature are one object, since two could not be created at once under one
 * number: the document of a signed file (lib/vault/signed-document.ts), and therefore strict.
 */
export const logIndexSchema = z
  .strictObject({
    format: z.literal('holdfast-log-index'),
    version: z.literal(1),
    instanceId: z.string(),
    sourceId: z.uuid(),
    identity: z.string().min(1),
    timeline: z.string().min(1),
    number: z.number().int().positive(),
    /** The index before it in this timeline, by the hash of its file; null for the first. */
    previous: z.strictObject({ number: z.number().int().positive(), sha256: sha256Schema }).nullable(),
    /** Where the first segment begins and the last one ends. */
    from: positionSchema,
    to: positionSchema,
    segments: z.array(indexedSegmentSchema).min(1),
    writtenAt: z.iso.datetime(),
    publicKey: z.string(),
  })
  .refine(
    ({ number, previous }) => (previous?.number ?? 0) === number - 1,
    'An index follows the one numbered before it',
  )
  .refine(
    ({ segments, from, to }) => segments[0]?.from === from && segments.at(-1)?.to === to,
    'An index reaches from its first segment to its last',
  )
  .refine(
    ({ segments }) => segments.every(({ number }, at) => at === 0 || number > (segments[at - 1]?.number ?? number)),
    'The segments of an index are in order',
  )
export type LogIndex = z.infer<typeof logIndexSchema>
