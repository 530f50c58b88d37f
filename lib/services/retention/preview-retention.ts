import type { RetentionRules } from '@/lib/contracts/retention'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { planSourceRetention } from './plan-source-retention'

export interface RetentionPreview {
  keepCount: number
  deleteCount: number
  deleteBytes: number
  backups: { id: string; startedAt: string; storedBytes: number; keep: boolean; reasons: string[] }[]
}

/** What these rules would keep and delete of a source today, with the reasons; nothing is changed. */
export async function previewRetention(args: {
  ctx: ServiceContext
  input: { sourceId: string; rules: RetentionRules }
}): Promise<RetentionPreview> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const plan = await planSourceRetention(ctx.db, { ...input, now: ctx.clock.now() })
  const doomed = plan.filter((decision) => !decision.keep)
  return {
    keepCount: plan.length - doomed.length,
    deleteCount: doomed.length,
    deleteBytes: doomed.reduce((sum, decision) => sum + decision.storedBytes, 0),
    backups: plan.map(({ startedAt, ...decision }) => ({ ...decision, startedAt: startedAt.toISOString() })),
  }
}
