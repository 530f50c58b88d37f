import { exposedPaths } from '@/lib/core/secrets/exposed-secret'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { redactAction } from '../audit/redactions'
import { suspect } from './exposed-records'

/** Events of the audit log that hold one, in the order of their numbers, with where they hold it. */
export async function exposedAuditEvents(tx: Tx): Promise<{ id: bigint; fields: string[] }[]> {
  const rows = await tx.$queryRaw<{ id: bigint; actor: unknown; detail: unknown }[]>(Prisma.sql`
    SELECT id, actor, detail FROM audit_event
    WHERE action <> ${redactAction} AND (detail::text ~* ${suspect} OR actor::text ~* ${suspect}) ORDER BY id`)
  return rows.flatMap(({ id, actor, detail }) => {
    const fields = exposedPaths({ actor, detail })
    return fields.length === 0 ? [] : [{ id, fields }]
  })
}
