import { randomUUID } from 'node:crypto'
import type { CreateSource, Inspection } from '@/lib/contracts/source'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { refuseSourceAddress } from './refuse-source-address'
import { inspectTimeoutMs } from './test-source'

/** Tests the connection of a source that is not stored yet. */
export async function testNewSource({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateSource & { signal?: AbortSignal }
}): Promise<Inspection> {
  permit(ctx.actor, 'admin')
  await refuseSourceAddress(input.connection, input.options)
  const { password, ...connection } = input.connection
  const spec = {
    id: randomUUID(),
    name: input.name,
    engine: input.engine,
    connection,
    secret: password || null,
    options: input.options,
  }
  const inspection = await ctx.engine(input.engine).inspect(spec, briefRun(ctx, inspectTimeoutMs, input.signal))
  await recordAudit(ctx.db, ctx.actor, {
    action: 'source.test',
    subjectType: 'source',
    detail: { host: connection.host, database: connection.database, ok: inspection.ok, unsaved: true },
  })
  return inspection
}
