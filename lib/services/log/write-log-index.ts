import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { LogIndex } from '@/lib/contracts/repository/log-index'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogTimelineModel } from '@/lib/db/generated/models/LogTimeline'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { signDocument } from '@/lib/vault/signed-document'
import type { ServiceContext } from '../context'
import { instanceId } from '../instance/instance-settings'
import { ownSigningKeys } from '../signature/signing-keys'
import type { ClaimedStream } from './claim-streams'
import { assertStream } from './hold-stream'
import { storedForm } from './log-object-form'
import type { LogPlaceKey } from './open-log'

/** Segments in one index, unless the oldest of them has waited for too long. */
export const segmentsOfIndex = 64
const longestWaitMs = 3_600_000
/** An index of 64 segments has some 30 KB. */
export const indexLimitBytes = 4 << 20

/** A destination that is reachable at the moment. */
export interface IndexDestination {
  id: string
  name: string
  storage: Storage
}

interface WriteIndex {
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'clock'>
  claim: ClaimedStream
  place: LogPlaceKey
  destinations: IndexDestination[]
}

/**
 * Writes the signed index of the segments that none lists yet: once there are enough of them, or the oldest one has waited for an hour.
 * Its segments are fixed before it is created, so that an attempt after a crash makes the same object again, or finds it and takes it
 * over. Rejects when no destination takes it; one that does not is logged, and gets it by `bringIndexes`. Answers how many were written.
 */
export async function writeLogIndexes(input: WriteIndex, run: RunContext): Promise<number> {
  for (let written = 0; ; written += 1) {
    run.signal.throwIfAborted()
    if (!(await writeNext(input, run))) return written
  }
}

async function writeNext(input: WriteIndex, run: RunContext): Promise<boolean> {
  const { ctx, place } = input
  const chosen = await chooseSegments(input)
  if (!chosen) return false
  const { timeline, segments } = chosen
  const document = await documentOf(ctx, timeline, segments)
  const own = await signDocument(ctx.vault, document)
  const key = logKey(place, { kind: 'index', number: document.number })
  const trusted = await ownSigningKeys(ctx.db, ctx.vault)
  const isNext = (bytes: Buffer) => {
    const { previous } = readLogIndex(key, bytes, trusted)
    return previous?.sha256 === document.previous?.sha256
  }
  let bytes = own
  let confirmed = 0
  let trouble: unknown = new HoldfastError('storage-unreachable', 'No destination of this log is reachable.')
  for (const { name, storage } of input.destinations) {
    try {
      const there = await createIndex(storage, key, bytes, run)
      if (!there.equals(bytes)) {
        // One that was created and not recorded is as good, when it is Holdfast's own. All destinations get the same.
        if (confirmed === 0 && isOurs(there, isNext)) bytes = there
        else await replaceIndex(storage, key, bytes, run)
      }
      confirmed += 1
    } catch (error) {
      run.signal.throwIfAborted()
      trouble = error
      run.logger.warn(`the index of the log could not be written in ${name}`, { ...toFailure(error) })
    }
  }
  if (confirmed === 0) throw trouble
  await recordIndex(input, readLogIndex(key, bytes, trusted), bytes)
  return true
}

