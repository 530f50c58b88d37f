import type { AlertEvent } from '../../contracts/alerting/alert'
import { exceeded } from './source-health'
import { span, stamp } from './words'

/** What a watcher found: the text of an incident that stays true for as long as its cause does. */
export interface Finding {
  event: AlertEvent
  severity: 'warning' | 'critical'
  title: string
  body: string
  facts: Record<string, unknown>
}

/** What is watched of one source. Times are null when it never happened. */
export interface WatchedSource {
  id: string
  name: string
  createdAt: Date
  /** The instant up to which its data is stored: by the newest good backup, or by its log. */
  lastGoodAt: Date | null
  lastProvenAt: Date | null
  /** The instant up to which its data is proven to be restorable. */
  provenUpTo: Date | null
  /** `lastGoodAt` is that of its log, which leads on from a base backup. */
  isLogged: boolean
  /** Measured by the last passed restore test. */
  restoreDurationMs: number | null
  rpoObjectiveMs: number | null
  rtoObjectiveMs: number | null
  /** How old a proof may be (twice the interval of the restore-test schedule), and since when that is asked. */
  proof: { validMs: number; since: Date } | null
  /** Whether the newest good backup has the copies that are asked for; null when nothing is asked or there is none. */
  copies: { met: boolean; message: string } | null
  /** What the newest good backup lacks, and what its tools warned of. */
  lacks: { withheld: string[]; warnings: string[] } | null
}

/** What is wrong with a source beside its runs themselves. Bodies name instants, not ages: they do not change by waiting. */
export function sourceFindings(source: WatchedSource, now: Date): Finding[] {
  return [
    ...exposureFinding(source, now),
    ...restoreTimeFinding(source),
    ...overdueFinding(source, now),
    ...copiesFinding(source),
    ...lackingFinding(source),
  ]
}

function exposureFinding(source: WatchedSource, now: Date): Finding[] {
  const { rpoObjectiveMs, lastGoodAt, provenUpTo, isLogged, name } = source
  if (rpoObjectiveMs === null) return []
  // A source that was just added has its objective's time to get its first backup.
  const over = exceeded({ rpoObjectiveMs, provenUpTo, lastGoodAt: lastGoodAt ?? source.createdAt }, now)
  if (over === null) return []
  const newest = isLogged && lastGoodAt ? loggedWords(lastGoodAt, over) : newestWords(lastGoodAt, provenUpTo)
  if (over === 'proven') {
    return [
      {
        event: 'exposure-over-objective',
        severity: 'warning',
        title: `${name} keeps its objective only with ${isLogged ? 'a log whose base backup' : 'a backup that'} is not proven`,
        body: `${newest}; the objective is ${span(rpoObjectiveMs)}.`,
        facts: {
          lastGoodAt: lastGoodAt?.toISOString() ?? null,
          provenUpTo: provenUpTo?.toISOString() ?? null,
          rpoObjectiveMs,
        },
      },
    ]
  }
  return [
    {
      event: 'exposure-over-objective',
      severity: 'critical',
      title: `${name} could lose more data than its objective allows`,
      body: `${newest}; the objective is ${span(rpoObjectiveMs)}.`,
      facts: {
        lastGoodAt: lastGoodAt?.toISOString() ?? null,
        provenUpTo: provenUpTo?.toISOString() ?? null,
        rpoObjectiveMs,
      },
    },
  ]
}

function loggedWords(storedUntil: Date, over: 'newest' | 'proven'): string {
  // While all is stored that instant is now, and would change with every look.
  if (over === 'proven') return 'Its log is stored, and no restore test of a base backup that leads to it has passed'
  return `Its log is stored up to ${stamp(storedUntil)}`
}

function newestWords(lastGoodAt: Date | null, provenUpTo: Date | null): string {
  if (!lastGoodAt) return 'It has no good backup'
  const from = `Its newest good backup is from ${stamp(lastGoodAt)}`
  if (!provenUpTo) return `${from}, none is proven`
  const same = provenUpTo.getTime() === lastGoodAt.getTime()
  return same ? `${from} and proven` : `${from}, its newest proven one is from ${stamp(provenUpTo)}`
}

function restoreTimeFinding(source: WatchedSource): Finding[] {
  const { restoreDurationMs, rtoObjectiveMs, name } = source
  if (restoreDurationMs === null || rtoObjectiveMs === null || restoreDurationMs <= rtoObjectiveMs) return []
  return [
    {
      event: 'restore-over-objective',
      severity: 'warning',
      title: `Restoring ${name} takes longer than its objective`,
      body: `The last restore test needed ${span(restoreDurationMs)}; the objective is ${span(rtoObjectiveMs)}.`,
      facts: { restoreDurationMs: Math.round(restoreDurationMs), rtoObjectiveMs },
    },
  ]
}

function overdueFinding(source: WatchedSource, now: Date): Finding[] {
  const { proof, lastProvenAt, name } = source
  if (!proof) return []
  // A schedule that was just made has its own time to prove something.
  const from = Math.max(lastProvenAt?.getTime() ?? 0, proof.since.getTime())
  if (now.getTime() - from <= proof.validMs) return []
  return [
    {
      event: 'restore-test-overdue',
      severity: 'warning',
      title: `The restore test of ${name} is overdue`,
      body: lastProvenAt
        ? `The last one that passed was at ${stamp(lastProvenAt)}; at least every ${span(proof.validMs)} one should.`
        : `None has passed yet; at least every ${span(proof.validMs)} one should.`,
      facts: { lastProvenAt: lastProvenAt?.toISOString() ?? null, validMs: proof.validMs },
    },
  ]
}

function lackingFinding({ name, lacks }: WatchedSource): Finding[] {
  if (!lacks) return []
  const { withheld, warnings } = lacks
  const sentences = [
    ...(withheld.length > 0
      ? [`Not in the newest one: ${listed(withheld)}. The test of its connection says what to do.`]
      : []),
    ...(warnings.length > 0 ? [`Warnings while it was taken: ${listed(warnings)}.`] : []),
  ]
  return [
    {
      event: 'backup-incomplete',
      severity: 'warning',
      title: `Backups of ${name} ${withheld.length > 0 ? 'leave something out' : 'are taken with warnings'}`,
      body: sentences.join(' '),
      facts: { ...lacks },
    },
  ]
}

const listed = (words: string[]) =>
  `${words.slice(0, 10).join('; ')}${words.length > 10 ? `; and ${words.length - 10} more, on its page` : ''}`

function copiesFinding(source: WatchedSource): Finding[] {
  if (!source.copies || source.copies.met) return []
  return [
    {
      event: 'copies-missing',
      severity: 'warning',
      title: `${source.name} has fewer copies than it should`,
      body: source.copies.message,
      facts: {},
    },
  ]
}
