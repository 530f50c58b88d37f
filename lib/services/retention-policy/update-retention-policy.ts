import {
  retentionRulesSchema,
  type RetentionPolicy,
  type RetentionRules,
  type UpdateRetentionPolicy,
} from '@/lib/contracts/retention'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isShorterPolicy } from '@/lib/core/retention/is-shorter-policy'
import { retentionPolicyInclude, toRetentionPolicy } from '@/lib/db/catalog/retention-policy'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readPreview } from '../retention/preview-retention'
import { sourcesOfPolicy } from '../retention/sources-of-policy'
import { startRetention } from '../retention/start-retention'
import { withUniqueName } from '../with-unique-name'
import { findRetentionPolicy } from './find-retention-policy'

/** A policy of a thousand sources is previewed before it is saved. */
const timeoutMs = 120_000

/**
 * Changes the name, or replaces the rules as a whole; the audit row keeps both. Rules that delete what is kept today
 * need the count that the preview showed (`preview-needed`), and are refused when it is another one by now
 * (`preview-changed`, fault 78). What goes by them waits for the grace time.
 */
export async function updateRetentionPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateRetentionPolicy }
}): Promise<RetentionPolicy> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const rules = patch.rules ? retentionRulesSchema.parse(patch.rules) : undefined
  const row = await withUniqueName('retention policy', patch.name, () =>
    ctx.db.$transaction(
      async (tx) => {
        const before = await findRetentionPolicy(tx, id)
        const previous = retentionRulesSchema.parse(before.rules)
        const shorter = rules !== undefined && isShorterPolicy(previous, rules)
        if (rules) await confirmDeletions(tx, { id, rules, expected: patch.expectedDeleteCount, now: ctx.clock.now() })
        if (shorter) {
          await guardChange(ctx, tx, {
            action: 'retention-policy.shorten',
            subjectType: 'retention-policy',
            subjectId: id,
            summary: `Shorten the retention policy "${before.name}"`,
            input: { rules },
          })
        }
        await recordAudit(tx, ctx.actor, {
          action: 'retention-policy.update',
          subjectType: 'retention-policy',
          subjectId: id,
          detail: {
            name: patch.name ?? before.name,
            ...(patch.name ? { previousName: before.name } : {}),
            ...(rules ? { from: previous, to: rules, shorter } : {}),
          },
        })
        return tx.retentionPolicy.update({
          where: { id },
          data: { name: patch.name, ...(rules ? { rules: toJson(rules) } : {}) },
          include: retentionPolicyInclude,
        })
      },
      { timeout: timeoutMs },
    ),
  )
  // Immediately, so that backups that now wait for their grace time are shown and reported now.
  if (rules) {
    const sources = await sourcesOfPolicy(ctx.db, id)
    await startRetention(
      ctx,
      sources.map((source) => source.id),
    )
  }
  return toRetentionPolicy(row)
}

async function confirmDeletions(
  tx: Tx,
  input: { id: string; rules: RetentionRules; expected: number | undefined; now: Date },
): Promise<void> {
  const { addedCount, deleteCount, deleteBytes } = await readPreview(tx, {
    policyId: input.id,
    rules: input.rules,
    now: input.now,
  })
  if (addedCount === 0) return
  const facts = { addedCount, deleteCount, deleteBytes }
  const told = `${addedCount} ${addedCount === 1 ? 'backup that is' : 'backups that are'} kept today`
  if (input.expected === undefined) {
    throw new HoldfastError('preview-needed', `These rules delete ${told}.`, {
      remedy: 'Look at the preview, then save with its count (expectedDeleteCount).',
      facts,
    })
  }
  if (input.expected === deleteCount) return
  throw new HoldfastError(
    'preview-changed',
    `The preview said that ${input.expected} would be deleted; by now it is ${deleteCount}.`,
    { remedy: 'Look at the new preview and save again.', facts },
  )
}
