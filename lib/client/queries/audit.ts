import { queryOptions } from '@tanstack/react-query'
import type { AuditEvent } from '@/lib/contracts/audit'
import type { ExposedSecrets } from '@/lib/contracts/exposed-secrets'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'

/** What the audit screen filters by, as the API takes it. */
export interface AuditSearch {
  action?: string | undefined
  actorType?: string | undefined
  actor?: string | undefined
  subjectType?: string | undefined
  subjectId?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const auditQuery = (filter: AuditSearch & { cursor?: string | undefined }) =>
  queryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ signal }) => api<Page<AuditEvent>>(`/admin/audit${search({ limit: 50, ...filter })}`, { signal }),
  })

/** Where passwords stand readable that were pasted with a connection. */
export const exposedSecretsQuery = queryOptions({
  queryKey: ['exposed-secrets'],
  queryFn: ({ signal }) => api<ExposedSecrets>('/admin/audit/exposed-secrets', { signal }),
})
