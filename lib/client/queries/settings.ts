import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { settingsSchema } from '@/lib/contracts/settings'
import { api } from '@/lib/client/api'

export type Settings = z.infer<typeof settingsSchema>

export const settingsQuery = () =>
  queryOptions({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api<Settings>('/admin/settings', { signal }),
  })
