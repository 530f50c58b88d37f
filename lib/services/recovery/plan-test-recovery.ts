import { randomInt } from 'node:crypto'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { planRecovery, type RecoveryPlan, type RecoveryTarget } from '@/lib/core/recovery/plan-recovery'
import type { RecoveryWindow } from '@/lib/core/recovery/windows'
import { windowsOf } from '@/lib/core/recovery/windows'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { openLogReader } from '@/lib/services/log/open-log-reader'
import { baseOf, readStoredLog } from './read-stored-log'

/** In one test of so many the latest state is recovered, in the others a point of any moment. */
const latestOnceIn = 4

/**
 * What a restore test of this backup replays: the log up to a point chosen at random in the window that it opens. Null for backups that
 * stand alone. Throws `log-gap` when the log that the backup itself needs is no longer stored.
 */
export async function planTestRecovery(
  ctx: ServiceContext,
  manifest: Manifest,
): Promise<{ plan: RecoveryPlan; log: ReturnType<typeof openLogReader> } | null> {
  const { range, source } = manifest
  if (!range) return null
  const method = logMethodOf(ctx, source)
  const base = baseOf(method, manifest)
  const of = { sourceId: source.id, identity: range.identity }
  const stored = await readStoredLog(ctx.db, method, of)
  const log = { ...stored, bases: base ? [base] : [] }
  const window = windowsOf(log).windows.find(({ timeline }) => timeline === range.timeline)
  const planned = window && planRecovery({ ...log, target: { ...chooseTarget(window), timeline: window.timeline } })
  if (planned && 'plan' in planned) return { plan: planned.plan, log: openLogReader(ctx, of) }
  throw new HoldfastError('log-gap', 'Some of the log that this base backup needs is not stored any more.', {
    facts: { ...range },
  })
}

function chooseTarget({ from, to }: RecoveryWindow): RecoveryTarget {
  if (randomInt(latestOnceIn) === 0) return { type: 'latest' }
  const span = to - from
  // Random numbers reach to 2^48.
  const step = span / 2n ** 48n + 1n
  return { type: 'lsn', lsn: from + BigInt(randomInt(Number(span / step) + 1)) * step }
}
