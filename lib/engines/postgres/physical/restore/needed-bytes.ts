import type { Manifest } from '@/lib/contracts/repository/manifest'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'

const gib = 1024 ** 3
/** The server keeps this much of the log that it has replayed, and a fifth more of it while it writes a checkpoint. */
const keptLogBytes = 5 * gib
const floorBytes = 300 * 1024 ** 2

/**
 * What a recovery takes on the disk: the base, the log that is kept meanwhile, and what the log may add to the data. Of a chain, the full
 * one first, all members lie there beside what they are combined to.
 */
export function neededBytes(chain: readonly Pick<Manifest, 'parts'>[], { path }: Pick<RecoveryPlan, 'path'>): number {
  const chainBytes = chain.flatMap(({ parts }) => parts).reduce((sum, { sourceBytes }) => sum + sourceBytes, 0)
  const baseBytes = chain.length > 1 ? 2 * chainBytes : chainBytes
  const end = (path.at(-1) ?? path[0]).to
  const logBytes = Number(end - path[0].from)
  // Most of a long log changes the same rows again.
  const addedBytes = Math.min(logBytes, Math.max(gib, chainBytes / 2))
  return Math.round(baseBytes + Math.min(logBytes, keptLogBytes) + addedBytes + floorBytes)
}
