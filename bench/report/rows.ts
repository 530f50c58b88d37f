import type { Sample } from '../measure'
import { median } from './results'

export const seconds = (ms: number) => (ms / 1_000).toFixed(1)
export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
export const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`

export function pick(samples: readonly Sample[], value: (sample: Sample) => number | undefined): number[] {
  return samples.map(value).filter((found) => found !== undefined)
}

/** Median, and in brackets the least and the most. */
export function spread(values: readonly number[], show: (value: number) => string): string {
  if (values.length === 0) return '-'
  return `${show(median(values))} (${show(Math.min(...values))} to ${show(Math.max(...values))})`
}

/** A line of a table; none for a way that was left out. */
export function row(name: string, samples: readonly Sample[], last: (samples: readonly Sample[]) => string[]): string {
  if (samples.length === 0) return ''
  const cells = [
    name,
    spread(
      samples.map((sample) => sample.wallMs),
      seconds,
    ),
    ...last(samples),
    spread(
      samples.map((sample) => sample.clientCpuSeconds),
      (value) => value.toFixed(1),
    ),
    median(samples.map((sample) => sample.machineCpuSeconds)).toFixed(1),
    mebibytes(Math.max(...samples.map((sample) => sample.treePeakRssBytes))),
  ]
  return `| ${cells.join(' | ')} |\n`
}

export const wall = (samples: readonly Sample[]) => median(samples.map((sample) => sample.wallMs))

/** `-` when one of them was left out. */
export function ratio(a: readonly Sample[], ...others: (readonly Sample[])[]): string {
  const best = Math.min(...others.filter((samples) => samples.length > 0).map(wall))
  return a.length > 0 && Number.isFinite(best) ? (wall(a) / best).toFixed(2) : '-'
}
