'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { knownContract } from '@/lib/contracts/engines/index'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Source } from '@/lib/contracts/source'
import { Callout } from '@/components/ui/callout'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { windowsQuery } from '@/lib/client/queries/recovery'
import { sourceQuery } from '@/lib/client/queries/sources'
import { RecoverForm } from './recover-form'

/** Chooses a point of a source and what is done with it. */
export function RecoverScreen({ id }: { id: string }) {
  const { data: source, error } = useQuery(sourceQuery(id))
  const back = { href: `/admin/sources/${id}`, label: source?.name ?? 'Source' }
  return (
    <>
      <PageHeader
        back={back}
        title={source ? `Recover ${source.name} to a point` : 'Recover to a point'}
        intro="The source itself is not touched: the point is recovered beside it, from a base backup and the stored log."
      />
      {source ? <OfSource source={source} /> : error ? <ProblemNote error={error} /> : <SkeletonRows rows={6} />}
    </>
  )
}

function OfSource({ source }: { source: Source }) {
  const hasLog = knownContract(source.engine)?.followed === true
  const { data: known, error } = useQuery({ ...windowsQuery(source.id), enabled: hasLog })
  if (!hasLog) return <NoPoint source={source} why="The log of such a source cannot be followed." />
  if (!known) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={6} />
  if (hasNone(known)) return <NoPoint source={source} why={noneBecause(source)} />
  return <RecoverForm source={source} known={known} />
}

const hasNone = ({ windows }: RecoveryWindows) => windows.length === 0

const noneBecause = ({ protection }: Source) =>
  protection.continuous
    ? 'No base backup leads to the stored log yet. The first one is taken by itself as soon as the log is streaming.'
    : 'It is not protected continuously.'

function NoPoint({ source, why }: { source: Source; why: string }) {
  return (
    <Callout tone="info" title={`There is no point that ${source.name} could be recovered to`}>
      {why} See{' '}
      <Link href={`/admin/sources/${source.id}`} className="underline underline-offset-4">
        its page
      </Link>
      , or restore{' '}
      <Link href={`/admin/backups?source=${source.id}`} className="underline underline-offset-4">
        one of its backups
      </Link>
      .
    </Callout>
  )
}
