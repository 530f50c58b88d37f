'use client'

import { useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { RecoveryKit } from '@/components/settings/recovery-kit'
import { api } from '@/lib/client/api'
import { FirstAdministratorForm } from './first-administrator-form'

/** First run: the first administrator, then the recovery kit. Both on one page, so that a reload does not skip the kit. */
export function SetupSteps() {
  const [signedIn, setSignedIn] = useState(false)
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => api<{ needed: boolean }>('/setup', { signal }),
    refetchInterval: false,
    enabled: !signedIn,
  })
  return (
    <>
      <p className="text-[0.8125rem] text-ink-3">Step {signedIn ? 2 : 1} of 2</p>
      <h1 className="mt-1 text-2xl font-semibold">
        {signedIn ? 'Store the recovery kit' : 'Create the first administrator'}
      </h1>
      {signedIn ? (
        <div className="mt-4">
          <RecoveryKit replacing={false} onStored={() => window.location.assign('/admin')} />
        </div>
      ) : setup.isPending ? (
        <SkeletonRows />
      ) : setup.error ? (
        <div className="mt-4">
          <ProblemNote error={setup.error} />
        </div>
      ) : setup.data.needed ? (
        <FirstAdministratorForm onSignedIn={() => setSignedIn(true)} />
      ) : (
        <Callout tone="info" title="Holdfast is already set up" className="mt-4">
          <Link href="/login" className="text-accent underline underline-offset-4">
            Sign in
          </Link>
        </Callout>
      )}
    </>
  )
}
