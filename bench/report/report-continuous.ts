import { continuousWays, type ContinuousResults } from '../continuous'
import type { Sample } from '../measure'
import type { BenchSettings } from '../settings'
import { mebibytes, pick, ratio, row, seconds, spread } from './rows'
import { median, type Results } from './results'

/** Base backups, recoveries, exposure and what following costs. */
export function continuousSection({ continuous }: BenchSettings, { ways, ...results }: Results): string[] {
  const told = results.continuous
  if (!told || continuousWays.every((way) => ways[way].length === 0)) return []
  const { base, basePlain, baseOther, recovery, recoveryOther } = ways
  const bases = (way: readonly Sample[]) => [ratio(way, baseOther), ratio(way, basePlain)]
  const recoveries = (way: readonly Sample[]) => [ratio(way, recoveryOther)]
  const steps = (way: readonly Sample[]) =>
    Object.keys(way[0]?.steps ?? {})
      .map((name) => `${name.replace(/Ms$/, '')} ${seconds(median(pick(way, (sample) => sample.steps?.[name])))} s`)
      .join(', ')
  return [
    `## Base backup and recovery

Holdfast encrypts, compares every file with the server's list and stores in S3; the others write to a folder of the same machine, without encryption.

| Way | Wall, s | Wall / pgBackRest | Wall / plain | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|---|
${row('(B) Holdfast base backup', base, bases)}${row('(b0) `pg_basebackup -X none \\| zstd -1`', basePlain, bases)}${row('(b1) `pgbackrest --type=full`, zst 1, process-max 2', baseOther, bases)}
| Way | Wall, s | Wall / pgBackRest | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|
${row('(P) Holdfast recovery to the latest state, until it can be asked', recovery, recoveries)}${row('(p1) `pgbackrest restore`, and a start until it can be written to', recoveryOther, recoveries)}
- Steps of (P): ${steps(recovery)}. Steps of (p1): ${steps(recoveryOther)}.
- Worker process alone: peak RSS of (B) ${spread(
      pick(base, (sample) => sample.ownPeakRssBytes),
      mebibytes,
    )}, of (P) ${spread(
      pick(recovery, (sample) => sample.ownPeakRssBytes),
      mebibytes,
    )}.`,
    `## Following the log

pgbench beside it, ${continuous.seconds} s a time.

${followed(told)}`,
  ]
}

function followed({ exposure, tps, quiet }: ContinuousResults): string {
  const lines: string[] = []
  if (exposure) {
    const sorted = exposure.samples.toSorted((a, b) => a - b)
    const at = (share: number) => seconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
    lines.push(
      `- Exposure, asked for ${seconds(exposure.sliceMs)} s: p50 ${at(0.5)} s, p99 **${at(0.99)} s**, most ${at(1)} s (${sorted.length} samples).`,
    )
  }
  if (tps.streaming.length > 0) {
    const whole = (value: number) => value.toFixed(0)
    lines.push(
      `- pgbench, transactions a second: ${spread(tps.streaming, whole)} streaming, ${spread(tps.alone, whole)} with the follower stopped: **${(median(tps.streaming) / median(tps.alone)).toFixed(2)}**.`,
    )
  }
  if (quiet)
    lines.push(`- ${quiet.sources} quiet sources in one worker: peak RSS **${mebibytes(quiet.peakRssBytes)}**.`)
  return lines.join('\n')
}
