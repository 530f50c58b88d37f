import type { z } from 'zod'
import type { failureSchema } from '@/lib/contracts/common'
import { logObjectOf } from '@/lib/core/repository/log-paths'
import { tellFailure } from '@/lib/core/tell-failure'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import type { LogMethod, LogStretch } from '@/lib/ports/log-method'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import type { LogPlaceKey } from '../open-log'
import { splitRange } from './split-range'

/** An object of a log that is not in a destination as it was stored there. */
export interface FoundDamage {
  place: LogPlaceKey
  destination: { id: string; name: string }
  key: string
  state: 'damaged' | 'missing'
  failure: z.infer<typeof failureSchema>
  /** Of a segment or slice; null: an object beside the segments. */
  stretch: LogStretch | null
}

/** One incident for each source in each destination: a failed disk is not reported a thousand times. */
export const damageSubject = (of: { destinationId: string; sourceId: string }) => `${of.destinationId}:${of.sourceId}`

/**
 * Records what was found. Of a segment or slice the destination's window ends there from now on. False: the catalog does not promise it
 * any more, so nothing is wrong.
 */
export async function noteDamage(
  tx: Tx,
  method: Pick<LogMethod, 'position'>,
  found: FoundDamage,
  now: Date,
): Promise<boolean> {
  const { place, destination, key, state, failure, stretch } = found
  const { sourceId, identity, timeline } = place
  const here = { sourceId, identity, timeline, destinationId: destination.id }
  await lockTimeline(tx, place)
  if (stretch && !(await isPromised(tx, here, stretch))) return false
  const name = nameOf(key)
  if (stretch) {
    await splitRange(tx, method, here, { ...stretch, because: `${name} is ${state} in ${destination.name}.` })
  }
  const known = { state, error: toJson(failure), foundAt: now }
  await tx.logDamage.upsert({
    where: { sourceId_identity_timeline_destinationId_key: { ...here, key } },
    create: { ...here, key, ...known, fromOrder: stretch?.from ?? null, toOrder: stretch?.to ?? null },
    update: known,
  })
  await tellDamage(tx, found, now)
  return true
}

/** Reports it, or says anew what is known by now of the other destinations. */
export async function tellDamage(tx: Tx, found: FoundDamage, now: Date): Promise<void> {
  const { place, destination, key, state, failure, stretch } = found
  const { sourceId, identity, timeline } = place
  const here = { sourceId, identity, timeline, destinationId: destination.id }
  const others = stretch ? await otherHolders(tx, here, stretch) : 0
  const source = await tx.source.findUniqueOrThrow({ where: { id: sourceId }, select: { name: true } })
  await raiseIncident(
    tx,
    {
      event: 'log-damaged',
      severity: 'critical',
      subjectId: damageSubject(here),
      sourceId,
      title: `The log of ${source.name} in ${destination.name} is not whole`,
      body: [`${nameOf(key)} is ${state}: ${tellFailure(failure)}`, consequence(stretch, others)].join(' '),
      facts: { identity, timeline, destinationId: destination.id, key, state, otherDestinations: others },
    },
    now,
  )
}

function consequence(stretch: LogStretch | null, others: number): string {
  if (!stretch) return 'What is needed of it is known to Holdfast; it is put back as soon as the store takes it.'
  if (others > 0)
    return 'From this destination no point behind it can be recovered to until it is copied again from another one.'
  return 'No other destination has it: no point behind it can be recovered to with the base backups before it. While the log is followed, a new base backup starts by itself.'
}

/** The same order as wherever log is recorded or expires: the stream first. */
export async function lockTimeline(tx: Tx, { sourceId, identity, timeline }: LogPlaceKey): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM log_stream WHERE source_id = ${sourceId}::uuid FOR UPDATE`
  await tx.$queryRaw`
    SELECT 1 FROM log_timeline
    WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline} FOR UPDATE`
}

/** Windows count on it. */
export async function isPromised(
  tx: Tx,
  here: LogPlaceKey & { destinationId: string },
  { from, to }: LogStretch,
): Promise<boolean> {
  return (await tx.logRange.count({ where: { ...here, fromOrder: { lte: from }, toOrder: { gte: to } } })) > 0
}

function otherHolders(tx: Tx, here: LogPlaceKey & { destinationId: string }, { from, to }: LogStretch) {
  const { destinationId, ...place } = here
  return tx.logRange.count({
    where: { ...place, destinationId: { not: destinationId }, fromOrder: { lte: from }, toOrder: { gte: to } },
  })
}

function nameOf(key: string): string {
  const object = logObjectOf(key)?.object
  if (object?.kind === 'segment') return object.segment.name
  if (object?.kind === 'slice') return `A slice of ${object.segment.name}`
  if (object?.kind === 'index') return `Index ${object.number}`
  return object ? `A key of period ${object.period}` : key
}
