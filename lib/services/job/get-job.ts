import type { Job } from '@/lib/contracts/job'
import { toJob } from '@/lib/db/catalog/job'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** One job; throws `not-found`. */
export async function getJob(args: { ctx: ServiceContext; input: { id: string } }): Promise<Job> {
  permit(args.ctx.actor, 'viewer')
  return toJob(found(await args.ctx.db.job.findUnique({ where: { id: args.input.id } }), 'job'))
}
