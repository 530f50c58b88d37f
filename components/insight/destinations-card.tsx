'use client'

import { Fragment } from 'react'
import type { DestinationInsight } from '@/lib/contracts/insight'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatMoney } from '@/lib/client/format/money'
import { formatDay } from '@/lib/client/format/time'

interface DestinationsCardProps {
  destinations: readonly DestinationInsight[]
  currency: string
  onEditPrices: () => void
}

/** What each destination holds by storage class, what it costs, and when it is full. */
export function DestinationsCard({ destinations, currency, onEditPrices }: DestinationsCardProps) {
  return (
    <Card aria-labelledby="destinations-title">
      <CardHeader
        id="destinations-title"
        title="Cost by destination"
        note="A month, at your prices for a GB"
        actions={
          <RoleButton needs="admin" variant="secondary" size="sm" onClick={onEditPrices}>
            Change prices
          </RoleButton>
        }
      />
      <Table label="Cost by destination and storage class">
        <thead>
          <tr>
            <Th>Destination</Th>
            <Th className="text-right">Stored</Th>
            <Th className="text-right">A month</Th>
            <Th className="text-right max-sm:hidden">In 90 days</Th>
            <Th className="max-sm:hidden">Full on</Th>
          </tr>
        </thead>
        <tbody>
          {destinations.map((destination) => (
            <Fragment key={destination.destinationId}>
              <Tr>
                <Td>
                  <NameLink href={`/admin/destinations/${destination.destinationId}`}>{destination.name}</NameLink>
                  <span className="block text-xs text-ink-3 sm:hidden">
                    <FullOn destination={destination} />
                  </span>
                </Td>
                <Td className="text-right">
                  <BytesCell bytes={destination.storedBytes} />
                </Td>
                <Td className="tabular text-right whitespace-nowrap">
                  <span className={overBudget(destination) ? 'font-medium text-bad' : undefined}>
                    {formatMoney(destination.cost.perMonth, currency)}
                  </span>
                  {destination.monthlyBudget !== null && (
                    <span className="block text-xs text-ink-3">
                      of {formatMoney(destination.monthlyBudget, currency)}
                    </span>
                  )}
                </Td>
                <Td className="tabular text-right whitespace-nowrap max-sm:hidden">
                  {destination.cost.in90Days === null ? (
                    <span className="text-ink-3">not known yet</span>
                  ) : (
                    formatMoney(destination.cost.in90Days, currency)
                  )}
                </Td>
                <Td className="max-sm:hidden">
                  <FullOn destination={destination} />
                </Td>
              </Tr>
              {destination.classes.map((one) => (
                <Tr key={one.storageClass} className="text-[0.8125rem] text-ink-2">
                  <Td className="pl-8 sm:pl-9">
                    {one.storageClass}
                    <span className="block text-xs text-ink-3">{formatMoney(one.pricePerGbMonth, currency)} a GB</span>
                  </Td>
                  <Td className="text-right">
                    <BytesCell bytes={one.storedBytes} />
                  </Td>
                  <Td className="tabular text-right">{formatMoney(one.perMonth, currency)}</Td>
                  <Td className="max-sm:hidden" />
                  <Td className="max-sm:hidden" />
                </Tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}

const overBudget = ({ monthlyBudget, cost }: DestinationInsight): boolean =>
  monthlyBudget !== null && cost.perMonth > monthlyBudget

function FullOn({ destination }: { destination: DestinationInsight }) {
  const { capacityBytes, fullOn, fullEarliest, forecast } = destination
  if (capacityBytes === null) return <span className="text-ink-3">no capacity is set</span>
  const room = `of ${formatBytes(capacityBytes)}`
  if (fullOn)
    return (
      <span>
        {longDay(fullOn)} <span className="block text-xs text-ink-3">{room}</span>
      </span>
    )
  if (!forecast) return <span className="text-ink-3">not known yet, {room}</span>
  return (
    <span className="text-ink-2">
      not by its trend
      <span className="block text-xs text-ink-3">
        {fullEarliest ? `at the earliest ${longDay(fullEarliest)}, ` : ''}
        {room}
      </span>
    </span>
  )
}

const longDay = (day: string): string => `${formatDay(day)} ${day.slice(0, 4)}`
