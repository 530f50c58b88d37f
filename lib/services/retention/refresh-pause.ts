import { amountInWords, valueInWords } from '@/lib/contracts/repository/measure-words'
import { retentionPauseSchema, type Drop, type RetentionPause } from '@/lib/contracts/retention'
import { baselineLength, findDrops } from '@/lib/core/retention/find-drops'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { Tx } from '@/lib/db/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { toJson } from '@/lib/db/to-json'
import { raiseIncident } from '../incident/raise-incident'
import { isGood, type HistoryRow } from './load-history'
import { readRetentionState } from './retention-state'

/**
 * Pauses a source's retention when its newest good backup lost more than the set share of its size, or of what its
 * engine counts, against those before it: perhaps the older ones are all that is left of the data (fault 43). A pause stays until someone
 * acknowledges it. Answers the pause in force.
 */
export async function refreshPause(
  tx: Tx,
  input: { source: SourceModel; entries: readonly HistoryRow[]; share: number; now: Date },
): Promise<RetentionPause | null> {
  const { source, entries, share, now } = input
  const paused = parseOrNull(retentionPauseSchema, source.retentionPause)
  if (paused) return paused
  const { baselineFrom } = readRetentionState(source.retentionState)
  const since = baselineFrom ? new Date(baselineFrom).getTime() : -Infinity
  const good = entries
    .filter((entry) => isGood(entry) && entry.startedAt.getTime() >= since && entry.startedAt <= now)
    .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
  const [newest, ...older] = good
  if (!newest) return null
  // A copy of a whole server is not measured against dumps of a database, nor the size of what changed against that of everything.
  const before = older
    .filter(({ needsLog }) => needsLog === newest.needsLog)
    .slice(0, baselineLength)
    .map((one) => ({ ...one, sourceBytes: isFull(one) === isFull(newest) ? one.sourceBytes : null }))
  const drops = findDrops(newest, before, share)
  if (drops.length === 0) return null
  const pause: RetentionPause = {
    since: now.toISOString(),
    backupId: newest.id,
    reason: `The newest backup is far smaller than usual: ${drops.map(describe).join('; ')}.`,
    drops,
  }
  await tx.source.update({ where: { id: source.id }, data: { retentionPause: toJson(pause) } })
  await raiseIncident(
    tx,
    {
      event: 'retention-paused',
      severity: 'warning',
      subjectId: source.id,
      sourceId: source.id,
      title: `Retention of ${source.name} is paused`,
      body: `${pause.reason} Nothing of this source is deleted until someone has looked and acknowledges it.`,
      facts: { ...pause },
    },
    now,
  )
  return pause
}

const isFull = ({ dependsOn }: HistoryRow) => dependsOn.length === 0

function describe({ fact, unit = 'count', value, usual }: Drop): string {
  const number = (count: number) => valueInWords('count', count)
  if (fact === 'size') return `${number(value)} bytes instead of about ${number(usual)}`
  return `${amountInWords({ name: fact, unit, value })} instead of about ${valueInWords(unit, usual)}`
}
