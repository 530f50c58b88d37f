import { randomUUID } from 'node:crypto'
import type { CreateDestination, ProbeReport } from '@/lib/contracts/destination'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { refuseDestinationAddress } from './destination-config'
import { probeStorage } from './probe-storage'

/** Probes a destination that is not stored yet. Throws `address-refused`. */
export async function testNewDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateDestination & { signal?: AbortSignal }
}): Promise<ProbeReport> {
  permit(ctx.actor, 'admin')
  const { settings: config, secrets } = splitSecrets(destinationContracts[input.kind].secrets, input.config)
  await refuseDestinationAddress(input.kind, config)
  const spec = { id: randomUUID(), name: input.name, kind: input.kind, config, secrets }
  const report = await probeStorage(ctx, spec, input.signal)
  await recordAudit(ctx.db, ctx.actor, {
    action: 'destination.test',
    subjectType: 'destination',
    detail: { name: input.name, kind: input.kind, ok: report.ok, unsaved: true },
  })
  return report
}
