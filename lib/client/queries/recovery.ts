import { queryOptions } from '@tanstack/react-query'
import type { LogWay } from '@/lib/contracts/recovery/protection'
import type { ContinuousCheck, RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Page } from '@/lib/contracts/common'
import type { AskedPoint, Recovery, RecoveryCheck } from '@/lib/contracts/recovery/recoveries'
import { api, search } from '@/lib/client/api'
import { isUnderWay } from '@/lib/client/words/recovery-words'
import { busyMs, calmMs } from './client'

/** What a source can be recovered to; of sources whose log can be followed. */
export const windowsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['sources', 'windows', sourceId],
    queryFn: ({ signal }) => api<RecoveryWindows>(`/admin/sources/${sourceId}/windows`, { signal }),
    refetchInterval: (query) => (query.state.data?.streaming ? busyMs : calmMs),
  })

/** The server is asked once, and again when somebody wants it: each time stands in the audit log. */
export const continuousCheckQuery = (sourceId: string, log: LogWay) =>
  queryOptions({
    queryKey: ['continuous-check', sourceId, log],
    queryFn: ({ signal }) =>
      api<ContinuousCheck>(`/admin/sources/${sourceId}/check-continuous?log=${log}`, {
        method: 'POST',
        body: {},
        signal,
      }),
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  })

/** Whether a point can be reached and how; null: none is chosen yet. What is stored grows, so it is asked again now and then. */
export const recoveryCheckQuery = (point: AskedPoint | null) =>
  queryOptions({
    queryKey: ['recovery-check', point],
    queryFn: ({ signal }) => api<RecoveryCheck>('/admin/recoveries/check', { method: 'POST', body: point, signal }),
    enabled: point !== null,
    refetchInterval: calmMs,
  })

export const recoveriesQuery = (filter: { limit?: number; cursor?: string | undefined } = {}) =>
  queryOptions({
    queryKey: ['recoveries', filter],
    queryFn: ({ signal }) => api<Page<Recovery>>(`/admin/recoveries${search(filter)}`, { signal }),
    refetchInterval: (query) => (query.state.data?.items.some(({ state }) => isUnderWay(state)) ? busyMs : calmMs),
  })

const soonMs = 2_000

export const recoveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['recoveries', 'one', id],
    queryFn: ({ signal }) => api<Recovery>(`/admin/recoveries/${id}`, { signal }),
    refetchInterval: (query) => {
      const state = query.state.data?.state
      if (state && isUnderWay(state)) return soonMs
      return state === 'ready' ? busyMs : calmMs
    },
  })
