'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { sourceQuery } from '@/lib/client/queries/sources'
import { SourceForm } from './source-form'

export function EditSourceScreen({ id }: { id: string }) {
  const router = useRouter()
  // What is being typed must not be overtaken by what is stored.
  const { data: source, error } = useQuery({ ...sourceQuery(id), refetchInterval: false, staleTime: Infinity })
  return (
    <>
      <PageHeader
        title={source ? `Change ${source.name}` : 'Change a source'}
        back={{ href: `/admin/sources/${id}`, label: source?.name ?? 'Source' }}
      />
      {error && !source && <ProblemNote error={error} />}
      {!error && !source && <SkeletonRows />}
      {source && (
        <SourceForm key={source.updatedAt} source={source} onSaved={() => router.push(`/admin/sources/${id}`)} />
      )}
    </>
  )
}
