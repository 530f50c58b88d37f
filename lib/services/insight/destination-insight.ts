import { probeReportSchema } from '@/lib/contracts/destination'
import type { DestinationInsight } from '@/lib/contracts/insight'
import { destinationOptionsSchema } from '@/lib/contracts/operations'
import { monthlyCost } from '@/lib/core/health/monthly-cost'
import { dayText } from '@/lib/core/insight/days'
import { daysUntil, fitGrowth, type DayValue, type Line } from '@/lib/core/insight/fit-growth'
import { toCost, toForecast } from '@/lib/core/insight/to-forecast'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { HeldBytes } from './read-usage'

const spaceSchema = probeReportSchema.shape.space

/** What one destination holds, what that costs, and when it will be full. */
export function destinationInsight(args: {
  destination: DestinationModel
  held: HeldBytes[]
  /** What it held on the days before today. */
  days: DayValue[]
  perGbMonth: Record<string, number>
  today: number
}): DestinationInsight {
  const { destination, held, perGbMonth, today } = args
  const options = destinationOptionsSchema.parse(destination.options)
  const storedBytes = held.reduce((sum, row) => sum + row.bytes, 0)
  const growth = fitGrowth([...args.days, { day: today, value: storedBytes }], today)
  const forecast = growth && toForecast(growth)
  const capacityBytes = capacityOf(options.capacityBytes, spaceOf(destination.probe), storedBytes)
  const fullOn = (line: Line | undefined): string | null => {
    if (capacityBytes === null) return null
    if (storedBytes >= capacityBytes) return dayText(today)
    const days = line ? daysUntil(line, capacityBytes) : null
    return days === null ? null : dayText(today + days)
  }
  const price = (storageClass: string) => monthlyCost([{ storageClass, bytes: 1e9 }], perGbMonth)
  return {
    destinationId: destination.id,
    name: destination.name,
    kind: destination.kind,
    copies: held.reduce((sum, row) => sum + row.copies, 0),
    storedBytes,
    capacityBytes,
    fullOn: fullOn(growth?.expected),
    fullEarliest: fullOn(growth?.high),
    forecast,
    cost: toCost(monthlyCost(held, perGbMonth), storedBytes, forecast),
    monthlyBudget: options.monthlyBudget ?? null,
    classes: [...Map.groupBy(held, (row) => row.storageClass)]
      .map(([storageClass, rows]) => ({
        storageClass,
        copies: rows.reduce((sum, row) => sum + row.copies, 0),
        storedBytes: rows.reduce((sum, row) => sum + row.bytes, 0),
        pricePerGbMonth: price(storageClass),
        perMonth: monthlyCost(rows, perGbMonth),
      }))
      .sort((a, b) => b.storedBytes - a.storedBytes || (a.storageClass < b.storageClass ? -1 : 1)),
  }
}

/** The lesser of what was set and what there is room for: others may fill the same disk. */
function capacityOf(set: number | undefined, space: { freeBytes: number } | undefined, storedBytes: number) {
  const room = space ? storedBytes + space.freeBytes : undefined
  const known = [set, room].filter((bytes) => bytes !== undefined)
  return known.length > 0 ? Math.min(...known) : null
}

function spaceOf(probe: unknown): { freeBytes: number } | undefined {
  const space = typeof probe === 'object' && probe !== null && 'space' in probe ? probe.space : undefined
  return spaceSchema.safeParse(space).data
}
