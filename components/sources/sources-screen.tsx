'use client'

import { useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'
import type { Source } from '@/lib/contracts/source'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { SampleBadge } from '@/components/cells/sample-badge'
import type { SourceWhere } from '@/components/engines/engine-screen'
import { atServer, engineScreen } from '@/components/engines/index'
import { HealthBadge } from '@/components/status/health-badge'
import { ProofCell } from '@/components/status/proof-cell'
import { SourceActions } from '@/components/status/source-actions'
import { ListScreen } from '@/components/shell/list-screen'
import { DataTable, type Column } from '@/components/ui/data-table'
import { worstReason } from '@/lib/client/proof'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { statusQuery } from '@/lib/client/queries/status'

/** A source with what is known of its protection; that may come later. */
interface SourceRow {
  source: Source
  status: SourceStatus | undefined
}

const columns: ReadonlyArray<Column<SourceRow>> = [
  {
    key: 'name',
    header: 'Name',
    cell: ({ source, status }) => (
      <>
        <NameLink href={`/admin/sources/${source.id}`}>{source.name}</NameLink> {source.sample && <SampleBadge />}
        {status?.isCatalog && <span className="block text-xs text-ink-3">Holdfast’s own catalog</span>}
        {status && (
          <span className="mt-1.5 block space-y-1.5 sm:hidden">
            <HealthBadge source={status} />
            <span className="block text-[0.8125rem] empty:hidden">{worstReason(status)}</span>
            <ProofCell source={status} />
          </span>
        )}
      </>
    ),
  },
  {
    key: 'where',
    header: 'Where',
    from: 'xl',
    className: 'max-w-52 text-[0.8125rem]',
    cell: ({ source }) => <Where where={engineScreen(source.engine).where(source)} />,
  },
  {
    key: 'health',
    header: 'Health',
    from: 'sm',
    cell: ({ status }) => (status ? <HealthBadge source={status} /> : <span className="text-ink-3">unknown</span>),
  },
  {
    key: 'proven',
    header: 'Proven',
    from: 'sm',
    cell: ({ status }) => (status ? <ProofCell source={status} /> : <span className="text-ink-3">unknown</span>),
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    from: 'xl',
    cell: ({ status }) => <BytesCell bytes={status?.storedBytes} />,
  },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    cell: ({ status }) => status && <SourceActions source={status} compact />,
  },
]

export function SourcesScreen() {
  const sources = useQuery(sourcesQuery())
  const { data: status } = useQuery(statusQuery())
  const byId = new Map(status?.sources.map((source) => [source.sourceId, source]))
  return (
    <ListScreen
      title="Sources"
      intro="What is protected, and Holdfast’s own catalog."
      add={{ href: '/admin/sources/new', label: 'Add a source' }}
      query={sources}
      empty={{
        icon: <Database />,
        title: 'No source yet',
        text: 'A source is a database or a folder to protect. For a server you need its address, and a role that may read it.',
      }}
    >
      {(items) => (
        <DataTable
          label="Sources"
          columns={columns}
          rows={items.map((source) => ({ source, status: byId.get(source.id) }))}
          rowKey={({ source }) => source.id}
        />
      )}
    </ListScreen>
  )
}

function Where({ where }: { where: SourceWhere }) {
  return (
    <>
      <span className="block truncate" title={where.what}>
        {where.what}
      </span>
      <span className="block truncate text-xs text-ink-3" title={where.server}>
        {atServer(where)}
      </span>
    </>
  )
}
