import { queryOptions } from '@tanstack/react-query'
import type { Status, StatusQuery } from '@/lib/contracts/status'
import { api, search } from '@/lib/client/api'
import { busyMs, calmMs } from './client'

const trendMs = 60_000

const getStatus = ({ limit, sourceId, trend }: StatusQuery, signal: AbortSignal) =>
  api<Status>(`/admin/backups/status${search({ limit, sourceId, trend })}`, { signal })

/**
 * All but the trend, which moves slowly and costs a third of it. Without a limit every source is there, which is much to
 * send when there are thousands.
 */
export const statusQuery = (input: Omit<StatusQuery, 'trend'> = {}) =>
  queryOptions({
    queryKey: ['status', input],
    queryFn: ({ signal }) => getStatus({ ...input, trend: '0' }, signal),
    refetchInterval: (query) => ((query.state.data?.running.length ?? 0) > 0 ? busyMs : calmMs),
  })

/** The last 30 days, day by day. */
export const trendQuery = queryOptions({
  queryKey: ['status', 'trend'],
  queryFn: async ({ signal }) => (await getStatus({ limit: 1 }, signal)).trend,
  refetchInterval: trendMs,
})

/** The overview: the worst come first; all of them are in the list of sources. */
export const overviewQuery = () => statusQuery({ limit: mostOverviewSources })
export const mostOverviewSources = 50
