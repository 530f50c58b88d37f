import type { ExposedSecrets } from '@/lib/contracts/exposed-secrets'
import { exposedPaths } from '@/lib/core/secrets/exposed-secret'
import type { Tx } from '@/lib/db/client'
import type { Prisma } from '@/lib/db/generated/client'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { exposedAuditEvents } from './exposed-audit-events'
import { exposedRecords } from './exposed-records'

const mostShown = 100

/**
 * Where passwords are stored in readable form: in settings, in the audit log, in what else was kept. Answers places, never
 * contents.
 */
export async function findExposedSecrets({ ctx }: { ctx: ServiceContext }): Promise<ExposedSecrets> {
  permit(ctx.actor, 'admin')
  const events = await exposedAuditEvents(ctx.db)
  let recordCount = 0
  for await (const _found of exposedRecords(ctx.db)) recordCount += 1
  return {
    settings: await exposedSettings(ctx.db),
    auditEvents: events.slice(-mostShown).map(({ id }) => id.toString()),
    auditCount: events.length,
    recordCount,
  }
}

async function exposedSettings(tx: Tx): Promise<ExposedSecrets['settings']> {
  const where = { deletedAt: null }
  const [sources, destinations, channels] = await Promise.all([
    tx.source.findMany({ where, select: { id: true, name: true, connection: true, options: true } }),
    tx.destination.findMany({ where, select: { id: true, name: true, config: true } }),
    tx.channel.findMany({ where, select: { id: true, name: true, config: true } }),
  ])
  const of = (subjectType: 'source' | 'destination' | 'channel', { id, ...shown }: { id: string; name: string }) => {
    const fields = exposedPaths(shown)
    // A name may hold a secret itself, so it is not shown here.
    const name = fields.includes('name') ? `${subjectType} ${id.slice(0, 8)}` : shown.name
    return fields.length === 0 ? [] : [{ subjectType, subjectId: id, name, fields }]
  }
  return [
    ...sources.flatMap(({ options, ...row }) => of('source', { ...row, ...replicaOf(options) })),
    ...destinations.flatMap((row) => of('destination', row)),
    ...channels.flatMap((row) => of('channel', row)),
  ]
}

/** Of a source's options only the replica is a place; SQL of its assertions may rightly look like anything. */
const replicaOf = (options: Prisma.JsonValue) =>
  typeof options === 'object' && options !== null && 'replica' in options ? { replica: options['replica'] } : {}
