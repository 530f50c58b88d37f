import type { Metadata } from 'next'
import { SourceScreen } from '@/components/sources/source-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { backupsSeed, restoreGrantsSeed, schedulesSeed, sourceSeed, statusSeed, windowsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Source' }

export default async function Page({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Search>
}) {
  const actor = await requireActor()
  const { id } = await params
  const get = readSearch(await searchParams)
  return (
    <Prefetched
      actor={actor}
      seeds={[
        sourceSeed(id),
        statusSeed({ sourceId: id }),
        schedulesSeed,
        backupsSeed(get, id),
        restoreGrantsSeed(id),
        windowsSeed(id),
      ]}
    >
      <SourceScreen id={id} />
    </Prefetched>
  )
}
