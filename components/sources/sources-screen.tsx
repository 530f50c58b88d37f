'use client'

import { useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'
import type { Source } from '@/lib/contracts/source'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { SampleBadge } from '@/components/cells/sample-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { VerifiedBadge } from '@/components/cells/verified-badge'
import { HealthBadge } from '@/components/status/health-badge'
import { SourceActions } from '@/components/status/source-actions'
import { ListScreen } from '@/components/shell/list-screen'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { statusQuery } from '@/lib/client/queries/status'

export function SourcesScreen() {
  const sources = useQuery(sourcesQuery())
  const { data: status } = useQuery(statusQuery())
  const byId = new Map(status?.sources.map((source) => [source.sourceId, source]))
  return (
    <ListScreen
      title="Sources"
      intro="The databases that are protected."
      add={{ href: '/admin/sources/new', label: 'Add a source' }}
      query={sources}
      empty={{
        icon: <Database />,
        title: 'No source yet',
        text: 'A source is a database to protect. You need its address, and a role that may read it.',
      }}
    >
      {(items) => (
        <Table label="Sources">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th className="max-xl:hidden">Where</Th>
              <Th className="max-sm:hidden">Health</Th>
              <Th className="max-sm:hidden">Last good backup</Th>
              <Th>Restorable</Th>
              <Th className="text-right max-xl:hidden">Stored</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {items.map((source) => (
              <SourceRow key={source.id} source={source} status={byId.get(source.id)} />
            ))}
          </tbody>
        </Table>
      )}
    </ListScreen>
  )
}

function SourceRow({ source, status }: { source: Source; status: SourceStatus | undefined }) {
  const { connection } = source
  return (
    <Tr>
      <Td>
        <NameLink href={`/admin/sources/${source.id}`}>{source.name}</NameLink> {source.sample && <SampleBadge />}
      </Td>
      <Td className="max-w-52 text-[0.8125rem] max-xl:hidden">
        <span className="block truncate" title={connection.database}>
          {connection.database}
        </span>
        <span className="block truncate text-xs text-ink-3" title={connection.host}>
          {connection.user} at{' '}
          {connection.host.startsWith('/') ? connection.host : `${connection.host}:${connection.port}`}
        </span>
      </Td>
      <Td className="max-sm:hidden">
        {status ? <HealthBadge source={status} /> : <span className="text-ink-3">unknown</span>}
      </Td>
      <Td className="max-sm:hidden">
        {status ? (
          <TimeCell at={status.lastGoodBackup?.finishedAt} none="none" />
        ) : (
          <span className="text-ink-3">unknown</span>
        )}
      </Td>
      <Td>
        {status &&
          (status.lastProven ? (
            <VerifiedBadge verified="proven" provenAt={status.lastProven.provenAt} narrow />
          ) : (
            <VerifiedBadge verified={status.lastGoodBackup?.verified ?? 'unproven'} />
          ))}
      </Td>
      <Td className="text-right max-xl:hidden">
        <BytesCell bytes={status?.storedBytes} />
      </Td>
      <Td>{status && <SourceActions source={status} compact />}</Td>
    </Tr>
  )
}
