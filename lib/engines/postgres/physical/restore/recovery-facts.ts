import type { RecoveryFacts } from '@/lib/engines/postgres/recovery/facts'
import type { BaseFacts } from '@/lib/engines/postgres/physical/base-facts'

/** What a recovery needs of what the base backup recorded. */
export function recoveryFacts(facts: BaseFacts): RecoveryFacts {
  const { serverMajor, systemIdentifier, walSegmentBytes, settings, preload, role } = facts
  const numbers = Object.entries(settings).flatMap(([name, value]) =>
    /^\d+$/.test(value) ? [[name, Number(value)] as const] : [],
  )
  return {
    ...{ serverMajor, identity: systemIdentifier, segmentBytes: walSegmentBytes },
    ...{ settings: Object.fromEntries(numbers), preload: preload ?? [], user: role },
  }
}
