import type { SourceInsight } from '@/lib/contracts/insight'
import { dayNumber, dayText } from '@/lib/core/insight/days'
import { baselines, findAnomalies } from '@/lib/core/insight/find-anomalies'
import { fitGrowth } from '@/lib/core/insight/fit-growth'
import { toForecast } from '@/lib/core/insight/to-forecast'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from '../source/find-source'
import { readJudgedBackups } from './read-judged-backups'
import { pointsOf, readSourceDays } from './read-usage'

/** How one source grows, and what its latest good backup is compared with. Throws `not-found`. */
export async function getSourceInsight(args: { ctx: ServiceContext; input: { id: string } }): Promise<SourceInsight> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const source = await findSource(ctx.db, input.id)
  const today = dayNumber(ctx.clock.now())
  const [[row], [latest, ...history]] = await Promise.all([
    readSourceDays(ctx.db, today, source.id),
    readJudgedBackups(ctx.db, { sourceId: source.id, upTo: null }),
  ])
  const { days = [], sourceBytes = [], backupBytes = [] } = row ?? {}
  const sourceGrowth = fitGrowth(pointsOf(days, sourceBytes), today)
  const backupGrowth = fitGrowth(pointsOf(days, backupBytes), today)
  return {
    sourceId: source.id,
    sourceName: source.name,
    series: days.map((day, index) => ({
      day: dayText(day),
      sourceBytes: Math.round(sourceBytes[index] ?? 0),
      backupBytes: Math.round(backupBytes[index] ?? 0),
    })),
    sourceForecast: sourceGrowth && toForecast(sourceGrowth),
    backupForecast: backupGrowth && toForecast(backupGrowth),
    latestBackupId: latest?.id ?? null,
    baselines: latest ? baselines(history, latest) : [],
    anomalies: latest ? findAnomalies(history, latest) : [],
  }
}
