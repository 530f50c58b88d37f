import type { ImpactMode, ImpactSample } from '../impact'
import { median, type Results } from './results'
import type { BenchSettings } from '../settings'

const names: Record<ImpactMode, string> = {
  alone: 'nothing',
  plain: '(a) `pg_dump -Fc \\| upload`',
  holdfast: '(H) Holdfast, default settings',
  gentle: '(G) Holdfast, gentle mode',
  snapshot: 'an open snapshot alone',
}

/** What backups cost a busy database, as one section. */
export function impactSection(settings: BenchSettings, results: Results): string[] {
  const { impact } = results
  if (impact.alone.length === 0) return []
  const lost = lossOf(impact)
  const row = (mode: ImpactMode) => {
    const tps = impact[mode].map((sample) => sample.tps)
    const cells = [
      names[mode],
      `${median(tps).toFixed(0)} (${Math.min(...tps).toFixed(0)} to ${Math.max(...tps).toFixed(0)})`,
      mode === 'alone' ? '-' : `${(100 * lost(mode)).toFixed(1)} %`,
      mode === 'alone' ? '-' : backupsTaken(impact[mode], wholeBytes(mode, results)),
      mode === 'alone' ? '-' : lostPerBackup(impact, mode, wholeBytes(mode, results)),
      median(impact[mode].map((sample) => sample.machineCpuSeconds / sample.seconds)).toFixed(2),
    ]
    return `| ${cells.join(' | ')} |`
  }
  const { seconds, clients } = settings.impact
  const rounds = impact.alone.length
  return [
    `## Beside a busy database

pgbench (its usual mix of reads and writes, ${clients} clients without pause, ${seconds} s, ${rounds} ${rounds === 1 ? 'run' : 'runs'} of each, taking turns) on the
same server and cores, in a copy of the database, while backups of that copy are taken one after another.

| Beside pgbench | Transactions a second | Lost while it runs | Backups taken meanwhile | Transactions lost for one whole backup | Cores busy |
|---|---|---|---|---|---|
${row('alone')}
${row('plain')}
${row('holdfast')}
${row('gentle')}
${row('snapshot')}

- While it runs, (H) costs pgbench **${ratio(lost('holdfast'), lost('plain'))}** of what (a) costs it; (G) costs it **${(100 * lost('gentle')).toFixed(1)} %** of its throughput.
- An idle transaction that only holds a snapshot open, as every consistent dump must, costs it ${(100 * lost('snapshot')).toFixed(1)} %.
- A whole backup is what finished, and the share of its bytes that the unfinished one had come to.`,
  ]
}

function lossOf(impact: Results['impact']): (mode: ImpactMode) => number {
  const tps = (mode: ImpactMode) => median(impact[mode].map((sample) => sample.tps))
  return (mode) => 1 - tps(mode) / tps('alone')
}

/** Bytes of a whole backup in the unit that the unfinished ones are counted in; null when no such backup was measured. */
function wholeBytes(mode: ImpactMode, { ways }: Results): number | null {
  const bytes =
    mode === 'plain' ? ways.gzip.map((sample) => sample.storedBytes) : ways.holdfast.map((sample) => sample.sourceBytes)
  const known = bytes.filter((value) => value !== undefined)
  return known.length === 0 ? null : median(known)
}

function taken(sample: ImpactSample, whole: number | null): number | null {
  return whole === null ? null : sample.finished + sample.begunBytes / whole
}

function medianOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}

function backupsTaken(samples: ImpactSample[], whole: number | null): string {
  return medianOf(samples.map((sample) => taken(sample, whole)))?.toFixed(2) ?? 'not known'
}

function lostPerBackup(impact: Results['impact'], mode: ImpactMode, whole: number | null): string {
  const alone = median(impact.alone.map((sample) => sample.tps))
  const lost = medianOf(
    impact[mode].map((sample) => {
      const count = taken(sample, whole)
      return count === null || count === 0 ? null : ((alone - sample.tps) * sample.seconds) / count
    }),
  )
  return lost === null ? 'not known' : Math.round(lost).toString()
}

function ratio(value: number, of: number): string {
  return of > 0 ? (value / of).toFixed(2) : 'not known'
}
