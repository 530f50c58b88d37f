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
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { destinationsQuery } from '@/lib/client/queries/destinations'

const placeOf = ({ kind, config }: Destination) => destinationContracts[kind].place(config)

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
        <Table label="Destinations">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th className="max-sm:hidden">Where</Th>
              <Th>Last test</Th>
              <Th className="text-right max-sm:hidden">Backups</Th>
              <Th className="text-right">Stored</Th>
            </tr>
          </thead>
          <tbody>
            {items.map((destination) => (
              <Tr key={destination.id}>
                <Td>
                  <NameLink href={`/admin/destinations/${destination.id}`}>{destination.name}</NameLink>
                  <span className="block text-xs text-ink-3">
                    {[destinationContracts[destination.kind].title, destination.options.site]
                      .filter(Boolean)
                      .join(', ')}
                  </span>
                </Td>
                <Td className="max-w-72 max-sm:hidden">
                  <code className="block truncate font-mono text-xs" title={placeOf(destination)}>
                    {placeOf(destination)}
                  </code>
                </Td>
                <Td>
                  {destination.probe ? (
                    <span className="flex flex-wrap items-center gap-1.5">
                      <Badge tone={destination.probe.ok ? 'info' : 'bad'}>
                        {destination.probe.ok ? 'Works' : 'Failed'}
                      </Badge>
                      <span className="text-xs text-ink-3">
                        <TimeCell at={destination.probedAt} form="relative" />
                      </span>
                    </span>
                  ) : (
                    <span className="text-ink-3">not tested</span>
                  )}
                </Td>
                <Td className="tabular text-right max-sm:hidden">
                  {destination.usage.backupCount.toLocaleString('en')}
                </Td>
                <Td className="text-right">
                  <BytesCell bytes={destination.usage.storedBytes} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </ListScreen>
  )
}
