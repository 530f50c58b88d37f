'use client'

import { useQuery } from '@tanstack/react-query'
import { HardDrive } from 'lucide-react'
import type { Destination } from '@/lib/contracts/destination'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { ListScreen } from '@/components/shell/list-screen'
import { Badge } from '@/components/ui/badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { destinationsQuery } from '@/lib/client/queries/destinations'

const placeOf = ({ kind, config }: Destination) => destinationContracts[kind].place(config)

const columns: ReadonlyArray<Column<Destination>> = [
  {
    key: 'name',
    header: 'Name',
    cell: (destination) => (
      <>
        <NameLink href={`/admin/destinations/${destination.id}`}>{destination.name}</NameLink>
        <span className="block text-xs text-ink-3">
          {[destinationContracts[destination.kind].title, destination.options.site].filter(Boolean).join(', ')}
        </span>
      </>
    ),
  },
  {
    key: 'where',
    header: 'Where',
    from: 'sm',
    className: 'max-w-72',
    cell: (destination) => (
      <code className="block truncate font-mono text-xs" title={placeOf(destination)}>
        {placeOf(destination)}
      </code>
    ),
  },
  {
    key: 'last-test',
    header: 'Last test',
    cell: (destination) =>
      destination.probe ? (
        <span className="flex flex-wrap items-center gap-1.5">
          <Badge tone={destination.probe.ok ? 'info' : 'bad'}>{destination.probe.ok ? 'Works' : 'Failed'}</Badge>
          <span className="text-xs text-ink-3">
            <TimeCell at={destination.probedAt} form="relative" />
          </span>
        </span>
      ) : (
        <span className="text-ink-3">not tested</span>
      ),
  },
  {
    key: 'backups',
    header: 'Backups',
    align: 'end',
    from: 'sm',
    className: 'tabular',
    cell: (destination) => destination.usage.backupCount.toLocaleString('en'),
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    cell: (destination) => <BytesCell bytes={destination.usage.storedBytes} />,
  },
]

export function DestinationsScreen() {
  const destinations = useQuery(destinationsQuery())
  return (
    <ListScreen
      title="Destinations"
      intro="Where backups are kept."
      add={{ href: '/admin/destinations/new', label: 'Add a destination' }}
      query={destinations}
      empty={{
        icon: <HardDrive />,
        title: 'No destination yet',
        text: 'A folder on the worker’s machine, or a store elsewhere. Another machine is safer than this one.',
      }}
    >
      {(items) => (
        <DataTable label="Destinations" columns={columns} rows={items} rowKey={(destination) => destination.id} />
      )}
    </ListScreen>
  )
}
