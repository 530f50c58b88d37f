import { pageQuerySchema } from '@/lib/contracts/common'
import { jobFilterSchema } from '@/lib/contracts/job'
import { handle } from '@/lib/server/handle'
import { listJobs } from '@/lib/services/job/list-jobs'

export const GET = handle({ role: 'viewer', query: pageQuerySchema.extend(jobFilterSchema.shape) }, ({ ctx, query }) =>
  listJobs({ ctx, input: query }),
)
