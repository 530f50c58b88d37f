import { queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { Destination, UnknownObjects } from '@/lib/contracts/destination'
import { api } from '@/lib/client/api'
import { calmMs } from './client'

export const destinationsQuery = () =>
  queryOptions({
    queryKey: ['destinations', 'list'],
    queryFn: ({ signal }) => api<Page<Destination>>('/admin/destinations?limit=200', { signal }),
  })

export const destinationQuery = (id: string) =>
  queryOptions({
    queryKey: ['destinations', 'one', id],
    queryFn: ({ signal }) => api<Destination>(`/admin/destinations/${id}`, { signal }),
  })

/** What is found of a destination while its form is open: asked again by itself, apart from what is being typed. */
export const destinationCareQuery = (id: string) =>
  queryOptions({
    queryKey: ['destinations', 'care', id],
    queryFn: ({ signal }) => api<Destination>(`/admin/destinations/${id}`, { signal }),
    refetchInterval: calmMs,
  })

export const unknownObjectsQuery = (id: string) =>
  queryOptions({
    queryKey: ['destinations', 'unknown', id],
    queryFn: ({ signal }) => api<UnknownObjects>(`/admin/destinations/${id}/unknown-objects`, { signal }),
    refetchInterval: calmMs,
  })
