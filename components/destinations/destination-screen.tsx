'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { TimeCell } from '@/components/cells/time-cell'
import { DestinationRetention } from '@/components/retention/destination-retention'
import { DeleteAction } from '@/components/shell/delete-action'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { formatBytes } from '@/lib/client/format/bytes'
import { destinationQuery } from '@/lib/client/queries/destinations'
import { DestinationForm } from './destination-form'
import { ProbeResult } from './probe-result'
import { StorageCareCard } from './storage-care-card'
import { UnknownObjectsCard } from './unknown-objects-card'

export function DestinationScreen({ id }: { id: string }) {
  const router = useRouter()
  const leave = () => router.push('/admin/destinations')
  const { data: destination, error } = useQuery({
    ...destinationQuery(id),
    refetchInterval: false,
    staleTime: Infinity,
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
  const { title, place } = destinationContracts[destination.kind]
  return (
    <>
      <PageHeader
        back={back}
        title={destination.name}
        intro={
          <>
            {title} <code className="font-mono text-[0.8125rem] break-all">{place(destination.config)}</code>,{' '}
            {usage.backupCount} {usage.backupCount === 1 ? 'backup' : 'backups'}, {formatBytes(usage.storedBytes)}
          </>
        }
        actions={
          <DeleteAction
            label={`Delete the destination ${destination.name}`}
            action="Delete the destination"
            path={`/admin/destinations/${id}`}
            done="The destination is deleted"
            typeToConfirm={destination.name}
            onDeleted={leave}
          >
            <p>
              Its stored credentials are deleted, and nothing is written there any more. What lies there is not touched.
            </p>
            {usage.backupCount > 0 && (
              <p>
                {usage.backupCount} {usage.backupCount === 1 ? 'backup has a copy' : 'backups have copies'} there;
                Holdfast refuses to forget where they are.
              </p>
            )}
          </DeleteAction>
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
        <DestinationForm key={destination.updatedAt} destination={destination} onSaved={leave} />
      </div>
    </>
  )
}
