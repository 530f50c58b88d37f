import { protectionSchema, type Protection } from '@/lib/contracts/recovery/protection'
import type { UpdateSource } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { mergeSource } from '../source/merge-source'
import { sourceSpec } from '../source/source-spec'
import { logCheckOf } from './log-method-of'
import { protectionOf } from './protection-of'

/** A check asks the server a few things; one that does not answer is an answer. */
export const checkTimeoutMs = 20_000

/**
 * The protection of a source with a patch over it, not stored. Before continuous protection is switched on, the server is asked
 * whether it has what that needs: throws `continuous-unready` with the findings, and `kind-unsupported` for engines without a log.
 */
export async function changedProtection(
  ctx: ServiceContext,
  stored: SourceModel,
  patch: UpdateSource,
): Promise<Protection> {
  const before = protectionOf(stored.protection)
  if (!patch.protection) return before
  const after = protectionSchema.parse({ ...before, ...patch.protection })
  if (!after.dumps && !after.continuous) {
    throw new HoldfastError('invalid-input', 'A source is protected by dumps, continuously, or both.', {
      remedy: 'Keep one of them. To take no backups for a while, switch its schedules off.',
    })
  }
  if (!after.continuous || (before.continuous && before.log === after.log)) return after
  const check = logCheckOf(ctx, stored, after.log)
  const spec = await sourceSpec(ctx, await mergeSource(ctx, stored, patch))
  const { ready, findings } = await check(spec, briefRun(ctx, checkTimeoutMs))
  if (ready) return after
  const errors = findings.filter(({ severity }) => severity === 'error')
  throw new HoldfastError('continuous-unready', errors.map(({ message }) => message).join(' '), {
    remedy: errors.flatMap(({ remedy, sql }) => [remedy, sql].filter((text) => text !== undefined)).join('\n'),
    facts: { findings },
  })
}
