import type { z } from 'zod'
import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Job, jobFilterSchema } from '@/lib/contracts/job'
import { toJob } from '@/lib/db/catalog/job'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Jobs, newest first. */
export async function listJobs(args: {
  ctx: ServiceContext
  input: z.infer<typeof jobFilterSchema> & PageQuery
}): Promise<Page<Job>> {
  permit(args.ctx.actor, 'viewer')
  const { limit, cursor, ...filter } = args.input
  return keysetPage({ limit, cursor }, toJob, (page) =>
    args.ctx.db.job.findMany({
      where: { ...filter },
      omit: { log: true },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      ...page,
    }),
  )
}
