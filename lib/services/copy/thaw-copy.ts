import type { ThawCopy, Thawed } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { manifestFile, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'
import { found } from '../not-found'
import { permit } from '../permit'

const patienceMs = 60_000

/**
 * Asks the store to bring an archived copy back, so that it can be read for some days. Asking again shows the progress.
 * Throws `not-found`, `thaw-unsupported`, and what the store says.
 */
export async function thawCopy(args: {
  ctx: ServiceContext
  input: ThawCopy & { backupId: string; signal?: AbortSignal }
}): Promise<Thawed> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const copy = found(
    await ctx.db.backupCopy.findFirst({
      where: {
        backupId: input.backupId,
        destinationId: input.destinationId,
        state: 'stored',
        backup: { deletedAt: null },
      },
      include: { destination: true, backup: { select: { repositoryPath: true, manifest: true, sequence: true } } },
    }),
    'stored copy',
  )
  const manifest = manifestSchema.parse(copy.backup.manifest)
  const files = [
    manifestFile,
    ...(copy.backup.sequence === null ? [] : [signatureFile]),
    ...(manifest.encryption ? [manifest.encryption.keyFile] : []),
    ...manifest.parts.map((part) => part.file),
  ]
  const storage = ctx.openStorage(await destinationSpec(ctx, copy.destination))
  try {
    if (!storage.thaw) {
      throw new HoldfastError('thaw-unsupported', `${copy.destination.name} has no archive: its copies can be read.`)
    }
    const keys = files.map((file) => copy.backup.repositoryPath + file)
    const run = briefRun(ctx, patienceMs, input.signal)
    const guide = copy.backup.repositoryPath + restoreGuideFile
    if (manifest.restoreGuide && (await storage.head(guide, run))) keys.push(guide)
    const state = await storage.thaw(keys, input.days, run)
    await recordAudit(ctx.db, ctx.actor, {
      action: 'backup.thaw',
      subjectType: 'backup',
      subjectId: input.backupId,
      detail: { destinationId: input.destinationId, days: input.days, state },
    })
    return { state }
  } finally {
    await storage.close()
  }
}
