import { queryOptions } from '@tanstack/react-query'
import type { RestoreTest } from '@/lib/contracts/backup'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'
import { busyMs, calmMs } from './client'

const everyMs = (tests: readonly RestoreTest[] | undefined) =>
  tests?.some((test) => test.finishedAt === null) ? busyMs : calmMs

export const restoreTestsQuery = (
  filter: { backupId?: string; sourceId?: string; limit?: number; cursor?: string } = {},
) =>
  queryOptions({
    queryKey: ['restore-tests', 'list', filter],
    queryFn: ({ signal }) => api<Page<RestoreTest>>(`/admin/restore-tests${search(filter)}`, { signal }),
    refetchInterval: (query) => everyMs(query.state.data?.items),
  })

export const restoreTestQuery = (id: string) =>
  queryOptions({
    queryKey: ['restore-tests', 'one', id],
    queryFn: ({ signal }) => api<RestoreTest>(`/admin/restore-tests/${id}`, { signal }),
    refetchInterval: (query) => everyMs(query.state.data ? [query.state.data] : []),
  })
