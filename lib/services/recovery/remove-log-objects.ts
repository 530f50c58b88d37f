import { HoldfastError } from '@/lib/core/holdfast-error'
import { type LogObject, logFolder, logKey, logObjectOf } from '@/lib/core/repository/log-paths'
import type { Tx } from '@/lib/db/client'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'
import type { LogPlaceKey } from '@/lib/services/log/open-log'

/** Objects in one call. */
const atOnce = 1_000
/** One call takes no longer, or it is begun again by the next clean-up. */
const longestMs = 15 * 60_000

export interface LogRemovalKey extends LogPlaceKey {
  destinationId: string
  beforeNumber: bigint
  whole: boolean
}

/**
 * Removes from a destination what is to go, by what lies there: also what was stored and never recorded. Idempotent. Throws
 * `delete-refused` when some of it had to stay, after all the rest is gone.
 */
export async function removeLogObjects(
  ctx: Pick<ServiceContext, 'db'>,
  removal: LogRemovalKey,
  storage: Storage,
  run: RunContext,
): Promise<number> {
  const folder = logFolder(removal)
  const sweeper = new Sweeper(ctx, removal, storage, run)
  if (removal.whole) {
    await storage.abortUploads(folder, run)
    await sweeper.sweep(`${folder}segments/`, () => 'goes')
    await sweeper.sweep(folder, () => 'goes')
    return sweeper.end()
  }
  const { history, firstIndex, periods } = await whatStays(ctx.db, removal)
  const byNumber = (object: LogObject) => {
    if (object.kind !== 'segment' && object.kind !== 'slice') return 'stays'
    if (BigInt(object.segment.number) >= removal.beforeNumber) return 'end'
    return object.segment.name === history ? 'stays' : 'goes'
  }
  await sweeper.sweep(`${folder}segments/`, byNumber)
  await sweeper.sweep(`${folder}slices/`, byNumber)
  await sweeper.sweep(`${folder}index/`, (object) => {
    return object.kind === 'index' && object.number < firstIndex ? 'goes' : 'end'
  })
  for (const period of periods) {
    const key = logKey(removal, { kind: 'identity', period })
    await sweeper.sweep(key.slice(0, key.lastIndexOf('/') + 1), () => 'goes')
  }
  return sweeper.end()
}

async function whatStays(tx: Tx, place: LogPlaceKey) {
  const { sourceId, identity, timeline } = place
  const key = { sourceId, identity, timeline }
  const row = await tx.logTimeline.findUniqueOrThrow({ where: { sourceId_identity_timeline: key } })
  const { _min } = await tx.logSegment.aggregate({ where: key, _min: { indexNumber: true } })
  return {
    history: row.historyName,
    /** The oldest index that lists a segment which stays; one that is being written stays. */
    firstIndex: _min.indexNumber ?? row.indexNumber + 1,
    periods: await unusedPeriods(tx, key),
  }
}

/** Periods whose key opens nothing any more; never the newest one, which is in use. */
export async function unusedPeriods(tx: Tx, { sourceId, identity, timeline }: LogPlaceKey): Promise<number[]> {
  const rows = await tx.$queryRaw<{ period: number }[]>`
    SELECT p.period FROM log_period p JOIN log_timeline t USING (source_id, identity, timeline)
    WHERE p.source_id = ${sourceId}::uuid AND p.identity = ${identity} AND p.timeline = ${timeline}
      AND p.period <> ALL (t.history_periods)
      AND EXISTS (SELECT FROM log_period n WHERE (n.source_id, n.identity, n.timeline) = (p.source_id, p.identity, p.timeline)
        AND n.period > p.period)
      AND NOT EXISTS (SELECT FROM log_segment s WHERE (s.source_id, s.identity, s.timeline) = (p.source_id, p.identity, p.timeline)
        AND s.period = p.period)
      AND NOT EXISTS (SELECT FROM log_slice s WHERE (s.source_id, s.identity, s.timeline) = (p.source_id, p.identity, p.timeline)
        AND s.period = p.period)`
  return rows.map(({ period }) => period)
}

/** `end`: neither this object nor those behind it go. */
type Verdict = 'goes' | 'stays' | 'end'

class Sweeper {
  private removed = 0
  private refused: { key: string; message: string; transient: boolean } | null = null

  constructor(
    private readonly ctx: Pick<ServiceContext, 'db'>,
    private readonly removal: LogRemovalKey,
    private readonly storage: Storage,
    private readonly run: RunContext,
  ) {}

  /** Objects below a prefix, in the order of their keys; what no log has is nobody's to remove. */
  async sweep(prefix: string, judge: (object: LogObject) => Verdict): Promise<void> {
    let batch: string[] = []
    for await (const { key } of this.storage.list(prefix, this.run)) {
      const object = logObjectOf(key)?.object
      if (!object) continue
      const verdict = judge(object)
      if (verdict === 'end') break
      if (verdict === 'goes') batch.push(key)
      if (batch.length < atOnce) continue
      await this.remove(batch)
      batch = []
    }
    if (batch.length > 0) await this.remove(batch)
  }

  /** How many are gone. */
  end(): number {
    if (this.refused === null) return this.removed
    const { key, message, transient } = this.refused
    throw new HoldfastError('delete-refused', `The store keeps ${key}: ${message}.`, {
      remedy: 'Check the permission to delete and object locks; it is tried again by the next clean-up.',
      transient,
    })
  }

  private async remove(keys: string[]): Promise<void> {
    this.run.signal.throwIfAborted()
    const outcomes = this.removal.whole
      ? await whileNobodyFollows(this.ctx, this.removal, () => this.storage.delete(keys, this.run))
      : await this.storage.delete(keys, this.run)
    for (const { key, result, message = result } of outcomes) {
      if (result === 'deleted') this.removed += 1
      if (result === 'refused' || result === 'failed') this.refused ??= { key, message, transient: result === 'failed' }
    }
  }
}

/**
 * A timeline that is followed anew may get objects under the same keys: its follower begins only between two of these calls, and takes
 * the timeline out of what is removed whole. Throws `lease-lost` when it has.
 */
function whileNobodyFollows<T>(
  ctx: Pick<ServiceContext, 'db'>,
  { sourceId, identity, timeline, destinationId }: LogRemovalKey,
  work: () => Promise<T>,
): Promise<T> {
  return ctx.db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM log_removal WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline}
          AND destination_id = ${destinationId}::uuid AND whole FOR UPDATE`
      if (rows.length > 0) return work()
      throw new HoldfastError('lease-lost', 'This timeline is followed again.', { transient: true })
    },
    { timeout: longestMs, maxWait: 30_000 },
  )
}
