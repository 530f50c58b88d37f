import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey, type SegmentName } from '@/lib/core/repository/log-paths'
import type { LogCommits, LogEvent, LogFollowing } from '@/lib/ports/log-method'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import type { StreamFacts } from '@/lib/services/log/hold-stream'
import { storedForm } from '@/lib/services/log/log-object-form'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { recordSegment, recordSlice, type LogStretch } from '@/lib/services/log/record-log'
import type { LogDestinations, SmallObject } from '@/lib/services/log/store/log-destinations'
import { InOrder } from './in-order'
import { OpenSegment } from './open-segment'
import { type LogForm, sealPacked, sha256 } from '@/lib/services/log/store/seal'

type Bytes = Extract<LogEvent, { type: 'bytes' }>

export interface LogWriterInput {
  ctx: ServiceContext
  claim: ClaimedStream
  place: LogPlaceKey
  following: Pick<LogFollowing, 'confirm' | 'serverPosition' | 'from' | 'segmentBytes'>
  order(position: string): bigint
  destinations: LogDestinations
  /** As new objects are stored, with the key of the period beside it. */
  form(): Promise<{ form: LogForm; needs: SmallObject['needs'] }>
  /** A commit is stored at the latest so long after it was made. */
  sliceMs: number
  /** Position up to which slices are stored already, by an earlier follower, and these slices. */
  stored: string
  slices: readonly StoredSlice[]
}

/** A slice that is stored: its bytes of the segment, the end exclusive. */
export interface StoredSlice {
  number: bigint
  fromByte: number
  toByte: number
  sourceSha256: string
}

/**
 * Stores a log as it comes: whole segments as one object each, and the open one in slices while commits wait in it. Calls come one at
 * a time, in the order of the log. Whole segments are stored beside the receiving of what comes next, and are recorded in their order.
 */
export class LogWriter {
  private open: OpenSegment | null = null
  /** The open segment's bytes that are stored as slices. */
  private sliced = 0
  private received: string
  private stored: string
  private readonly storing = new InOrder()
  /** Of what is being stored, in its order: the oldest commit in each, by the server's clock. */
  private readonly handed: (Date | null)[] = []
  /** Oldest and newest commit that was received and is neither stored nor handed on. */
  private pending: { firstAt: Date; lastAt: Date | null; since: number } | null = null
  /** Something was received that was not stored before. */
  private begun = false
  private lastCommitAt: Date | null = null
  private coveredUntil: Date | null = null
  /** When the server last had nothing after what was received. */
  private idle: { position: string; at: Date } | null = null

  constructor(private readonly input: LogWriterInput) {
    this.received = input.following.from
    this.stored = input.stored
  }

  async take(event: LogEvent): Promise<void> {
    if (event.type === 'bytes') await this.takeBytes(event)
    else if (event.type === 'idle') await this.takeIdle(event)
  }

  /** Sends the open segment's new bytes when a commit has waited long enough, or when this position is asked for. */
  async sliceIfDue(wantedOrder: bigint | null): Promise<void> {
    this.storing.check()
    const { order, sliceMs } = this.input
    const asked = wantedOrder !== null && order(this.stored) < wantedOrder && wantedOrder <= order(this.received)
    // Half of the time allowed is for waiting, the other half for storing.
    const waited = this.pending !== null && performance.now() - this.pending.since >= sliceMs / 2
    if (asked || waited) await this.slice()
  }

  /** Stores what was received. */
  async slice(): Promise<void> {
    await this.storing.drained()
    const { open, sliced } = this
    if (!open || open.end <= sliced) return
    const { ctx, claim, place } = this.input
    this.handOn()
    const { lastCommitAt } = this
    const packed = await open.packedFrom(sliced)
    const sourceSha256 = sha256(await open.bytesFrom(sliced))
    const stored = await this.store(
      { packed, sourceSha256 },
      { kind: 'slice', segment: open.name, from: sliced, to: open.end },
    )
    await recordSlice(ctx, claim, place, {
      ...stored,
      ...open.name,
      ...this.stretch(this.stored, this.received, lastCommitAt),
      fromByte: sliced,
      toByte: open.end,
    })
    this.sliced = open.end
    this.confirmed(this.received)
  }

  /** Resolves when nothing is being stored any more, whether it could be or not. */
  ended(): Promise<void> {
    return this.storing.ended()
  }

  facts(): StreamFacts {
    const { order, following } = this.input
    const serverPosition = following.serverPosition()
    const lag = order(serverPosition) - order(this.stored)
    return {
      serverPosition,
      receivedPosition: this.received,
      lagBytes: lag > 0n ? lag : 0n,
      unstoredSince: this.handed.find((at) => at !== null) ?? this.pending?.firstAt ?? null,
      coveredUntil: this.coveredUntil,
    }
  }

