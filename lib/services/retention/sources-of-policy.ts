import type { Tx } from '@/lib/db/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'

/** The ids of sources with copies in a destination. */
export async function sourcesHeldIn(tx: Tx, destinationId: string): Promise<string[]> {
  const rows = await tx.backup.findMany({
    where: { deletedAt: null, copies: { some: { destinationId, state: { in: ['stored', 'damaged'] } } } },
    distinct: ['sourceId'],
    select: { sourceId: true },
  })
  return rows.map((row) => row.sourceId)
}

/** The sources a policy decides on: by a backup schedule, or by a copy in a destination that goes by it. */
export async function sourcesOfPolicy(tx: Tx, policyId: string): Promise<SourceModel[]> {
  return tx.source.findMany({
    where: {
      deletedAt: null,
      OR: [
        { schedules: { some: { action: 'backup', deletedAt: null, retentionPolicyId: policyId } } },
        {
          backups: {
            some: {
              deletedAt: null,
              copies: {
                some: {
                  state: { in: ['stored', 'damaged'] },
                  destination: { deletedAt: null, retentionPolicyId: policyId },
                },
              },
            },
          },
        },
      ],
    },
    orderBy: { name: 'asc' },
  })
}
