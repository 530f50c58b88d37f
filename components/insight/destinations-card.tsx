'use client'

import type { DestinationInsight } from '@/lib/contracts/insight'
import { NameLink } from '@/components/cells/name-link'
import { BytesCell } from '@/components/cells/bytes-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatMoney } from '@/lib/client/format/money'
import { formatDay } from '@/lib/client/format/time'

interface DestinationsCardProps {
  destinations: readonly DestinationInsight[]
  currency: string
  onEditPrices: () => void
}

/** A destination as a whole, or one of its storage classes below it. */
interface CostRow {
  destination: DestinationInsight
  one: DestinationInsight['classes'][number] | null
}

const columnsOf = (currency: string): ReadonlyArray<Column<CostRow>> => [
  {
    key: 'destination',
    header: 'Destination',
    cell: ({ destination, one }) =>
      one ? (
        <span className="block pl-4">
          {one.storageClass}
          <span className="block text-xs text-ink-3">{formatMoney(one.pricePerGbMonth, currency)} a GB</span>
        </span>
      ) : (
        <>
          <NameLink href={`/admin/destinations/${destination.destinationId}`}>{destination.name}</NameLink>
          <span className="block text-xs text-ink-3 sm:hidden">
            <FullOn destination={destination} />
          </span>
        </>
      ),
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    cell: ({ destination, one }) => <BytesCell bytes={(one ?? destination).storedBytes} />,
  },
  {
    key: 'month',
    header: 'A month',
    align: 'end',
    className: 'tabular whitespace-nowrap',
    cell: ({ destination, one }) =>
      one ? formatMoney(one.perMonth, currency) : <PerMonth destination={destination} currency={currency} />,
  },
  {
    key: 'in-90-days',
    header: 'In 90 days',
    align: 'end',
    from: 'sm',
    className: 'tabular whitespace-nowrap',
    cell: ({ destination: { cost }, one }) =>
      one ? null : cost.in90Days === null ? (
        <span className="text-ink-3">not known yet</span>
      ) : (
        formatMoney(cost.in90Days, currency)
      ),
  },
  {
    key: 'full-on',
    header: 'Full on',
    from: 'sm',
    cell: ({ destination, one }) => one === null && <FullOn destination={destination} />,
  },
]

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
      <DataTable
        label="Cost by destination and storage class"
        columns={columnsOf(currency)}
        rows={destinations.flatMap((destination) => [
          { destination, one: null },
          ...destination.classes.map((one) => ({ destination, one })),
        ])}
        rowKey={({ destination, one }) => `${destination.destinationId} ${one?.storageClass ?? ''}`}
        rowProps={({ one }) => ({ className: one ? 'text-[0.8125rem] text-ink-2' : '' })}
      />
    </Card>
  )
}

const overBudget = ({ monthlyBudget, cost }: DestinationInsight): boolean =>
  monthlyBudget !== null && cost.perMonth > monthlyBudget

function PerMonth({ destination, currency }: { destination: DestinationInsight; currency: string }) {
  const { cost, monthlyBudget } = destination
  return (
    <>
      <span className={overBudget(destination) ? 'font-medium text-bad' : undefined}>
        {formatMoney(cost.perMonth, currency)}
      </span>
      {monthlyBudget !== null && (
        <span className="block text-xs text-ink-3">of {formatMoney(monthlyBudget, currency)}</span>
      )}
    </>
  )
}

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
