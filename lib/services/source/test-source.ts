import type { Inspection, UpdateSource } from '@/lib/contracts/source'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from './find-source'
import { mergeSettings, mergeSource } from './merge-source'
import { noteCatalog } from './note-catalog'
import { refuseSourceAddress } from './refuse-source-address'
import { sourceSpec } from './source-spec'

export const inspectTimeoutMs = 20_000

/**
 * Tests a stored source's connection and keeps the result. With a patch it tests the changed settings instead (the
 * stored password unless another is given) and keeps nothing; that is an administrator's, since it chooses the host.
 */
export async function testSource({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch?: UpdateSource; signal?: AbortSignal }
}): Promise<Inspection> {
  const patched = input.patch !== undefined && Object.keys(input.patch).length > 0
  permit(ctx.actor, patched ? 'admin' : 'operator')
  const stored = await findSource(ctx.db, input.id)
  if (input.patch) await refuseSourceAddress(stored.engine, mergeSettings(stored, input.patch), stored)
  const row = patched && input.patch ? await mergeSource(ctx, stored, input.patch) : stored
  const spec = await sourceSpec(ctx, row)
  const inspection = await ctx.engine(row.engine).inspect(spec, briefRun(ctx, inspectTimeoutMs, input.signal))
  await ctx.db.$transaction(async (tx) => {
    await recordAudit(tx, ctx.actor, {
      action: 'source.test',
      subjectType: 'source',
      subjectId: row.id,
      detail: { ok: inspection.ok, code: inspection.error?.code ?? null, unsaved: patched },
    })
    if (patched) return
    await noteCatalog(tx, row.id, inspection.holdfastInstance)
    // Unless the settings were changed while the test ran: it says nothing about the new ones.
    await tx.source.updateMany({
      where: { id: row.id, updatedAt: stored.updatedAt },
      data: { inspection: toJson(inspection), inspectedAt: ctx.clock.now() },
    })
  })
  return inspection
}
