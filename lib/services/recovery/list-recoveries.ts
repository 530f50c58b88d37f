import type { z } from 'zod'
import type { Page } from '@/lib/contracts/common'
import type { Recovery, recoveryFilterSchema } from '@/lib/contracts/recovery/recoveries'
import { toRecovery, withSource } from '@/lib/db/catalog/recovery'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '@/lib/services/context'
import { permit } from '@/lib/services/permit'

/** Recoveries, newest first. */
export async function listRecoveries(args: {
  ctx: ServiceContext
  input: z.infer<typeof recoveryFilterSchema>
}): Promise<Page<Recovery>> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const where = input.sourceId === undefined ? {} : { sourceId: input.sourceId }
  return keysetPage(input, toRecovery, (keyset) =>
    ctx.db.recovery.findMany({
      ...{ where, include: withSource },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      ...keyset,
    }),
  )
}
