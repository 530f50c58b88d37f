import type { Insight, SourceGrowth } from '@/lib/contracts/insight'
import { monthlyCost } from '@/lib/core/health/monthly-cost'
import { dayNumber, dayText } from '@/lib/core/insight/days'
import { fitGrowth, type DayValue } from '@/lib/core/insight/fit-growth'
import { toCost, toForecast } from '@/lib/core/insight/to-forecast'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { permit } from '../permit'
import { destinationInsight } from './destination-insight'
import { listAnomalies } from './list-anomalies'
import { policyInsights } from './policy-insights'
import { readPolicies } from './read-policies'
import {
  pointsOf,
  readDestinationDays,
  readHeldBytes,
  readSourceDays,
  type HeldBytes,
  type SourceDays,
} from './read-usage'
import { destinationContract } from '@/lib/contracts/destinations/index'

/** Where sizes and costs are going: in total, by destination, by policy and for the sources that grow most. */
export async function getInsight(args: { ctx: ServiceContext; input: { limit: number } }): Promise<Insight> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const { db } = ctx
  const now = ctx.clock.now()
  const today = dayNumber(now)
  const [operations, destinations, sources, heldRows, days, sourceDays, plans] = await Promise.all([
    readOperations(db),
    db.destination.findMany({ where: { deletedAt: null }, orderBy: { name: 'asc' } }),
    db.source.findMany({ where: { deletedAt: null, sample: false }, select: { id: true, name: true } }),
    readHeldBytes(db),
    readDestinationDays(db, today),
    readSourceDays(db, today, null),
    readPolicies(db),
  ])
  const { currency, perGbMonth } = operations.prices
  const names = new Map(sources.map((source) => [source.id, source.name]))
  const classOf = new Map(
    destinations.map((destination) => [
      destination.id,
      destinationContract(destination.kind).defaultClass(destination.config),
    ]),
  )
  const held: HeldBytes[] = heldRows.flatMap((row) => {
    const own = classOf.get(row.destinationId)
    return own === undefined ? [] : [{ ...row, storageClass: row.storageClass || own }]
  })
  const byDestination = Map.groupBy(held, (row) => row.destinationId)
  const storedBytes = held.reduce((sum, row) => sum + row.bytes, 0)
  const totalDays = addUp(
    destinations.map(({ id }) => days.get(id) ?? []),
    today,
    storedBytes,
  )
  const totalGrowth = fitGrowth(totalDays, today)
  const forecast = totalGrowth && toForecast(totalGrowth)
  const growth = sourceGrowths({ names, sourceDays, held, perGbMonth, today })
  return {
    checkedAt: now.toISOString(),
    currency,
    total: {
      storedBytes,
      series: totalDays.map(({ day, value }) => ({ day: dayText(day), bytes: value })),
      forecast,
      cost: toCost(monthlyCost(held, perGbMonth), storedBytes, forecast),
    },
    destinations: destinations.map((destination) =>
      destinationInsight({
        destination,
        held: byDestination.get(destination.id) ?? [],
        days: days.get(destination.id) ?? [],
        perGbMonth,
        today,
      }),
    ),
    policies: policyInsights({
      held,
      destinations,
      classOf,
      plans,
      perGbMonth,
      backupBytes: new Map(growth.map(({ sourceId, backupBytes }) => [sourceId, backupBytes])),
      live: names,
    }),
    sources: growth.slice(0, input.limit),
    sourcesOmitted: Math.max(0, growth.length - input.limit),
    anomalies: await listAnomalies(db, now, names),
  }
}

/** The days of several destinations as one. A day on which one was not noted counts with what it held before. */
function addUp(series: DayValue[][], today: number, nowBytes: number): DayValue[] {
  const known = series.map((days) => new Map(days.map(({ day, value }) => [day, value])))
  const first = Math.min(...series.flatMap((days) => days[0]?.day ?? []))
  const last = new Array<number>(series.length).fill(0)
  const total: DayValue[] = []
  for (let day = first; day < today; day += 1) {
    known.forEach((days, index) => (last[index] = days.get(day) ?? last[index] ?? 0))
    total.push({ day, value: last.reduce((sum, value) => sum + value, 0) })
  }
  return [...total, { day: today, value: nowBytes }]
}

/** Those that grow most come first; a trend that is not known counts as none. */
function sourceGrowths(args: {
  names: Map<string, string>
  sourceDays: SourceDays[]
  held: HeldBytes[]
  perGbMonth: Record<string, number>
  today: number
}): SourceGrowth[] {
  const daysOf = new Map(args.sourceDays.map((row) => [row.sourceId, row]))
  const heldOf = Map.groupBy(args.held, (row) => row.sourceId)
  const growths = [...args.names].map(([sourceId, sourceName]): SourceGrowth => {
    const { days = [], sourceBytes = [], backupBytes = [] } = daysOf.get(sourceId) ?? {}
    const held = heldOf.get(sourceId) ?? []
    const growth = fitGrowth(pointsOf(days, sourceBytes), args.today)
    return {
      sourceId,
      sourceName,
      sourceBytes: Math.round(sourceBytes.at(-1) ?? 0),
      backupBytes: Math.round(backupBytes.at(-1) ?? 0),
      storedBytes: held.reduce((sum, row) => sum + row.bytes, 0),
      perMonth: monthlyCost(held, args.perGbMonth),
      forecast: growth && toForecast(growth),
    }
  })
  const perDay = (one: SourceGrowth) => one.forecast?.perDay.value ?? 0
  return growths.sort((a, b) => perDay(b) - perDay(a) || b.sourceBytes - a.sourceBytes)
}
