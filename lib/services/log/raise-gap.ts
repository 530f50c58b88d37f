import type { Tx } from '@/lib/db/client'
import { raiseIncident } from '../incident/raise-incident'

/** Reports that a stored log ends, and why. It ends once a new window is open. */
export function raiseGap(
  tx: Tx,
  of: { sourceId: string; name: string; identity: string; timeline: string | null; because: string },
  now: Date,
): Promise<void> {
  const { sourceId, name, identity, timeline, because } = of
  return raiseIncident(
    tx,
    {
      event: 'log-gap',
      severity: 'critical',
      subjectId: sourceId,
      sourceId,
      title: `The log of ${name} has a gap`,
      body: `${because} Until then every point can be recovered to. A new base backup starts by itself and begins a new window.`,
      facts: { identity, timeline },
    },
    now,
  )
}
