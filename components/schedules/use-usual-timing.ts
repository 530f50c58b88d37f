'use client'

import { useQuery } from '@tanstack/react-query'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import type { UsualTiming } from './timing-values'

/** What a new schedule begins with where nobody has chosen: the oldest retention policy and the only destination. Null: not known yet. */
export function useUsualTiming(): UsualTiming | null {
  const destinations = useQuery(destinationsQuery())
  const policies = useQuery(retentionPoliciesQuery())
  if (destinations.isPending || policies.isPending) return null
  const usual = policies.data?.items.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0]
  const only = destinations.data?.items.length === 1 ? destinations.data.items[0] : undefined
  return { retentionPolicyId: usual?.id ?? null, destinationIds: only ? [only.id] : [] }
}
