import type { Check } from '@/lib/contracts/backup'
import { formatLsn, type Lsn } from '@/lib/core/log/lsn'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { Reached } from '@/lib/engines/postgres/recovery/judge-reached'

interface Point {
  timeline: string
  position: Lsn | null
  time: Date | null
  xid?: string | null
}

/** A point for the evidence. */
export function tellReached({ timeline, position, time, xid }: Point): Record<string, unknown> {
  return {
    timeline,
    position: position === null ? null : formatLsn(position),
    time: time?.toISOString() ?? null,
    ...(xid === undefined ? {} : { xid }),
  }
}

/** A server is given out only when it is where the plan promised; both are shown, so that people can compare them. */
export function targetReached(plan: RecoveryPlan, reached: Reached): Check {
  const { reaches, timeline } = plan
  const { recovery_target_xid: xid = null, recovery_target_name: name } = plan.settings
  const target = name === undefined ? reaches.as : `${reaches.as} ${name}`
  return {
    ...{ name: 'target-reached', verdict: 'passed' },
    expected: `${target}: ${inWords({ timeline, ...reaches, xid })}`,
    actual: inWords(reached),
    ...(reaches.because === undefined ? {} : { detail: reaches.because }),
  }
}

function inWords({ timeline, position, time, xid }: Point): string {
  return [
    position !== null && formatLsn(position),
    time !== null && time.toISOString(),
    xid && `transaction ${xid}`,
    `timeline ${timeline}`,
  ]
    .filter(Boolean)
    .join(', ')
}
