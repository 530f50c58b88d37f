import type { ReactNode } from 'react'
import { dehydrate, HydrationBoundary, QueryClient, type dataTagSymbol, type QueryKey } from '@tanstack/react-query'
import type { Actor } from '@/lib/contracts/common'
import { serviceContext } from '@/lib/server/container'
import type { ServiceContext } from '@/lib/services/context'

/** What the browser would ask for first, and the service that answers it here. */
export interface Seed {
  query: { queryKey: QueryKey }
  read: (ctx: ServiceContext) => Promise<unknown>
}

/** Ties a query of the browser to the service behind its route: the compiler holds their types together. */
export function seed<T>(
  query: { queryKey: QueryKey & { [dataTagSymbol]: T } },
  read: (ctx: ServiceContext) => Promise<T> | T,
): Seed {
  return { query, read: async (ctx) => read(ctx) }
}

interface PrefetchedProps {
  actor: Actor
  seeds: readonly Seed[]
  children: ReactNode
}

/**
 * The page with its data: what the browser would ask for after it was painted is read by the same services, as the same
 * person, and comes with it. What cannot be read is left out; the browser then asks, and shows the problem.
 */
export async function Prefetched({ actor, seeds, children }: PrefetchedProps) {
  const client = new QueryClient()
  const ctx = await serviceContext(actor)
  await Promise.all(
    seeds.map(({ query: { queryKey }, read }) =>
      client.prefetchQuery({ queryKey, queryFn: () => read(ctx), retry: false }),
    ),
  )
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>
}
