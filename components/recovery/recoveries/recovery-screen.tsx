'use client'

import { useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { JobCard } from '@/components/jobs/job-card'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { FailureNote } from '@/components/ui/failure-note'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { recoveryQuery } from '@/lib/client/queries/recovery'
import { isUnderWay, recoveryUseWords, targetWords } from '@/lib/client/words/recovery-words'
import { HandedOver } from './handed-over'
import { LookConsole } from './look-console'
import { RecoveryFacts } from './recovery-facts'

/** One recovery: how far it is, what was reached, and what can be done with it. */
export function RecoveryScreen({ id }: { id: string }) {
  const { data: recovery, error } = useQuery(recoveryQuery(id))
  const zone = useViewerTimeZone()
  const back = { href: '/admin/restores', label: 'Restores' }
  if (!recovery)
    return (
      <>
        <PageHeader title="Recovery" back={back} />
        {error ? <ProblemNote error={error} /> : <SkeletonRows rows={8} />}
      </>
    )
  return (
    <>
      <PageHeader
        back={back}
        title={`Recovery of ${recovery.sourceName}`}
        intro={
          <>
            <Link href={`/admin/sources/${recovery.sourceId}`} className="underline underline-offset-4">
              {recovery.sourceName}
            </Link>{' '}
            at {targetWords(recovery.target, zone)}, {recoveryUseWords[recovery.use].purpose}
          </>
        }
        actions={recovery.state === 'ready' && <LookActions recovery={recovery} />}
      />
      <div className="space-y-5">
        {isUnderWay(recovery.state) && <JobCard jobId={recovery.jobId} subject={recovery.sourceName} />}
        {recovery.error && <FailureNote failure={recovery.error} />}
        {recovery.state === 'ready' && <LookConsole recovery={recovery} />}
        {recovery.use === 'hand-over' && recovery.state === 'finished' && <HandedOver recovery={recovery} />}
        <RecoveryFacts recovery={recovery} />
      </div>
    </>
  )
}

function LookActions({ recovery: { id, sourceName } }: { recovery: Recovery }) {
  const [asking, setAsking] = useState(false)
  const extend = useAction({
    run: () => api<Recovery>(`/admin/recoveries/${id}/extend`, { method: 'POST', body: {} }),
    done: 'It is kept for longer',
  })
  const end = useAction({
    run: () => api<Recovery>(`/admin/recoveries/${id}`, { method: 'DELETE' }),
    done: 'It is being removed',
    onDone: () => setAsking(false),
    errors: 'inline',
  })
  return (
    <>
      <RoleButton needs="operator" variant="secondary" pending={extend.isPending} onClick={() => extend.mutate(null)}>
        Keep for two more hours
      </RoleButton>
      <RoleButton needs="operator" variant="secondary" onClick={() => setAsking(true)}>
        End and remove…
      </RoleButton>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="End this look and remove it?"
        action="End and remove"
        pending={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate(null)}
      >
        <p>
          The recovered server is removed, for everybody who looks at it. {sourceName}, its backups and its log stay as
          they are: the same point can be recovered again.
        </p>
      </ConfirmDialog>
    </>
  )
}
