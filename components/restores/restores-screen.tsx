'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { DurationCell } from '@/components/cells/duration-cell'
import { StateBadge } from '@/components/cells/state-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { JobCard } from '@/components/jobs/job-card'
import { RoleLink } from '@/components/shell/role-link'
import { Pager } from '@/components/backups/pager'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { tellFailure } from '@/lib/core/tell-failure'
import { restoresQuery } from '@/lib/client/queries/restores'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { isActive } from '@/lib/client/words/words'

export function RestoresScreen() {
  const { get } = useUrlState()
  const restores = useQuery(restoresQuery({ limit: 25, cursor: get('cursor') }))
  const active = restores.data?.items.filter((restore) => isActive(restore.state)) ?? []
  return (
    <>
      <PageHeader
        title="Restores"
        intro="What was written back, and where. A restore goes to a new database; start one from a backup."
      />
      <div className="space-y-5">
        {active.map((restore) => (
          <JobCard key={restore.id} jobId={restore.jobId} subject={restore.place} />
        ))}
        <Card aria-label="Restores">
          <ListState
            query={restores}
            empty={
              <EmptyState
                icon={<RotateCcw />}
                title="Nothing has been restored yet"
                actions={
                  <Link href="/admin/backups" className="text-accent underline underline-offset-4">
                    Choose a backup
                  </Link>
                }
              />
            }
          >
            <Table label="Restores">
              <thead>
                <tr>
                  <Th>Started</Th>
                  <Th>State</Th>
                  <Th>Into</Th>
                  <Th>From</Th>
                  <Th className="text-right">Took</Th>
                </tr>
              </thead>
              <tbody>
                {restores.data?.items.map((restore) => (
                  <Tr key={restore.id}>
                    <Td>
                      <TimeCell at={restore.startedAt} />
                    </Td>
                    <Td className="max-w-72">
                      <StateBadge state={restore.state} />
                      {restore.error && (
                        <span className="mt-0.5 block text-xs break-words text-bad">{tellFailure(restore.error)}</span>
                      )}
                      {['failed', 'interrupted'].includes(restore.state) && (
                        <RoleLink
                          needs="operator"
                          href={`/admin/backups/${restore.backupId}`}
                          variant="secondary"
                          size="sm"
                        >
                          Try again from the backup
                        </RoleLink>
                      )}
                    </Td>
                    <Td>
                      <span className="block font-medium break-words">{restore.place}</span>
                      <span className="block text-xs text-ink-3">of {restore.target.sourceName}</span>
                    </Td>
                    <Td>
                      <Link
                        href={`/admin/backups/${restore.backupId}`}
                        className="text-accent underline-offset-4 hover:underline"
                      >
                        the backup
                      </Link>
                    </Td>
                    <Td className="text-right">
                      <DurationCell ms={restore.durationMs} />
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
            <Pager nextCursor={restores.data?.nextCursor ?? null} />
          </ListState>
        </Card>
      </div>
    </>
  )
}
