import type { Machine } from './machine'
import type { Sample } from './measure'
import type { BenchSettings } from './settings'

export type Samples = Record<'holdfast' | 'zstd' | 'gzip' | 'test' | 'testPlain' | 'restore' | 'restorePlain', Sample[]>

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1)
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`

function pick(samples: readonly Sample[], value: (sample: Sample) => number | undefined): number[] {
  return samples.map(value).filter((found) => found !== undefined)
}

/** Median, and in brackets the least and the most. */
function spread(values: readonly number[], show: (value: number) => string): string {
  if (values.length === 0) return '-'
  return `${show(median(values))} (${show(Math.min(...values))} to ${show(Math.max(...values))})`
}

function row(name: string, samples: readonly Sample[], last: string[]): string {
  return `| ${[
    name,
    spread(
      samples.map((sample) => sample.wallMs),
      seconds,
    ),
    ...last,
    spread(
      samples.map((sample) => sample.clientCpuSeconds),
      (value) => value.toFixed(1),
    ),
    median(samples.map((sample) => sample.machineCpuSeconds)).toFixed(1),
    mebibytes(Math.max(...samples.map((sample) => sample.treePeakRssBytes))),
  ].join(' | ')} |`
}

const wall = (samples: readonly Sample[]) => median(samples.map((sample) => sample.wallMs))
const ratio = (a: readonly Sample[], b: readonly Sample[]) => (wall(a) / wall(b)).toFixed(2)

/** The results as one page. It says what was measured and nothing about other machines. */
export function report(settings: BenchSettings, machine: Machine, samples: Samples): string {
  return `${[head(settings, machine, samples), backups(samples), ...restores(samples), meaning(samples)].join('\n\n')}\n`
}

function head(settings: BenchSettings, machine: Machine, samples: Samples): string {
  const sourceBytes = median(pick(samples.holdfast, (sample) => sample.sourceBytes))
  return `# Results of \`npm run bench\`

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; every figure is from this one run. What is compared
and how to read it: docs/performance.md.

- Machine: ${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memoryBytes / 1024 ** 3)} GiB of memory. The source, the S3 server, the catalog and
  the tools share it, so what costs CPU costs time. Load at the end: ${machine.load}.
- ${machine.versions.join('; ')}.
- Source: a dump of ${megabytes(sourceBytes)} uncompressed (asked for: ${settings.megabytes} MB): pgbench tables, a table of
  JSON documents and text, 500 small tables, 64 large objects. All of it in the page cache before the first run.
- Runs: ${samples.holdfast.length} each of (H) and (b), taking turns, ${samples.gzip.length} of (a), ${samples.test.length} of each restore. Figures are medians; in brackets the least and the most.`
}

function backups({ holdfast, zstd, gzip }: Samples): string {
  const throughput = (way: Sample[]) => {
    const bytes = median(pick(holdfast, (sample) => sample.sourceBytes))
    return `${(bytes / 1e6 / (wall(way) / 1_000)).toFixed(0)} MB/s`
  }
  const last = (way: Sample[]) => [
    throughput(way),
    ratio(way, zstd),
    megabytes(median(pick(way, (s) => s.storedBytes))),
  ]
  return `## Backup to S3

| Way | Wall, s | Source bytes | Wall / (b) | Stored | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|---|---|
${row('(H) Holdfast', holdfast, last(holdfast))}
${row('(b) `pg_dump -Fc -Z0 \\| zstd -3 \\| upload`', zstd, last(zstd))}
${row('(a) `pg_dump -Fc \\| upload`', gzip, last(gzip))}

- Holdfast reached **${(wall(zstd) / wall(holdfast)).toFixed(2)}** of the throughput of (b), and ${(wall(gzip) / wall(holdfast)).toFixed(2)} of that of (a).
- Worker process alone: peak RSS **${spread(
    pick(holdfast, (s) => s.ownPeakRssBytes),
    mebibytes,
  )}**, CPU ${spread(
    pick(holdfast, (s) => s.ownCpuSeconds),
    (value) => value.toFixed(1),
  )} s.`
}

function restores({ test, testPlain, restore, restorePlain }: Samples): string[] {
  if (test.length === 0) return []
  const steps = (way: Sample[]) => {
    const names = Object.keys(way[0]?.steps ?? {})
    return names
      .map((name) => `${name.replace(/Ms$/, '')} ${seconds(median(pick(way, (s) => s.steps?.[name])))} s`)
      .join(', ')
  }
  return [
    `## Restore test and restore

| Way | Wall, s | Wall / plain | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|
${row('(T) Holdfast restore test, standard', test, [ratio(test, testPlain)])}
${row('(t) fresh server, `download \\| zstd -d \\| pg_restore -j1`', testPlain, ['1.00'])}
${row('(R) Holdfast restore into a new database', restore, [ratio(restore, restorePlain)])}
${row('(r) new database, `download \\| zstd -d \\| pg_restore -j1`', restorePlain, ['1.00'])}

- Steps of (T): ${steps(test)}.
- Steps of (t): ${steps(testPlain)}.
- Worker process alone: peak RSS ${spread(
      pick([...test, ...restore], (s) => s.ownPeakRssBytes),
      mebibytes,
    )}.
- The clients of (T) include the sandbox's server, which the worker starts; those of (t), (R) and (r) do not include a server.`,
  ]
}

function meaning({ holdfast }: Samples): string {
  const few = holdfast.length < 3 ? '\n- Fewer than three runs: take the figures as a hint.' : ''
  return `## What the lines mean

- Wall of (H), (T), (R): from the job's start to its end as the catalog has them. It includes connecting, the snapshot,
  roles, encryption (age), SHA-256 of the source bytes and of the stored bytes, the store's confirmation, the manifest.
  The wait in the queue before the start is not in it.
- Wall of the plain ways: the whole pipe, from its start to its end. They neither encrypt nor confirm nor prove anything.
- CPU of the clients: the worker and every tool it started, or all programs of the pipe. CPU of the machine: everything
  that was busy meanwhile, so also the source's server and the S3 server, and whatever else ran.
- Peak RSS of the worker alone is the kernel's own high-water mark; that of all processes is a sum of samples five times a
  second, in which shared pages count once for each process.${few}`
}
