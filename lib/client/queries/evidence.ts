import { queryOptions } from '@tanstack/react-query'
import type { EvidenceKey, SignedEvidence } from '@/lib/contracts/evidence'
import { api } from '@/lib/client/api'

/** Signed once, so it never changes. */
export const evidenceQuery = (id: string) =>
  queryOptions({
    queryKey: ['restore-tests', 'evidence', id],
    queryFn: ({ signal }) => api<SignedEvidence>(`/admin/restore-tests/${id}/evidence`, { signal }),
    staleTime: Infinity,
    retry: false,
  })

export const evidenceKeyQuery = () =>
  queryOptions({
    queryKey: ['evidence-key'],
    queryFn: ({ signal }) => api<EvidenceKey>('/admin/evidence-key', { signal }),
    staleTime: Infinity,
  })
