import type { Prisma } from '@/lib/db/generated/client'

/** A backup that can be restored as far as is known: finished, stored somewhere, not found broken, not deleted. */
export const goodBackupWhere = {
  status: { in: ['succeeded', 'partial'] },
  verified: { not: 'broken' },
  deletedAt: null,
  copies: { some: { state: 'stored' } },
} as const satisfies Prisma.BackupWhereInput
