import { Readable } from 'node:stream'
import { z } from 'zod'
import type { StorageCare } from '@/lib/contracts/destination'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ObjectInfo, Storage } from '@/lib/ports/storage'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { countUnknown } from '@/lib/services/storage-care/count-unknown'
import { notedOf, noteUnknown, settleUnknown } from '@/lib/services/storage-care/note-unknown'
import { recordCare } from '@/lib/services/storage-care/record-care'
import { resolveForgotten, tellUnknown } from '@/lib/services/storage-care/tell-unknown'
import { tellSignatures } from '@/lib/services/signature/tell-signatures'
import { recordFinding } from '@/lib/services/storage-care/record-finding'
import type { Task, TaskArgs } from '../task'
import { checkLists } from './inventory/check-lists'
import { judgeListed } from './inventory/judge-listed'
import { listFolders } from './inventory/list-folders'
import { removeUnknown } from './inventory/remove-unknown'
import { verifyCopy } from './verify/verify-copy'

const inputSchema = z.object({
  destinationId: z.uuid(),
  /** Set by the clean-up that a person asked for: unknown objects that had been reported by then are removed. */
  removeReportedBy: z.iso.datetime().optional(),
})

/** More than this is a place that was pointed at the wrong folder, and would fill the catalog. */
const notedAtMost = 10_000

/**
 * Compares what lies in a destination with the catalog: objects that it does not know are reported, and never removed by
 * themselves (fault 82); copies with missing objects are reported and repaired; storage classes are recorded.
 */
export const inventoryTask: Task = {
  async run(args) {
    const { ctx, job } = args
    const { destinationId, removeReportedBy } = inputSchema.parse(job.input)
    const destination = await ctx.db.destination.findFirst({ where: { id: destinationId, deletedAt: null } })
    if (!destination) throw new HoldfastError('not-found', 'The destination was deleted.')
    const startedAt = ctx.clock.now()
    const storage = ctx.openStorage(await destinationSpec(ctx, destination))
    try {
      const found = await compare(args, storage, { destinationId, startedAt })
      const brokenCopies = await lookCloser(args, destinationId, startedAt, found.wholeCopies)
      if (removeReportedBy)
        await removeUnknown(args, storage, { destinationId, reportedBy: new Date(removeReportedBy) })
      const signatures = [
        ...found.lostSignatures.map((key) => `The signature ${key} was removed.`),
        ...(await checkLists(ctx, { destinationId, storage, lists: found.lists, startedAt }, args.run)),
      ]
      const unknown = await countUnknown(ctx.db, destinationId, ctx.clock.now())
      const care: StorageCare = {
        inventory: {
          at: startedAt.toISOString(),
          objects: found.objects,
          bytes: found.bytes,
          unknownObjects: unknown.count,
          unknownBytes: unknown.sizeBytes,
          brokenCopies,
        },
      }
      return {
        outcome: { type: 'succeeded' },
        commit: async (tx) => {
          await recordCare(tx, destinationId, care)
          await tellUnknown(tx, { destination, unknown, now: ctx.clock.now() })
          await tellSignatures(tx, { destination, findings: signatures, now: ctx.clock.now() })
          await resolveForgotten(tx, { destinationId, now: ctx.clock.now() })
        },
      }
    } finally {
      await storage.close()
    }
  },
}

/** The start of the oldest run that was writing at any time since then; null when none was. */
async function oldestWriter({ ctx }: TaskArgs, since: Date): Promise<Date | null> {
  const oldest = await ctx.db.job.aggregate({
    where: {
      kind: { in: ['backup', 'copy'] },
      startedAt: { not: null },
      OR: [{ state: 'running' }, { finishedAt: { gte: since } }],
    },
    _min: { startedAt: true },
  })
  return oldest._min.startedAt
}

