'use client'

import { useQuery } from '@tanstack/react-query'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import type { TimingValues } from './timing-values'

/** The values with what nobody has chosen yet filled in: the usual retention, and the only destination. */
export function useCompleteTiming(values: TimingValues): TimingValues {
  const destinations = useQuery(destinationsQuery())
  const policies = useQuery(retentionPoliciesQuery())
  const usual = policies.data?.items.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0]
  const only = destinations.data?.items.length === 1 ? destinations.data.items[0] : undefined
  return {
    ...values,
    // Keeping everything is a choice.
    retentionPolicyId: values.retentionPolicyId === undefined ? (usual?.id ?? null) : values.retentionPolicyId,
    destinationIds: values.destinationIds.length === 0 && only ? [only.id] : values.destinationIds,
  }
}
