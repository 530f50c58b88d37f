import type { z } from 'zod'
import type { Alert, alertFilterSchema } from '@/lib/contracts/alerting/alert'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { toAlert } from '@/lib/db/catalog/alert'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Incidents, newest first, with who was notified of each. */
export async function listAlerts({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: z.infer<typeof alertFilterSchema> & PageQuery
}): Promise<Page<Alert>> {
  permit(ctx.actor, 'viewer')
  const { open } = input
  return keysetPage(input, toAlert, (page) =>
    ctx.db.alert.findMany({
      where: {
        sourceId: input.sourceId,
        event: input.event,
        ...(open === undefined ? {} : { resolvedAt: open ? null : { not: null } }),
      },
      include: { deliveries: { orderBy: { createdAt: 'asc' } } },
      orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
      ...page,
    }),
  )
}
