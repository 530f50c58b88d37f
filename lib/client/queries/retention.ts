import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { BackupRetention, PreviewRetention, RetentionPolicy, RetentionPreview } from '@/lib/contracts/retention'
import { api } from '@/lib/client/api'

export const retentionPolicyQuery = (id: string) =>
  queryOptions({
    queryKey: ['retention-policies', 'one', id],
    queryFn: ({ signal }) => api<RetentionPolicy>(`/admin/retention-policies/${id}`, { signal }),
  })

/** What rules that are being typed would delete today; null where they are not complete. */
export const retentionPreviewQuery = (input: PreviewRetention | null) =>
  queryOptions({
    queryKey: ['retention-preview', input],
    queryFn: ({ signal }) =>
      api<RetentionPreview>('/admin/retention-policies/preview', { method: 'POST', body: input, signal }),
    enabled: input !== null,
    retry: false,
    refetchInterval: false,
    placeholderData: keepPreviousData,
  })

/** Why a backup is kept, or why it goes. */
export const backupRetentionQuery = (id: string) =>
  queryOptions({
    queryKey: ['backups', 'retention', id],
    queryFn: ({ signal }) => api<BackupRetention>(`/admin/backups/${id}/retention`, { signal }),
  })
