import { z } from 'zod'
import type { Failure } from '@/lib/contracts/common'
import type { StorageCare } from '@/lib/contracts/destination'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { chooseCopiesToRead, type ReadableCopy } from '@/lib/core/storage-care/choose-copies-to-read'
import { isArchived } from '@/lib/core/storage-care/storage-class'
import { tellFailure } from '@/lib/core/tell-failure'
import { readOperations } from '@/lib/services/operations/read-operations'
import { recordCare } from '@/lib/services/storage-care/record-care'
import { recordFinding, type CopyFinding } from '@/lib/services/storage-care/record-finding'
import type { Task, TaskArgs } from '../task'
import { type LogReadBack, readLogBack } from './reverify/read-log'
import { verifyCopy } from './verify/verify-copy'

const inputSchema = z.object({ destinationId: z.uuid() })

/** While the store as a whole does not answer, asking for the next copy only takes time. */
const storeIsAway = new Set<ErrorCode>(['storage-unreachable', 'storage-not-found', 'storage-denied'])

/**
 * Reads the day's share of a destination's stored bytes back, the copies that were not read for longest first. Each copy is
 * noted as it is done, so an interrupted run loses nothing, and the next one continues after it (fault 44). Then the day's share of the
 * log that lies there.
 */
export const reverifyTask: Task = {
  async run(args) {
    const { ctx, job, run } = args
    const { destinationId } = inputSchema.parse(job.input)
    const { verification } = await readOperations(ctx.db)
    const { readable, archived } = await storedCopies(args, destinationId)
    const chosen = chooseCopiesToRead(readable, verification.everyDays, ctx.clock.now())
    run.logger.info('reading back', { copies: chosen.length, of: readable.length })
    const bytesOf = new Map(readable.map((copy) => [copy.id, copy.storedBytes]))
    let bytes = 0
    const broken: CopyFinding[] = []
    const undecided: CopyFinding[] = []
    for (const copyId of chosen) {
      run.signal.throwIfAborted()
      const finding = await readOne(args, copyId)
      if (!finding) continue
      if (finding.state === 'unknown') {
        if (finding.failure && storeIsAway.has(finding.failure.code))
          throw awayOf(finding.failure, finding.destinationName)
        undecided.push(finding)
        continue
      }
      bytes += bytesOf.get(copyId) ?? 0
      if (finding.state !== 'stored') broken.push(finding)
    }
    const destination = await ctx.db.destination.findUniqueOrThrow({ where: { id: destinationId } })
    const log = await readLogBack(args, destination, verification.everyDays)
    const care: StorageCare = {
      reverify: {
        at: ctx.clock.now().toISOString(),
        copies: chosen.length - undecided.length,
        bytes: bytes + log.bytes,
        brokenCopies: broken.length,
        archivedCopies: archived,
        logObjects: log.objects,
        brokenLogObjects: log.broken,
        oldestReadAt: earliest(await oldestRead(args, destinationId), log.oldestReadAt),
      },
    }
    const troubles = [...broken, ...undecided]
    const isWhole = troubles.length === 0 && log.broken === 0
    return {
      outcome: isWhole ? { type: 'succeeded' } : { type: 'partial', failure: notAllWhole(troubles, log) },
      commit: (tx) => recordCare(tx, destinationId, care),
    }
  },
}

async function storedCopies({ ctx }: TaskArgs, destinationId: string) {
  const rows = await ctx.db.backupCopy.findMany({
    where: { destinationId, state: 'stored', backup: { deletedAt: null, sample: false } },
    select: {
      id: true,
      storedBytes: true,
      verifiedAt: true,
      storedAt: true,
      storageClass: true,
      destination: { select: { kind: true } },
      backup: { select: { startedAt: true } },
    },
  })
  const inReach = rows.filter((row) => !isArchived(row.destination.kind, row.storageClass))
  const readable: ReadableCopy[] = inReach.map((row) => ({
    id: row.id,
    storedBytes: Number(row.storedBytes),
    readAt: row.verifiedAt ?? row.storedAt ?? row.backup.startedAt,
  }))
  return { readable, archived: rows.length - inReach.length }
}

/** Null when the copy is no longer there to be read. */
async function readOne(args: TaskArgs, copyId: string): Promise<CopyFinding | null> {
  const { ctx } = args
  const copy = await ctx.db.backupCopy.findUnique({
    where: { id: copyId },
    include: { destination: true, backup: { omit: { log: true, manifest: true } } },
  })
  if (!copy || copy.state !== 'stored' || copy.backup.deletedAt) return null
  const finding = await verifyCopy(args, copy.backup, copy, 'stored')
  await args.assertLease()
  await ctx.db.$transaction((tx) => recordFinding(tx, finding, { readBack: true, now: ctx.clock.now() }))
  return finding
}

async function oldestRead(args: TaskArgs, destinationId: string): Promise<Date | null> {
  const { readable } = await storedCopies(args, destinationId)
  const oldest = readable.reduce((least, { readAt }) => Math.min(least, readAt.getTime()), Infinity)
  return oldest === Infinity ? null : new Date(oldest)
}

function earliest(a: Date | null, b: Date | null): string | null {
  if (a === null || b === null) return (a ?? b)?.toISOString() ?? null
  return (a < b ? a : b).toISOString()
}

function awayOf(failure: Failure, destinationName: string): HoldfastError {
  return new HoldfastError(failure.code, `${destinationName} could not be read: ${failure.message}`, {
    transient: true,
    ...(failure.remedy ? { remedy: failure.remedy } : {}),
  })
}

function notAllWhole(findings: CopyFinding[], log: LogReadBack): Failure {
  const told = findings.slice(0, 5).map(({ state, failure }) => (failure ? tellFailure(failure) : state))
  const more = findings.length > told.length ? ` And ${findings.length - told.length} more.` : ''
  const copies = `${findings.length === 1 ? 'One copy' : `${findings.length} copies`} could not be read back whole. ${told.join(' ')}${more}`
  const objects = `${log.broken === 1 ? 'One object' : `${log.broken} objects`} of the log ${log.broken === 1 ? 'was' : 'were'} damaged or missing; ${log.mended} mended.`
  return {
    code: 'copies-not-whole',
    message: [...(findings.length > 0 ? [copies] : []), ...(log.broken > 0 ? [objects] : [])].join(' '),
    remedy: 'What is damaged is repaired automatically from other destinations where they have it. Check the store.',
  }
}
