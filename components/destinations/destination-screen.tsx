'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { TimeCell } from '@/components/cells/time-cell'
import { DestinationRetention } from '@/components/retention/destination-retention'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { formatBytes } from '@/lib/client/format/bytes'
import { destinationQuery } from '@/lib/client/queries/destinations'
import { useAction } from '@/lib/client/use-action'
import { DestinationForm } from './destination-form'
import { destinationPlace, kindWords } from './destination-place'
import { ProbeResult } from './probe-result'
import { StorageCareCard } from './storage-care-card'
import { UnknownObjectsCard } from './unknown-objects-card'

export function DestinationScreen({ id }: { id: string }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  const { data: destination, error } = useQuery({
    ...destinationQuery(id),
    refetchInterval: false,
    staleTime: Infinity,
  })
  const remove = useAction({
    run: () => api<void>(`/admin/destinations/${id}`, { method: 'DELETE' }),
    done: 'The destination is deleted',
    errors: 'inline',
    onDone: () => router.push('/admin/destinations'),
  })
  const back = { href: '/admin/destinations', label: 'Destinations' }
  if (!destination)
    return (
      <>
        <PageHeader title="Destination" back={back} />
        {error ? <ProblemNote error={error} /> : <SkeletonRows rows={6} />}
      </>
    )
  const { usage } = destination
  return (
    <>
      <PageHeader
        back={back}
        title={destination.name}
        intro={
          <>
            {kindWords[destination.kind]}{' '}
            <code className="font-mono text-[0.8125rem] break-all">{destinationPlace(destination)}</code>,{' '}
            {usage.backupCount} {usage.backupCount === 1 ? 'backup' : 'backups'}, {formatBytes(usage.storedBytes)}
          </>
        }
        actions={
          <RoleButton
            needs="admin"
            variant="ghost"
            size="icon"
            aria-label={`Delete ${destination.name}`}
            title="Delete"
            onClick={() => setDeleting(true)}
          >
            <Trash2 aria-hidden />
          </RoleButton>
        }
      />
      <div className="space-y-5">
        {destination.probe && (
          <Card aria-labelledby="probe-title">
            <CardHeader
              id="probe-title"
              title="Last test"
              note={<TimeCell at={destination.probedAt} form="inline" />}
            />
            <CardBody>
              <ProbeResult report={destination.probe} />
            </CardBody>
          </Card>
        )}
        <StorageCareCard destination={destination} />
        <UnknownObjectsCard destination={destination} />
        <DestinationRetention key={destination.retentionPolicyId} destination={destination} />
        <DestinationForm
          key={destination.updatedAt}
          destination={destination}
          onSaved={() => router.push('/admin/destinations')}
        />
      </div>
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete the destination ${destination.name}?`}
        action="Delete the destination"
        pending={remove.isPending}
        error={remove.error}
        typeToConfirm={destination.name}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>
          Its stored credentials are deleted, and nothing is written there any more. What lies there is not touched.
        </p>
        {usage.backupCount > 0 && (
          <p>
            {usage.backupCount} {usage.backupCount === 1 ? 'backup has a copy' : 'backups have copies'} there; Holdfast
            refuses to forget where they are.
          </p>
        )}
      </ConfirmDialog>
    </>
  )
}
