import type { Tx } from '@/lib/db/client'
import type { Prisma } from '@/lib/db/generated/client'
import type { AuditEventModel } from '@/lib/db/generated/models/AuditEvent'

const pageSize = 1_000

/** The log in the order of its numbers, a page at a time: memory stays flat however long it is. */
export async function* readAuditPages(
  tx: Tx,
  where: Prisma.AuditEventWhereInput,
  signal?: AbortSignal,
): AsyncGenerator<AuditEventModel[], void, void> {
  let after = -1n
  for (;;) {
    signal?.throwIfAborted()
    const rows = await tx.auditEvent.findMany({
      where: { AND: [where, { id: { gt: after } }] },
      orderBy: { id: 'asc' },
      take: pageSize,
    })
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < pageSize) return
    after = last.id
  }
}
