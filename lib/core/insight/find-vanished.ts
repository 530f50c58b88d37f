import type { Anomaly } from '../../contracts/insight'
import { measuredValue } from '../../contracts/repository/measure'
import { amountInWords, thereIs, valueInWords } from '../../contracts/repository/measure-words'
import type { JudgedBackup } from './judged-backup'

/** What held data in the backup just before and is gone from the latest: by name where both tell names, else by number. */
export function findVanished(before: JudgedBackup, latest: JudgedBackup): Anomaly[] {
  const named = before.containers && latest.containers?.measure === before.containers.measure ? before.containers : null
  const byNumber = latest.measures
    .filter((measure) => measure.of === 'containers' && measure.name !== named?.measure)
    .flatMap((measure): Anomaly[] => {
      const { name, unit, value: actual } = measure
      const usual = measuredValue(before.measures, measure)
      // Without names one that was dropped as planned cannot be told from one that was lost.
      if (usual === null || actual >= usual || actual > usual * 0.9) return []
      const message = `${thereIs(measure)}; there ${usual === 1 ? 'was' : 'were'} ${valueInWords(unit, usual)}.`
      return [{ measure: name, unit, severity: severityOf(usual - actual, usual), message, usual, actual }]
    })
  return named ? [...byName(named, latest.containers?.names ?? []), ...byNumber] : byNumber
}

function byName({ measure, names }: NonNullable<JudgedBackup['containers']>, left: readonly string[]): Anomaly[] {
  const there = new Set(left)
  const gone = names.filter((name) => !there.has(name))
  if (gone.length === 0) return []
  const all = names.length
  const message = `${gone.length} of ${amountInWords({ name: measure, unit: 'count', value: all })} are gone: ${listed(gone)}.`
  const severity = severityOf(gone.length, all)
  return [{ measure, unit: 'count', severity, message, usual: all, actual: all - gone.length }]
}

const severityOf = (lost: number, all: number) => (lost * 4 >= all ? 'critical' : 'warning')

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
