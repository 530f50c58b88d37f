import type { ShownPlan } from '@/lib/contracts/recovery/recoveries'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { LogMethod } from '@/lib/ports/log-method'

/** A plan as people see it. */
export function showPlan(method: LogMethod, { base, timeline, path, reaches }: RecoveryPlan): ShownPlan {
  const end = (path.at(-1) ?? path[0]).to
  const target = reaches.position !== null && reaches.position < end ? reaches.position : end
  return {
    backupId: base.backupId,
    timeline,
    as: reaches.as,
    // Of a restore point it is known where its record is, not where the server will stand behind it.
    position: reaches.position === null || reaches.as === 'name' ? null : method.position(reaches.position),
    time: reaches.time?.toISOString() ?? null,
    because: reaches.because ?? null,
    logBytes: Number(target - path[0].from),
  }
}
