import { chooseCopiesToRead } from '@/lib/core/storage-care/choose-copies-to-read'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { sideBySide } from '@/lib/process/side-by-side'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { isPromised, noteDamage } from '@/lib/services/log/damage/note-damage'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { type HeldSegment, noteBlock, readableBlocks, segmentsOfBlock } from '@/lib/services/log/damage/read-blocks'
import { ownSigningKeys } from '@/lib/services/signature/signing-keys'
import type { LogStretch } from '@/lib/ports/log-method'
import type { TaskArgs } from '../../task'
import { damageOf, type LogStore, readWhole, segmentFacts, sliceFacts } from './log-store'
import { mendLog } from './mend-log'
import { historyObject, indexObject, keyObjects, type SmallObjectFacts } from './small-objects'

const readersAtOnce = 4

export interface LogReadBack {
  objects: number
  bytes: number
  /** Damaged or missing, and how many of all that is known to be so were mended. */
  broken: number
  mended: number
  /** When the segment that was not read for longest was last known to be whole; null: there is none. */
  oldestReadAt: Date | null
}

/**
 * Reads the day's share of the log in a destination back: of each timeline the segments whose turn it is, their indexes and keys; and all
 * slices and histories, which are few. What is not as it was stored is recorded, reported, and mended where another destination has it.
 */
export async function readLogBack(
  args: TaskArgs,
  destination: DestinationModel,
  everyDays: number,
): Promise<LogReadBack> {
  const { ctx } = args
  const all: LogReadBack = { objects: 0, bytes: 0, broken: 0, mended: 0, oldestReadAt: null }
  const places = await ctx.db.logRange.findMany({
    where: { destinationId: destination.id },
    distinct: ['sourceId', 'identity', 'timeline'],
    select: { sourceId: true, identity: true, timeline: true },
  })
  if (places.length === 0) return all
  const storage = ctx.openStorage(await destinationSpec(ctx, destination))
  try {
    for (const place of places) {
      args.run.signal.throwIfAborted()
      const source = await ctx.db.source.findUniqueOrThrow({ where: { id: place.sourceId } })
      const store = { place, destination, storage, method: logMethodOf(ctx, source) }
      const read = await new TimelineReader(args, store, everyDays).read()
      all.objects += read.objects
      all.bytes += read.bytes
      all.broken += read.broken
      all.mended += await mendLog(args, store)
      if (read.oldestReadAt && (!all.oldestReadAt || read.oldestReadAt < all.oldestReadAt))
        all.oldestReadAt = read.oldestReadAt
    }
  } finally {
    await storage.close()
  }
  return all
}

class TimelineReader {
  private readonly done: LogReadBack = { objects: 0, bytes: 0, broken: 0, mended: 0, oldestReadAt: null }
  private readonly seen = new Set<string>()
  /** Objects that could not be read for a reason that says nothing about them. */
  private undecided = 0

  constructor(
    private readonly args: TaskArgs,
    private readonly store: LogStore,
    private readonly everyDays: number,
  ) {}

  async read(): Promise<LogReadBack> {
    const { ctx, run } = this.args
    const { place } = this.store
    const timeline = await ctx.db.logTimeline.findUnique({ where: { sourceId_identity_timeline: place } })
    // Retention has let it go meanwhile.
    if (!timeline) return this.done
    const history = await historyObject(ctx, this.store, timeline, run)
    const keys = await keyObjects(ctx, place, history ? timeline.historyPeriods : [])
    for (const object of [...(history ? [history] : []), ...keys]) await this.small(object)
    await this.slices()
    await this.segments(timeline.indexNumber)
    return this.done
  }

  /** Those of an open segment. */
  private async slices(): Promise<void> {
    const { ctx } = this.args
    const rows = await ctx.db.logSlice.findMany({ where: this.store.place, orderBy: { fromByte: 'asc' } })
    for (const row of rows) {
      const facts = sliceFacts(this.store.place, row)
      if (await isPromised(ctx.db, this.here(), facts.stretch)) await this.large(facts)
    }
    await this.beside(rows, [])
  }

  private async segments(lastIndex: number): Promise<void> {
    const { ctx, run } = this.args
    const { place } = this.store
    const trusted = await ownSigningKeys(ctx.db, ctx.vault)
    const blocks = await readableBlocks(ctx.db, this.here())
    for (const block of chooseCopiesToRead(blocks, this.everyDays, ctx.clock.now())) {
      run.signal.throwIfAborted()
      const before = this.undecided
      const rows = await segmentsOfBlock(ctx.db, this.here(), Number(block))
      await sideBySide(readersAtOnce, rows, run, (row) => this.large(segmentFacts(place, row)))
      const indexes = indexesOf(rows, lastIndex).map((number) => indexObject(place, number, trusted))
      await this.beside(rows, indexes)
      if (this.undecided === before) await noteBlock(ctx.db, this.here(), Number(block), ctx.clock.now())
    }
    const left = await readableBlocks(ctx.db, this.here())
    this.done.oldestReadAt = left.reduce<Date | null>((a, b) => (a && a < b.readAt ? a : b.readAt), null)
  }

  /** Keys of the periods of what was read, and its indexes; each once in a run. */
  private async beside(rows: { period: number | null }[], indexes: SmallObjectFacts[]): Promise<void> {
    const periods = [...new Set(rows.flatMap(({ period }) => period ?? []))]
    const keys = await keyObjects(this.args.ctx, this.store.place, periods)
    for (const object of [...keys, ...indexes]) await this.small(object)
  }

  private async large(facts: ReturnType<typeof segmentFacts>): Promise<void> {
    await this.judge(facts, async () => {
      const bytes = await readWhole(this.store.storage, facts, this.args.run)
      this.done.bytes += bytes.length
    })
  }

  private async small(object: SmallObjectFacts): Promise<void> {
    if (this.seen.has(object.key)) return
    this.seen.add(object.key)
    await this.judge({ key: object.key, stretch: null }, () => object.check(this.store, this.args.run))
  }

  private async judge(
    { key, stretch }: { key: string; stretch: LogStretch | null },
    read: () => Promise<void>,
  ): Promise<void> {
    const { ctx, run } = this.args
    this.done.objects += 1
    run.progress({ phase: `reading log in ${this.store.destination.name}`, doneBytes: this.done.bytes })
    try {
      await read()
    } catch (error) {
      const damage = damageOf(error, this.store, run)
      if (!damage) {
        this.undecided += 1
        run.logger.warn(`${key} in ${this.store.destination.name} could not be read`, { error: String(error) })
        return
      }
      await this.args.assertLease()
      const { place, destination, method } = this.store
      const found = { ...damage, place, destination, key, stretch }
      if (await ctx.db.$transaction((tx) => noteDamage(tx, method, found, ctx.clock.now()))) this.done.broken += 1
    }
  }

  private here() {
    const { place, destination } = this.store
    return { ...place, destinationId: destination.id }
  }
}

/** Without one that is still being written. */
const indexesOf = (rows: HeldSegment[], last: number): number[] =>
  [...new Set(rows.flatMap(({ indexNumber }) => indexNumber ?? []))].filter((number) => number <= last)