/** Marks the segments of the next index, unless they are marked already; null: it is too early. */
async function chooseSegments({
  ctx,
  claim,
  place,
}: WriteIndex): Promise<{ timeline: LogTimelineModel; segments: LogSegmentModel[] } | null> {
  const open = { ...place, indexNumber: null }
  const segmentsOf = (indexNumber: number) =>
    ctx.db.logSegment.findMany({ where: { ...place, indexNumber }, orderBy: { number: 'asc' } })
  const timeline = await ctx.db.logTimeline.findUniqueOrThrow({ where: { sourceId_identity_timeline: place } })
  const number = timeline.indexNumber + 1
  const marked = await segmentsOf(number)
  if (marked.length > 0) return { timeline, segments: marked }
  const next = await ctx.db.logSegment.findMany({
    where: open,
    orderBy: { number: 'asc' },
    take: segmentsOfIndex,
    select: { number: true, storedAt: true },
  })
  const [oldest] = next
  const isDue = oldest && ctx.clock.now().getTime() - oldest.storedAt.getTime() >= longestWaitMs
  if (next.length < segmentsOfIndex && !isDue) return null
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    const numbers = next.map((segment) => segment.number)
    await tx.logSegment.updateMany({ where: { ...open, number: { in: numbers } }, data: { indexNumber: number } })
  })
  const segments = await segmentsOf(number)
  return segments.length > 0 ? { timeline, segments } : null
}

/** The same for the same rows, so that a second attempt makes no second index under one number. */
async function documentOf(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  timeline: LogTimelineModel,
  rows: LogSegmentModel[],
): Promise<LogIndex> {
  const segments = rows.map((row): LogIndex['segments'][number] => ({
    number: Number(row.number),
    name: row.name,
    from: row.from,
    to: row.to,
    lastCommitAt: row.lastCommitAt?.toISOString() ?? null,
    sourceBytes: Number(row.sourceBytes),
    sourceSha256: row.sourceSha256,
    storedBytes: Number(row.storedBytes),
    storedSha256: row.storedSha256,
    compression: storedForm(row).compression,
    period: row.period,
  }))
  const newest = rows.reduce((a, b) => (b.storedAt > a ? b.storedAt : a), new Date(0))
  return {
    format: 'holdfast-log-index',
    version: 1,
    instanceId: await instanceId(ctx.db),
    sourceId: timeline.sourceId,
    identity: timeline.identity,
    timeline: timeline.timeline,
    number: timeline.indexNumber + 1,
    previous: timeline.indexSha256 === null ? null : { number: timeline.indexNumber, sha256: timeline.indexSha256 },
    from: segments[0]?.from ?? '',
    to: segments.at(-1)?.to ?? '',
    segments,
    writtenAt: newest.toISOString(),
    publicKey: ctx.vault.evidencePublicKey,
  }
}

/** Creates it where it is missing. Answers what lies there. */
export async function createIndex(storage: Storage, key: string, bytes: Buffer, run: RunContext): Promise<Buffer> {
  try {
    await storage.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
    return bytes
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'object-exists') throw error
    return readAll(await storage.get(key, null, run), indexLimitBytes)
  }
}

/** Puts the index in the place of one that was never recorded, or is not of this instance. */
export async function replaceIndex(storage: Storage, key: string, bytes: Buffer, run: RunContext): Promise<void> {
  run.logger.warn('an index of the log that is not the recorded one is replaced', { key })
  const [outcome] = await storage.delete([key], run)
  if (outcome?.result === 'refused' || outcome?.result === 'failed') {
    throw new HoldfastError('delete-refused', `The store keeps ${key}, which is not the index of this log.`)
  }
  await storage.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
}

function isOurs(bytes: Buffer, check: (bytes: Buffer) => boolean): boolean {
  try {
    return check(bytes)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'signature-invalid') return false
    throw error
  }
}

async function recordIndex({ ctx, claim, place }: WriteIndex, index: LogIndex, bytes: Buffer): Promise<void> {
  const numbers = index.segments.map(({ number }) => BigInt(number))
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    const listed = { ...place, number: { in: numbers } }
    await tx.logSegment.updateMany({
      where: { ...place, indexNumber: index.number, NOT: { number: { in: numbers } } },
      data: { indexNumber: null },
    })
    await tx.logSegment.updateMany({ where: listed, data: { indexNumber: index.number } })
    await tx.logTimeline.update({
      where: { sourceId_identity_timeline: place },
      data: { indexNumber: index.number, indexSha256: createHash('sha256').update(bytes).digest('hex') },
    })
  })
}