  private async takeBytes(event: Bytes): Promise<void> {
    const { order, following } = this.input
    const segmentEnd = order(event.from) - BigInt(event.offset) + BigInt(following.segmentBytes)
    if (segmentEnd <= order(this.stored)) {
      // A new slot begins at a checkpoint, which may lie before what an earlier follower has stored.
      this.received = event.to
      if (event.whole) following.confirm(event.to)
      return
    }
    if (event.offset === 0 || !this.open) {
      if (event.offset !== 0) throw new Error(`${event.segment.name} does not begin at its first byte.`)
      const before = order(this.stored) - order(event.from)
      // A follower that takes over reads the open segment from its beginning.
      this.sliced = before > 0n ? Number(before) : 0
      const { form } = await this.input.form()
      this.open = new OpenSegment(event.segment, event.from, form, this.sliced)
    }
    const reached = this.open.end
    await this.open.add(event.bytes)
    this.received = event.to
    if (reached < this.sliced && this.open.end >= this.sliced) await this.compareSlices(this.open)
    if (order(event.to) > order(this.stored)) this.notePending(event.commits)
    if (event.whole) await this.storeSegment(this.open, event.to)
  }

  /** What an earlier follower stored of the segment is what the server has: else it is a clone of the server, or was set back. */
  private async compareSlices(open: OpenSegment): Promise<void> {
    const own = this.input.slices.filter(({ number }) => number === BigInt(open.name.number))
    for (const { fromByte, toByte, sourceSha256 } of own) {
      const bytes = (await open.bytesFrom(fromByte)).subarray(0, toByte - fromByte)
      if (sha256(bytes) === sourceSha256) continue
      throw new HoldfastError(
        'log-foreign',
        `The server has other log in ${open.name.name} than is stored: it is a clone of the one that wrote it, or lost its newest log in a crash.`,
        {
          remedy:
            'Check the address of the source. If the server was set back on purpose, add it as a new source: what is stored stays with this one.',
        },
      )
    }
  }

  private notePending(commits: LogCommits | null): void {
    // A commit whose record began before the first byte is not seen: the first bytes count as one.
    if (!commits && this.begun) return
    this.begun = true
    this.pending = {
      firstAt: this.pending?.firstAt ?? commits?.firstAt ?? this.input.ctx.clock.now(),
      lastAt: commits?.lastAt ?? this.pending?.lastAt ?? null,
      since: this.pending?.since ?? performance.now(),
    }
  }

  private async storeSegment(open: OpenSegment, to: string): Promise<void> {
    this.handOn()
    const { lastCommitAt } = this
    this.open = null
    this.sliced = 0
    await this.storing.begin(
      open.end,
      async () =>
        this.store(
          { packed: await open.packedFrom(0), sourceSha256: open.sha256() },
          { kind: 'segment', segment: open.name },
        ),
      (stored) => this.recordSegment(open, to, stored, lastCommitAt),
    )
  }

  private async recordSegment(
    open: OpenSegment,
    to: string,
    stored: Awaited<ReturnType<LogWriter['store']>>,
    lastCommitAt: Date | null,
  ): Promise<void> {
    const { ctx, claim, place, destinations } = this.input
    const slices = await recordSegment(ctx, claim, place, {
      ...stored,
      ...open.name,
      ...this.stretch(open.from, to, lastCommitAt),
      sourceBytes: open.end,
    })
    this.confirmed(to)
    await destinations.remove(
      slices.map((slice) =>
        logKey(place, {
          kind: 'slice',
          segment: open.name,
          from: slice.fromByte,
          to: slice.toByte,
          ...storedForm(slice),
        }),
      ),
    )
  }

  private async store(
    content: { packed: Buffer; sourceSha256: string },
    object:
      { kind: 'segment'; segment: SegmentName } | { kind: 'slice'; segment: SegmentName; from: number; to: number },
  ) {
    const { place, destinations } = this.input
    const { form, needs } = await this.input.form()
    const { bytes, ...facts } = await sealPacked(content, form)
    const key = logKey(place, { ...object, ...storedForm(facts) })
    const destinationIds = await destinations.put({ key, bytes, needs })
    return { ...facts, destinationIds }
  }

  private async takeIdle({ position, at, isAwaited }: Extract<LogEvent, { type: 'idle' }>): Promise<void> {
    if (position !== this.received) return
    if (isAwaited) await this.slice()
    // What the server had flushed when it said so the first time would have come before the second.
    if (this.pending === null && this.handed.length === 0 && this.idle?.position === position)
      this.coveredUntil = this.idle.at
    this.idle = { position, at }
  }

  /** What waited is being stored: what comes from here on waits anew. */
  private handOn(): void {
    this.handed.push(this.pending?.firstAt ?? null)
    this.lastCommitAt = this.pending?.lastAt ?? this.lastCommitAt
    this.pending = null
  }

  private stretch(from: string, to: string, lastCommitAt: Date | null): LogStretch {
    const { order } = this.input
    return {
      from,
      to,
      fromOrder: order(from),
      toOrder: order(to),
      lastCommitAt,
    }
  }

  private confirmed(position: string): void {
    this.handed.shift()
    this.stored = position
    this.input.following.confirm(position)
  }
}
