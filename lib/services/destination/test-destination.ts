import type { ProbeReport, UpdateDestination } from '@/lib/contracts/destination'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { destinationSpec } from './destination-spec'
import { findDestination } from './find-destination'
import { mergeDestination } from './merge-destination'
import { probeStorage } from './probe-storage'

/**
 * Probes a stored destination and keeps the report. With a patch it probes the changed settings instead and keeps
 * nothing; that is an administrator's, since it chooses the place.
 */
export async function testDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch?: UpdateDestination; signal?: AbortSignal }
}): Promise<ProbeReport> {
  const patched = input.patch !== undefined && Object.keys(input.patch).length > 0
  permit(ctx.actor, patched ? 'admin' : 'operator')
  const stored = await findDestination(ctx.db, input.id)
  const row = patched && input.patch ? await mergeDestination(ctx, stored, input.patch) : stored
  const report = await probeStorage(ctx, await destinationSpec(ctx, row), input.signal)
  await ctx.db.$transaction(async (tx) => {
    await recordAudit(tx, ctx.actor, {
      action: 'destination.test',
      subjectType: 'destination',
      subjectId: row.id,
      detail: { ok: report.ok, code: report.error?.code ?? null, unsaved: patched },
    })
    if (patched) return
    // Unless the settings were changed while the test ran: it says nothing about the new ones.
    await tx.destination.updateMany({
      where: { id: row.id, updatedAt: stored.updatedAt },
      data: { probe: toJson(report), probedAt: ctx.clock.now() },
    })
    // It works again: copies that wait for their next try are made up for now.
    if (report.ok) {
      await tx.backupCopy.updateMany({
        where: { destinationId: row.id, state: { in: ['failed', 'missing', 'damaged'] }, retryAt: { not: null } },
        data: { retryAt: ctx.clock.now() },
      })
    }
  })
  return report
}
