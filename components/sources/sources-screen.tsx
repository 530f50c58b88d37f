'use client'

import { useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'
import type { Source } from '@/lib/contracts/source'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { SampleBadge } from '@/components/cells/sample-badge'
import { atServer, engineScreen } from '@/components/engines/index'
import { HealthBadge } from '@/components/status/health-badge'
import { ProofCell } from '@/components/status/proof-cell'
import { SourceActions } from '@/components/status/source-actions'
import { ListScreen } from '@/components/shell/list-screen'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { worstReason } from '@/lib/client/proof'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { statusQuery } from '@/lib/client/queries/status'

export function SourcesScreen() {
  const sources = useQuery(sourcesQuery())
  const { data: status } = useQuery(statusQuery())
  const byId = new Map(status?.sources.map((source) => [source.sourceId, source]))
  return (
    <ListScreen
      title="Sources"
      intro="The databases to protect, and Holdfast’s own catalog."
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
              <Th className="max-sm:hidden">Proven</Th>
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
  const where = engineScreen(source.engine).where(source)
  const { what, server } = where
  const worst = status && worstReason(status)
  return (
    <Tr>
      <Td>
        <NameLink href={`/admin/sources/${source.id}`}>{source.name}</NameLink> {source.sample && <SampleBadge />}
        {status?.isCatalog && <span className="block text-xs text-ink-3">Holdfast’s own catalog</span>}
        {status && (
          <span className="mt-1.5 block space-y-1.5 sm:hidden">
            <HealthBadge source={status} />
            {worst && <span className="block text-[0.8125rem]">{worst}</span>}
            <ProofCell source={status} />
          </span>
        )}
      </Td>
      <Td className="max-w-52 text-[0.8125rem] max-xl:hidden">
        <span className="block truncate" title={what}>
          {what}
        </span>
        <span className="block truncate text-xs text-ink-3" title={server}>
          {atServer(where)}
        </span>
      </Td>
      <Td className="max-sm:hidden">
        {status ? <HealthBadge source={status} /> : <span className="text-ink-3">unknown</span>}
      </Td>
      <Td className="max-sm:hidden">
        {status ? <ProofCell source={status} /> : <span className="text-ink-3">unknown</span>}
      </Td>
      <Td className="text-right max-xl:hidden">
        <BytesCell bytes={status?.storedBytes} />
      </Td>
      <Td>{status && <SourceActions source={status} compact />}</Td>
    </Tr>
  )
}
