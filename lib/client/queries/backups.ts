import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Backup, BackupDetail } from '@/lib/contracts/backup'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'
import { isActive } from '@/lib/client/words/words'
import { busyMs, calmMs } from './client'

export type BackupSearch = Partial<
  Record<'sourceId' | 'status' | 'verified' | 'destinationId' | 'from' | 'to' | 'sort' | 'cursor', string>
> & { limit?: number }

export const backupsQuery = (filter: BackupSearch) =>
  queryOptions({
    queryKey: ['backups', 'list', filter],
    queryFn: ({ signal }) => api<Page<Backup>>(`/admin/backups${search(filter)}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some((backup) => isActive(backup.status)) ? busyMs : calmMs),
  })

export const backupQuery = (id: string) =>
  queryOptions({
    queryKey: ['backups', 'one', id],
    queryFn: ({ signal }) => api<BackupDetail>(`/admin/backups/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isActive(query.state.data.status) ? busyMs : calmMs),
  })
