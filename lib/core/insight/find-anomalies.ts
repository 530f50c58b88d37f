import type { Anomaly, JudgedUnit, SourceInsight } from '../../contracts/insight'
import { measuredValue, type Measure } from '../../contracts/repository/measure'
import { baselineOf, type Baseline } from './baseline'
import { describeAnomaly } from './describe-anomaly'
import { findVanished } from './find-vanished'
import type { JudgedBackup } from './judged-backup'

interface Rule {
  measure: string
  unit: JudgedUnit
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
const sizeRules: Rule[] = [
  {
    measure: 'source-bytes',
    unit: 'bytes',
    value: (backup) => backup.sourceBytes,
    leastShare: 0.25,
    least: mebibyte,
    criticalRise: 1,
    criticalFall: 0.5,
    falls: true,
  },
  {
    measure: 'stored-bytes',
    unit: 'bytes',
    value: (backup, latest) => (backup.encoding === latest.encoding ? backup.storedBytes : null),
    leastShare: 0.25,
    least: mebibyte,
    criticalRise: 1,
    criticalFall: 0.5,
    falls: true,
  },
]

const otherRules: Rule[] = [
  {
    // Stored bytes of each byte of the source. Encrypted data does not compress: a jump is what ransomware looks like.
    measure: 'compression',
    unit: 'share',
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
    unit: 'milliseconds',
    value: (backup) => backup.durationMs,
    leastShare: 1,
    least: 60_000,
    criticalRise: Number.POSITIVE_INFINITY,
    criticalFall: Number.POSITIVE_INFINITY,
    // A backup that is done sooner harms nobody; less in it shows in its size.
    falls: false,
  },
]

/** What an engine counted: losing it matters, having more of it shows in the sizes as well. */
const countedRule = (measure: Measure): Rule => ({
  measure: measure.name,
  unit: measure.unit,
  value: (backup) => measuredValue(backup.measures, measure),
  leastShare: 0.25,
  least: measure.unit === 'bytes' ? mebibyte : 1_000,
  criticalRise: Number.POSITIVE_INFINITY,
  criticalFall: 0.5,
  falls: true,
})

const rulesFor = ({ measures }: JudgedBackup): Rule[] => [
  ...sizeRules,
  ...measures.filter((measure) => measure.of === 'items').map(countedRule),
  ...otherRules,
]

/**
 * Holds the latest good backup against those before it, newest first. A value stands out when it lies further from the
 * median than five times the usual scatter and the change is large enough to matter; with fewer than five to compare
 * with nothing is reported. What held data and vanished, such as a table, is compared with the backup just before.
 */
export function findAnomalies(history: readonly JudgedBackup[], latest: JudgedBackup): Anomaly[] {
  const numbers = rulesFor(latest).flatMap((rule) => {
    const actual = rule.value(latest, latest)
    const baseline = baselineFor(rule, history, latest)
    return actual === null || !baseline ? [] : judge(rule, baseline, actual)
  })
  const [before] = history
  return before ? [...numbers, ...findVanished(before, latest)] : numbers
}

/** The usual value of each measure, for showing beside the latest. */
export function baselines(history: readonly JudgedBackup[], latest: JudgedBackup): SourceInsight['baselines'] {
  return rulesFor(latest).flatMap((rule) => {
    const actual = rule.value(latest, latest)
    const baseline = baselineFor(rule, history, latest)
    return actual === null || !baseline
      ? []
      : [
          {
            measure: rule.measure,
            unit: rule.unit,
            usual: baseline.median,
            scatter: baseline.scatter,
            actual,
            backups: baseline.count,
          },
        ]
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
  const { measure, unit } = rule
  return [{ measure, unit, severity, message: describeAnomaly(rule, usual, actual), usual, actual }]
}
