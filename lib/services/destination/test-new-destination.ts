import { randomUUID } from 'node:crypto'
import type { CreateDestination, ProbeReport } from '@/lib/contracts/destination'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { refuseMetadataUrl } from '../refuse-metadata-address'
import { destinationSecretField } from './destination-config'
import { probeStorage } from './probe-storage'
import { splitSecret } from '../split-secret'

/** Probes a destination that is not stored yet. Throws `address-refused`. */
export async function testNewDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateDestination & { signal?: AbortSignal }
}): Promise<ProbeReport> {
  permit(ctx.actor, 'admin')
  const { config, secret } = splitSecret(input.config, destinationSecretField)
  await refuseMetadataUrl(config['endpoint'], 'config.endpoint')
  const spec = { id: randomUUID(), name: input.name, kind: input.kind, config, secret: secret || null }
  const report = await probeStorage(ctx, spec, input.signal)
  await recordAudit(ctx.db, ctx.actor, {
    action: 'destination.test',
    subjectType: 'destination',
    detail: { name: input.name, kind: input.kind, ok: report.ok, unsaved: true },
  })
  return report
}
