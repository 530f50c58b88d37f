'use client'

import Link from 'next/link'
import { Database } from 'lucide-react'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { SampleBadge } from '@/components/cells/sample-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { FailedRun } from '@/components/jobs/failed-run'
import { Card, CardHeader } from '@/components/ui/card'
import { engineTitle } from '@/components/engines/index'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { EmptyState } from '@/components/ui/empty-state'
import { RoleLink } from '@/components/shell/role-link'
import { worstReason } from '@/lib/client/proof'
import { ExposureCell } from './exposure-cell'
import { HealthBadge } from './health-badge'
import { ProofCell } from './proof-cell'
import { SourceActions } from './source-actions'

interface SourceTableProps {
  sources: readonly SourceStatus[]
  /** So many more are not among them. */
  omitted: number
}

export function SourceTable({ sources, omitted }: SourceTableProps) {
  const own = sources.filter((source) => !source.isCatalog)
  return (
    <Card aria-labelledby="sources-title">
      <CardHeader
        id="sources-title"
        title="Sources"
        note={omitted > 0 ? `The ${sources.length} that need most attention` : undefined}
        actions={
          <RoleLink needs="admin" href="/admin/sources/new" variant="secondary" size="sm">
            Add a source
          </RoleLink>
        }
      />
      {own.length > 0 && (
        <Table label="Sources and how they are protected">
          <thead>
            <tr>
              <Th>Source</Th>
              <Th className="max-sm:hidden">Health</Th>
              <Th className="max-sm:hidden">Proven</Th>
              <Th className="max-xl:hidden" title="What would be lost now, counted from the newest proven backup">
                Exposure
              </Th>
              <Th className="max-xl:hidden">Next backup</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {own.map((source) => (
              <SourceRow key={source.sourceId} source={source} />
            ))}
          </tbody>
        </Table>
      )}
      {own.length === 0 && (
        <EmptyState
          icon={<Database />}
          title="Nothing of yours is protected yet"
          actions={
            <RoleLink needs="admin" href="/admin/sources/new">
              Add a source
            </RoleLink>
          }
        >
          A source is a database to protect. You need its address, and a role that may read it.
        </EmptyState>
      )}
      {omitted > 0 && (
        <p className="border-t border-line px-4 py-3 text-ink-3 sm:px-5">
          {omitted.toLocaleString('en')} more are in the{' '}
          <Link href="/admin/sources" className="text-ink-2 underline underline-offset-4">
            list of sources
          </Link>
        </p>
      )}
    </Card>
  )
}

function SourceRow({ source }: { source: SourceStatus }) {
  const worst = worstReason(source)
  return (
    <Tr data-source={source.sourceId}>
      <Td className="sm:min-w-36">
        <NameLink href={`/admin/sources/${source.sourceId}`}>{source.sourceName}</NameLink>
        <span className="mt-0.5 flex items-center gap-1.5 text-xs text-ink-3">
          {engineTitle(source.engine)}
          {source.sample && <SampleBadge />}
        </span>
        <span className="mt-1.5 block space-y-1.5 sm:hidden">
          <HealthBadge source={source} />
          {worst && <span className="block text-[0.8125rem]">{worst}</span>}
          <ProofCell source={source} />
        </span>
        <FailedRun backup={source.lastBackup} className="sm:hidden" />
      </Td>
      <Td className="max-sm:hidden">
        <HealthBadge source={source} />
      </Td>
      <Td className="max-sm:hidden">
        <ProofCell source={source} />
        <FailedRun backup={source.lastBackup} />
      </Td>
      <Td className="max-xl:hidden">
        <ExposureCell source={source} />
      </Td>
      <Td className="max-xl:hidden">
        <TimeCell at={source.nextBackupAt} none="not scheduled" />
      </Td>
      <Td>
        <SourceActions source={source} compact />
      </Td>
    </Tr>
  )
}
