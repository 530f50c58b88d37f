import type { Anomaly, Measure } from '../../contracts/insight'
import { baselineOf, type Baseline } from './baseline'
import { describeAnomaly } from './describe-anomaly'

/** What is known of one good backup and compared with others of its source. Null is what was not recorded. */
export interface JudgedBackup {
  id: string
  sourceBytes: number
  storedBytes: number
  durationMs: number | null
  rowEstimate: number | null
  tableCount: number | null
  /** All tables as `schema.name`. */
  tables: readonly string[] | null
  /** How it was stored, such as `zstd+age`; stored sizes are compared with those of the same way only. */
  encoding: string | null
}

interface Rule {
  measure: Exclude<Measure, 'tables'>
  value(backup: JudgedBackup, latest: JudgedBackup): number | null
  /** A change smaller than this share of the usual value is never told, however even the history is. */
  leastShare: number
  /** Nor one smaller than this. */
  least: number
  /** Up to this share above the usual it is a warning; from there on it is critical. Falls: the same downwards. */
  criticalRise: number
  criticalFall: number
  falls: boolean
}

const mebibyte = 1024 ** 2
const rules: Rule[] = [
  {
    measure: 'source-bytes',
    value: (backup) => backup.sourceBytes,
    leastShare: 0.25,
    least: mebibyte,
    criticalRise: 1,
    criticalFall: 0.5,
    falls: true,
  },
  {
    measure: 'stored-bytes',
    value: (backup, latest) => (backup.encoding === latest.encoding ? backup.storedBytes : null),
    leastShare: 0.25,
    least: mebibyte,
    criticalRise: 1,
    criticalFall: 0.5,
    falls: true,
  },
  {
    measure: 'rows',
    value: (backup) => backup.rowEstimate,
    leastShare: 0.25,
    least: 1_000,
    criticalRise: Number.POSITIVE_INFINITY,
    criticalFall: 0.5,
    falls: true,
  },
  {
    // Stored bytes of each byte of the source. Encrypted data does not compress: a jump is what ransomware looks like.
    measure: 'compression',
    value: (backup, latest) =>
      backup.encoding === latest.encoding && backup.sourceBytes >= mebibyte
        ? backup.storedBytes / backup.sourceBytes
        : null,
    leastShare: 0.3,
    least: 0.05,
    criticalRise: 0.6,
    criticalFall: Number.POSITIVE_INFINITY,
    falls: true,
  },
  {
    measure: 'duration',
    value: (backup) => backup.durationMs,
    leastShare: 1,
    least: 60_000,
    criticalRise: Number.POSITIVE_INFINITY,
    criticalFall: Number.POSITIVE_INFINITY,
    // A backup that is done sooner harms nobody; that there is less in it is told by its size.
    falls: false,
  },
]

/**
 * Holds the latest good backup against those before it, newest first. A value stands out when it lies further from the
 * median than five times the usual scatter and the change is large enough to matter; with fewer than five to compare
 * with nothing is said. Tables that vanished are told against the backup just before.
 */
export function findAnomalies(history: readonly JudgedBackup[], latest: JudgedBackup): Anomaly[] {
  const numbers = rules.flatMap((rule) => {
    const actual = rule.value(latest, latest)
    const baseline = baselineFor(rule, history, latest)
    return actual === null || !baseline ? [] : judge(rule, baseline, actual)
  })
  return [...numbers, ...vanishedTables(history, latest)]
}

/** The usual value of each measure, for showing beside the latest. */
export function baselines(
  history: readonly JudgedBackup[],
  latest: JudgedBackup,
): { measure: Measure; usual: number; scatter: number; actual: number; backups: number }[] {
  return rules.flatMap((rule) => {
    const actual = rule.value(latest, latest)
    const baseline = baselineFor(rule, history, latest)
    return actual === null || !baseline
      ? []
      : [{ measure: rule.measure, usual: baseline.median, scatter: baseline.scatter, actual, backups: baseline.count }]
  })
}

function baselineFor(rule: Rule, history: readonly JudgedBackup[], latest: JudgedBackup): Baseline | null {
  return baselineOf(history.map((backup) => rule.value(backup, latest)).filter((value) => value !== null))
}

function judge(rule: Rule, baseline: Baseline, actual: number): Anomaly[] {
  const { median: usual, scatter } = baseline
  const change = actual - usual
  const share = usual > 0 ? Math.abs(change) / usual : Number.POSITIVE_INFINITY
  if (change < 0 && !rule.falls) return []
  if (Math.abs(change) < rule.least || share < rule.leastShare || Math.abs(change) < 5 * scatter) return []
  const severity = share >= (change > 0 ? rule.criticalRise : rule.criticalFall) ? 'critical' : 'warning'
  const { measure } = rule
  return [{ measure, severity, message: describeAnomaly(measure, usual, actual), usual, actual }]
}

function vanishedTables(history: readonly JudgedBackup[], latest: JudgedBackup): Anomaly[] {
  const before = history[0]
  if (!before) return []
  if (before.tables && latest.tables) {
    const there = new Set(latest.tables)
    const gone = before.tables.filter((table) => !there.has(table))
    if (gone.length === 0) return []
    const all = before.tables.length
    return [
      {
        measure: 'tables',
        severity: gone.length * 4 >= all ? 'critical' : 'warning',
        message: `${gone.length} of ${all} tables are gone: ${named(gone)}.`,
        usual: all,
        actual: all - gone.length,
      },
    ]
  }
  const usual = before.tableCount
  const actual = latest.tableCount
  // Without names a partition that was dropped as planned cannot be told from a table that was lost.
  if (usual === null || actual === null || actual > usual * 0.9) return []
  const message = `There are ${actual} tables; there were ${usual}.`
  return [
    { measure: 'tables', severity: (usual - actual) * 4 >= usual ? 'critical' : 'warning', message, usual, actual },
  ]
}

function named(tables: readonly string[]): string {
  const shown = tables.slice(0, 5).join(', ')
  return tables.length > 5 ? `${shown} and ${tables.length - 5} more` : shown
}
