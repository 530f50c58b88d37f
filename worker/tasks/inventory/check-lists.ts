import { createHash } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { signedListKey } from '@/lib/core/repository/paths'
import { signedListSchema, type SignedList } from '@/lib/core/repository/signed-list'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'
import { ownSigningKeys } from '@/lib/services/signature/signing-keys'
import { trySignedList } from '@/lib/services/signature/write-signed-list'
import { readSigned } from '@/lib/vault/signed-document'

const limitBytes = 64 << 20

/**
 * Compares the signed lists in a destination with what was written there last, and answers what is wrong, in words: the
 * newest is gone or older (the store presents an earlier state), or it was changed. Then brings the lists up to date.
 */
export async function checkLists(
  ctx: ServiceContext,
  place: {
    destinationId: string
    storage: Storage
    /** Numbers of the lists that the store showed, by source. */
    lists: ReadonlyMap<string, readonly number[]>
    startedAt: Date
  },
  run: RunContext,
): Promise<string[]> {
  const { destinationId, storage } = place
  const rows = await ctx.db.signedList.findMany({
    where: { destinationId, writtenAt: { lt: place.startedAt } },
    select: { sourceId: true },
  })
  const findings: string[] = []
  for (const { sourceId } of rows) {
    const shown = Math.max(0, ...(place.lists.get(sourceId) ?? []))
    const finding = await checkList(ctx, { destinationId, sourceId, storage, shown, startedAt: place.startedAt }, run)
    if (finding) findings.push(finding)
  }
  const held = await ctx.db.backup.findMany({
    where: { sample: false, deletedAt: null, copies: { some: { destinationId, state: 'stored' } } },
    distinct: ['sourceId'],
    select: { sourceId: true },
  })
  const sources = new Set([...rows, ...held].map(({ sourceId }) => sourceId))
  for (const sourceId of sources) await trySignedList(ctx, { destinationId, sourceId, storage }, run)
  return findings
}

async function checkList(
  ctx: ServiceContext,
  place: { destinationId: string; sourceId: string; storage: Storage; shown: number; startedAt: Date },
  run: RunContext,
): Promise<string | null> {
  const { destinationId, sourceId, shown } = place
  const where = { destinationId_sourceId: { destinationId, sourceId } }
  const last = await ctx.db.signedList.findUnique({ where })
  // Written anew since the store was listed.
  if (!last || last.writtenAt >= place.startedAt) return null
  const key = signedListKey(sourceId, Math.max(shown, last.number))
  const bytes = await readOrNull(place, key, run)
  if (bytes === null) {
    await forget(ctx, where)
    return shown === 0
      ? `The signed list ${key} was removed.`
      : `The newest signed list is number ${shown}, but number ${last.number} was written: the store presents an earlier state.`
  }
  const trusted = await ownSigningKeys(ctx.db, ctx.vault)
  if (shown > last.number) {
    // Written by a run that died before it could say so, or with a catalog that was set back meanwhile.
    const list = readOurs(bytes, trusted)
    if (!list) return `The signed list ${key} was not written by this instance.`
    await ctx.db.signedList.update({ where, data: { number: shown, contentSha256: '' } })
    await ctx.db.$executeRaw`
      UPDATE source SET last_sequence = GREATEST(last_sequence, ${list.newestSequence}) WHERE id = ${sourceId}::uuid`
    return null
  }
  if (createHash('sha256').update(bytes).digest('hex') === last.sha256) return null
  await forget(ctx, where)
  return `The signed list ${key} was changed.`
}

/** Has the list written anew, under a number of its own. */
async function forget(
  ctx: ServiceContext,
  where: { destinationId_sourceId: { destinationId: string; sourceId: string } },
): Promise<void> {
  await ctx.db.signedList.update({ where, data: { contentSha256: '' } })
}

async function readOrNull({ storage }: { storage: Storage }, key: string, run: RunContext): Promise<Buffer | null> {
  try {
    return await readAll(await storage.get(key, null, run), limitBytes)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'object-not-found') return null
    throw error
  }
}

function readOurs(bytes: Buffer, trusted: ReadonlySet<string>): SignedList | null {
  try {
    return readSigned(bytes, signedListSchema, trusted)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'signature-invalid') return null
    throw error
  }
}
