import type { Recipient } from '@/lib/contracts/repository/manifest'
import { opensForAll, recipientName } from '@/lib/core/repository/opened-by'
import type { Prisma } from '@/lib/db/generated/client'

/** Stored copies that one of these keys does not open. */
export function unwrappedWhere(recipients: readonly Recipient[]): Prisma.BackupCopyWhereInput {
  return {
    state: 'stored',
    destination: { deletedAt: null },
    backup: { deletedAt: null, sample: false, status: { in: ['succeeded', 'partial'] } },
    NOT: { OR: [{ wrappedFor: { has: opensForAll } }, { wrappedFor: { hasEvery: recipients.map(recipientName) } }] },
  }
}