async function compare(
  args: TaskArgs,
  storage: Storage,
  { destinationId, startedAt }: { destinationId: string; startedAt: Date },
) {
  const { ctx, run } = args
  const wholeCopies = new Set<string>()
  let [objects, bytes] = [0, 0]
  let room = notedAtMost - (await ctx.db.storageFinding.count({ where: { destinationId } }))
  let batch: ObjectInfo[] = []
  const flush = async () => {
    const keys = batch.map(({ key }) => key)
    const noted = await notedOf(ctx.db, destinationId, keys)
    const taken = batch.filter(({ key }) => noted.has(key) || room-- > 0)
    batch = []
    await noteUnknown(ctx.db, { destinationId, objects: taken, seenAt: startedAt })
  }
  const lists = new Map<string, number[]>()
  const lostSignatures: string[] = []
  for await (const listed of listFolders(storage, run)) {
    objects += listed.objects.length
    for (const { sizeBytes } of listed.objects) bytes += sizeBytes
    run.progress({ phase: 'listing', doneBytes: bytes })
    const { place } = listed
    if (place?.kind === 'list') lists.set(place.sourceId, [...(lists.get(place.sourceId) ?? []), place.number])
    const { copy, unknown } = await judgeListed(ctx.db, destinationId, listed)
    batch.push(...unknown)
    if (batch.length >= 500) await flush()
    if (!copy) continue
    if (copy.whole) wholeCopies.add(copy.id)
    if (copy.lostSignature) {
      lostSignatures.push(copy.lostSignature.key)
      if (await putBack(storage, copy.lostSignature, run)) wholeCopies.add(copy.id)
    }
    if (copy.wrappedFor) {
      const { id, wrappedFor } = copy
      await ctx.db.backupCopy.updateMany({ where: { id, state: 'stored' }, data: { wrappedFor } })
    }
    if (copy.storageClass !== copy.knownClass) {
      await ctx.db.backupCopy.updateMany({
        where: { id: copy.id, state: 'stored' },
        data: { storageClass: copy.storageClass },
      })
    }
  }
  await flush()
  const oldestWriterAt = await oldestWriter(args, startedAt)
  await settleUnknown(ctx.db, { destinationId, seenAt: startedAt, oldestWriterAt, now: ctx.clock.now() })
  return { objects, bytes, wholeCopies, lists, lostSignatures }
}

/** A signature that somebody removed is known to the catalog. False when the store does not take it. */
async function putBack(storage: Storage, lost: { key: string; text: string }, run: RunContext): Promise<boolean> {
  const bytes = Buffer.from(lost.text)
  try {
    await storage.put(lost.key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
    return true
  } catch (error) {
    run.signal.throwIfAborted()
    run.logger.warn('a signature that is gone could not be put back', { key: lost.key, ...toFailure(error) })
    return false
  }
}

/**
 * A listing is a hint: every stored copy that it did not show whole is asked for by name before anything is reported.
 * Answers how many are broken.
 */
async function lookCloser(
  args: TaskArgs,
  destinationId: string,
  startedAt: Date,
  wholeCopies: ReadonlySet<string>,
): Promise<number> {
  const { ctx, run } = args
  const stored = await ctx.db.backupCopy.findMany({
    where: {
      destinationId,
      state: 'stored',
      storedAt: { lt: startedAt },
      backup: { deletedAt: null, sample: false },
    },
    select: { id: true },
  })
  let broken = 0
  for (const { id } of stored.filter((copy) => !wholeCopies.has(copy.id))) {
    run.signal.throwIfAborted()
    const copy = await ctx.db.backupCopy.findUnique({
      where: { id },
      include: { destination: true, backup: { omit: { log: true, manifest: true } } },
    })
    if (!copy || copy.state !== 'stored' || copy.backup.deletedAt) continue
    const finding = await verifyCopy(args, copy.backup, copy, 'present')
    if (finding.state === 'missing' || finding.state === 'damaged') broken += 1
    await ctx.db.$transaction((tx) => recordFinding(tx, finding, { readBack: false, now: ctx.clock.now() }))
  }
  return broken
}
