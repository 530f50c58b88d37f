import type { StartBackup } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { permit } from '../permit'
import { chooseDestinations } from './choose-destinations'
import { methodFor } from './method-for'

/** Backs a source up now. Throws `already-running`, `destination-needed`, `kind-unsupported`, `not-found`. */
export async function startBackup(args: { ctx: ServiceContext; input: StartBackup }): Promise<Started> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const source = found(await tx.source.findFirst({ where: { id: input.sourceId, deletedAt: null } }), 'source')
    const method = input.kind && methodFor(source, input.kind).kind
    const destinationIds = await chooseDestinations(tx, source.id, input.destinationIds)
    const row = await createJob(ctx, tx, {
      kind: 'backup',
      input: { destinationIds, ...(method ? { method } : {}) },
      sourceId: source.id,
      maxAttempts: commonOptionsSchema.parse(source.options).maxAttempts,
      exclusiveKey: source.id,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.start',
      subjectType: 'source',
      subjectId: source.id,
      detail: { jobId: row.id, destinationIds, ...(method ? { method } : {}) },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}
