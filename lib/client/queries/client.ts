import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/lib/client/api'

/** How often what is shown is asked for again: while work is under way, and at rest. */
export const busyMs = 5_000
export const calmMs = 30_000

/** One cache per browser tab. What the server refuses is not asked again; what did not answer is. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        refetchInterval: calmMs,
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500),
      },
      mutations: { retry: false },
    },
  })
}
