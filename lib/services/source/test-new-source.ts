import { randomUUID } from 'node:crypto'
import { engineContract } from '@/lib/contracts/engines/index'
import type { CreateSource, Inspection } from '@/lib/contracts/source'
import { splitSecrets } from '@/lib/contracts/stored-secret'
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
  const contract = engineContract(input.engine)
  await refuseSourceAddress(input.engine, input)
  const { settings: connection, secrets } = splitSecrets(contract.secrets, input.connection)
  const spec = {
    id: randomUUID(),
    name: input.name,
    engine: input.engine,
    connection,
    secrets,
    options: input.options,
  }
  const inspection = await ctx.engine(input.engine).inspect(spec, briefRun(ctx, inspectTimeoutMs, input.signal))
  await recordAudit(ctx.db, ctx.actor, {
    action: 'source.test',
    subjectType: 'source',
    detail: { place: contract.place(connection), ok: inspection.ok, unsaved: true },
  })
  return inspection
}
