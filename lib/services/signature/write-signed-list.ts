import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { signedListKey, signedListOf, sourceFolder } from '@/lib/core/repository/paths'
import { chainPositionSchema } from '@/lib/core/repository/manifest-signature'
import type { ListedBackup, SignedList } from '@/lib/core/repository/signed-list'
import type { Tx } from '@/lib/db/client'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { signDocument } from '@/lib/vault/signed-document'
import type { ServiceContext } from '../context'
import { instanceId } from '../instance/instance-settings'
import { readHandOvers } from './signing-keys'

/** Apart from the keys of other advisory locks in the catalog's database. */
const lockFamily = 728_013
/** A number that is taken was written by a run that died before it could say so. */
const mostTakenNumbers = 50
/** A store that does not answer holds this up, and nothing else. */
const longestMs = 5 * 60_000

type Context = Pick<ServiceContext, 'db' | 'vault' | 'clock'>
interface Place {
  destinationId: string
  sourceId: string
  storage: Storage
}

/**
 * Writes the signed list of what the catalog counts of a source in a destination, under a new number, and removes the
 * older ones. Nothing is written when the list in the store says the same already. To be called after a backup was
 * stored and before one is removed, so that what is listed is there unless somebody else took it away.
 */
export async function writeSignedList(ctx: Context, place: Place, run: RunContext): Promise<void> {
  const written = await ctx.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`
        SELECT pg_advisory_xact_lock(hashtextextended(${`${place.destinationId} ${place.sourceId}`}, ${lockFamily}))::text`
      return writeNext(ctx, tx, place, run)
    },
    { timeout: longestMs, maxWait: 60_000 },
  )
  if (written !== null) await removeOlder(place, written, run)
}

/** The same where it must not stop what was done: the next one, or the daily look at the destination, makes up for it. */
export async function trySignedList(ctx: Context, place: Place, run: RunContext): Promise<void> {
  try {
    await writeSignedList(ctx, place, run)
  } catch (error) {
    run.signal.throwIfAborted()
    run.logger.warn('the signed list of backups could not be written', { ...toFailure(error) })
  }
}

async function writeNext(ctx: Context, tx: Tx, place: Place, run: RunContext): Promise<number | null> {
  const { destinationId, sourceId, storage } = place
  const where = { destinationId_sourceId: { destinationId, sourceId } }
  const last = await tx.signedList.findUnique({ where })
  const backups = await listedBackups(tx, place)
  if (!last && backups.length === 0) return null
  const source = await tx.source.findUniqueOrThrow({ where: { id: sourceId }, select: { chainHead: true } })
  const content = {
    instanceId: await instanceId(tx),
    newestSequence: chainPositionSchema.nullable().parse(source.chainHead)?.sequence ?? 0,
    backups,
    handOvers: await readHandOvers(tx),
    publicKey: ctx.vault.evidencePublicKey,
  }
  const contentSha256 = sha256Of(Buffer.from(canonicalJson(content)))
  if (last?.contentSha256 === contentSha256) return null
  const writtenAt = ctx.clock.now()
  for (let number = (last?.number ?? 0) + 1; ; number += 1) {
    const bytes = await signDocument(ctx.vault, {
      format: 'holdfast-signed-list',
      version: 1,
      sourceId,
      destinationId,
      number,
      writtenAt: writtenAt.toISOString(),
      ...content,
    } satisfies SignedList)
    try {
      const body = Readable.from([bytes])
      await storage.put(signedListKey(sourceId, number), body, { sizeHintBytes: bytes.length }, run)
    } catch (error) {
      const taken = error instanceof HoldfastError && error.code === 'object-exists'
      if (taken && number < (last?.number ?? 0) + mostTakenNumbers) continue
      throw error
    }
    const row = { number, sha256: sha256Of(bytes), contentSha256, writtenAt }
    await tx.signedList.upsert({ where, create: { destinationId, sourceId, ...row }, update: row })
    return number
  }
}

/** What must be there. A damaged or missing copy stays listed: Holdfast did not remove it. */
async function listedBackups(tx: Tx, place: Place): Promise<ListedBackup[]> {
  const rows = await tx.backup.findMany({
    where: {
      sourceId: place.sourceId,
      sample: false,
      deletedAt: null,
      status: { in: ['succeeded', 'partial'] },
      manifestSha256: { not: null },
      copies: { some: { destinationId: place.destinationId, state: { in: ['stored', 'damaged', 'missing'] } } },
    },
    orderBy: { repositoryPath: 'asc' },
    select: { repositoryPath: true, manifestSha256: true, sequence: true, signatureSha256: true },
  })
  return rows.map((row) => ({
    folder: row.repositoryPath,
    manifestSha256: row.manifestSha256 ?? '',
    sequence: row.sequence,
    signatureSha256: row.signatureSha256,
  }))
}

async function removeOlder({ sourceId, storage }: Place, number: number, run: RunContext): Promise<void> {
  const older: string[] = []
  for await (const { key } of storage.list(`${sourceFolder(sourceId)}list-`, run)) {
    const list = signedListOf(key)
    if (list && list.number < number) older.push(key)
  }
  // Where objects are locked the older ones stay; the highest number counts.
  if (older.length > 0) await storage.delete(older, run)
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
