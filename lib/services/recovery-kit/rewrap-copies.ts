import { Readable } from 'node:stream'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { laterIdentityFile } from '@/lib/core/repository/paths'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import { opensForAll, recipientName } from '@/lib/core/repository/opened-by'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { openCopy } from '../backup/open-copy'
import { lockObjects } from '../copy/lock-objects'
import { recipientId } from './recipient-id'
import { unwrappedWhere } from './unwrapped-copies'
import { wantedRecipients } from './wanted-recipients'

const batchSize = 100
const mostAttempts = 9

type Context = Pick<ServiceContext, 'db' | 'vault' | 'openStorage'>
type Copy = Awaited<ReturnType<typeof nextCopies>>[number]

/**
 * Wraps the key of every copy again for each recipient that must be able to open it and cannot yet. Nothing is overwritten:
 * the key gets a file of its own beside the first one, and the catalog notes it copy by copy, so that an interrupted run
 * resumes where it stopped. One store in trouble does not stop the others.
 */
export async function rewrapCopies(
  ctx: Context,
  run: RunContext,
): Promise<{ wrapped: number; left: number; troubles: string[] }> {
  const wanted = await wantedRecipients(ctx.db, ctx.vault)
  const troubles = new Map<string, string>()
  let wrapped = 0
  for (let cursor = ''; ;) {
    const copies = await nextCopies(ctx, wanted, cursor)
    if (copies.length === 0) break
    cursor = copies.at(-1)?.id ?? cursor
    for (const copy of copies) {
      run.signal.throwIfAborted()
      try {
        if (await rewrapCopy(ctx, copy, wanted, run)) wrapped += 1
      } catch (error) {
        run.signal.throwIfAborted()
        const failure = toFailure(error)
        run.logger.warn('the key of a copy could not be wrapped again', { backupId: copy.backupId, ...failure })
        if (!troubles.has(copy.destinationId))
          troubles.set(copy.destinationId, `${copy.destination.name}: ${tellFailure(failure)}`)
      }
    }
    run.progress({ phase: 'wrapping keys', doneBytes: wrapped })
  }
  const left = await ctx.db.backupCopy.count({ where: unwrappedWhere(wanted) })
  return { wrapped, left, troubles: [...troubles.values()] }
}

function nextCopies(ctx: Context, wanted: readonly Recipient[], cursor: string) {
  return ctx.db.backupCopy.findMany({
    where: { ...unwrappedWhere(wanted), ...(cursor ? { id: { gt: cursor } } : {}) },
    include: { destination: true, backup: { omit: { log: true, manifest: true } } },
    orderBy: { id: 'asc' },
    take: batchSize,
  })
}

async function rewrapCopy(ctx: Context, copy: Copy, wanted: readonly Recipient[], run: RunContext): Promise<boolean> {
  const opened = await openCopy(ctx, copy.backup, copy.destination, run, { withoutSignature: true })
  try {
    const { identity, storage } = opened
    const { encryption } = opened.manifest
    if (identity === null || encryption === null) return await note(ctx, copy, [opensForAll], async () => undefined)
    const missing = wanted.filter((recipient) => !copy.wrappedFor.includes(recipientName(recipient)))
    return await note(ctx, copy, missing.map(recipientName), async () => {
      for (const recipient of missing) {
        const bytes = await ctx.vault.wrapIdentity(identity, [recipient])
        const id = recipientId(recipientName(recipient))
        const keyFor = (attempt: number) =>
          copy.backup.repositoryPath + laterIdentityFile(encryption.keyFile, id, attempt)
        await putBeside(storage, keyFor, Buffer.from(bytes), run)
      }
    })
  } finally {
    await opened.close()
  }
}

/** Writes while nobody removes or replaces the copy's objects. False: it is no longer what it was. */
function note(ctx: Context, copy: Copy, recipients: string[], write: () => Promise<void>): Promise<boolean> {
  return ctx.db.$transaction(
    async (tx) => {
      await lockObjects(tx, copy.id)
      const still = { id: copy.id, state: 'stored', storedAt: copy.storedAt, backup: { deletedAt: null } }
      if ((await tx.backupCopy.count({ where: still })) === 0) return false
      await write()
      await tx.backupCopy.updateMany({ where: still, data: { wrappedFor: { push: recipients } } })
      return true
    },
    { timeout: 120_000, maxWait: 30_000 },
  )
}

/** A name that is taken is of a run that died before it could say so, or of somebody else: what it holds is not known. */
async function putBeside(
  storage: Storage,
  keyFor: (attempt: number) => string,
  bytes: Buffer,
  run: RunContext,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await storage.put(keyFor(attempt), Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
      return
    } catch (error) {
      const taken = error instanceof HoldfastError && error.code === 'object-exists'
      if (!taken || attempt === mostAttempts) throw error
    }
  }
}
