import type { Machine } from '../machine'
import type { Sample } from '../measure'
import { attackSection } from './report-attack'
import { continuousSection } from './report-continuous'
import { historySection } from './report-history'
import { impactSection } from './report-impact'
import { median, type Results } from './results'
import type { BenchSettings } from '../settings'
import { mebibytes, megabytes, pick, ratio, row, seconds, spread, wall } from './rows'

/** The results as one page. It says what was measured and nothing about other machines. */
export function report(settings: BenchSettings, machine: Machine, results: Results): string {
  const sections = [
    head(settings, machine, results),
    backups(results),
    ...restores(results),
    ...besideSlow(settings, results),
    ...impactSection(settings, results),
    ...continuousSection(settings, results),
    ...historySection(results.history),
    ...attackSection(results.attacks),
    meaning(results),
  ]
  return `${sections.join('\n\n')}\n`
}

function head(settings: BenchSettings, machine: Machine, { ways }: Results): string {
  const sourceBytes = median(pick(ways.holdfast, (sample) => sample.sourceBytes))
  return `# Results of \`npm run bench\`

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; every figure is from this one run. What is compared
and how to read it: docs/performance.md.

- Machine: ${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memoryBytes / 1024 ** 3)} GiB of memory. The source, the S3 server, the catalog and
  the tools share it, so what costs CPU costs time. Load at the end: ${machine.load}.
- ${machine.versions.join('; ')}.
- Source: a dump of ${megabytes(sourceBytes)} uncompressed (asked for: ${settings.megabytes} MB): pgbench tables, a table of
  JSON documents and text, 500 small tables, 64 large objects. All of it in the page cache before the first run.
- Runs: ${ways.holdfast.length} each of (H) and (b), ${ways.folder.length} of (c), ${ways.gzip.length} of (a), taking turns; ${ways.restore.length} of each restore. Figures are medians; in brackets
  the least and the most.`
}

function backups({ ways }: Results): string {
  const { holdfast, zstd, folder, gzip } = ways
  const bytes = median(pick(holdfast, (sample) => sample.sourceBytes))
  const last = (way: readonly Sample[]) => [
    `${(bytes / 1e6 / (wall(way) / 1_000)).toFixed(0)} MB/s`,
    ratio(way, zstd, folder),
    ratio(way, gzip),
    megabytes(median(pick(way, (sample) => sample.storedBytes))),
  ]
  return `## Backup to S3

| Way | Wall, s | Source bytes | Wall / best of (b), (c) | Wall / (a) | Stored | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|---|---|---|
${row('(H) Holdfast', holdfast, last)}${row('(a) `pg_dump -Fc \\| upload`', gzip, last)}${row('(b) `pg_dump -Fc -Z0 \\| zstd -3 \\| upload`', zstd, last)}${row('(c) `pg_dump -Fd -j2 -Z1`, then `upload` of its folder', folder, last)}
- Holdfast needed **${ratio(holdfast, zstd, folder)}** of the time of the best of (b) and (c), and **${ratio(holdfast, gzip)}** of that of (a).
- Worker process and all its tools: peak RSS **${spread(
    pick(holdfast, (sample) => sample.treePeakRssBytes),
    mebibytes,
  )}**; the worker process alone ${spread(
    pick(holdfast, (sample) => sample.ownPeakRssBytes),
    mebibytes,
  )}, CPU ${spread(
    pick(holdfast, (sample) => sample.ownCpuSeconds),
    (value) => value.toFixed(1),
  )} s.`
}

function restores({ ways }: Results): string[] {
  const { restore, restorePlain1, restorePlain2, test, testPlain1, testPlain2 } = ways
  if (restore.length === 0) return []
  const steps = (way: readonly Sample[]) =>
    Object.keys(way[0]?.steps ?? {})
      .map((name) => `${name.replace(/Ms$/, '')} ${seconds(median(pick(way, (sample) => sample.steps?.[name])))} s`)
      .join(', ')
  const beside =
    (two: readonly Sample[], one: readonly Sample[]) =>
    (way: readonly Sample[]): string[] => [ratio(way, two), ratio(way, one)]
  const restoring = beside(restorePlain2, restorePlain1)
  const testing = beside(testPlain2, testPlain1)
  return [
    `## Restore

Holdfast reads from S3, decrypts, decompresses and checks; pg_restore reads an uncompressed archive from a local file.

| Way | Wall, s | Wall / -j2 | Wall / -j1 | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|---|
${row('(R) Holdfast restore into a new database', restore, restoring)}${row('(r2) new database, `pg_restore -j2` from a file', restorePlain2, restoring)}${row('(r1) new database, `pg_restore -j1` from a file', restorePlain1, restoring)}
- Holdfast needed **${ratio(restore, restorePlain2)}** of the time of \`pg_restore -j2\`.`,
    `## Restore test

| Way | Wall, s | Wall / -j2 | Wall / -j1 | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|---|
${row('(T) Holdfast restore test, standard', test, testing)}${row('(t2) fresh server, `pg_restore -j2` from a file', testPlain2, testing)}${row('(t1) fresh server, `pg_restore -j1` from a file', testPlain1, testing)}
- Steps of (T): ${steps(test)}.
- Steps of (t2): ${steps(testPlain2)}. Steps of (t1): ${steps(testPlain1)}.
- Worker process alone, restores and tests: peak RSS ${spread(
      pick([...test, ...restore], (sample) => sample.ownPeakRssBytes),
      mebibytes,
    )}.
- What runs in the sandbox of (T), its server too, is in the CPU of the machine and in the peak, not in that of the clients.`,
  ]
}

function besideSlow({ slow: { bytesPerSecond } }: BenchSettings, { ways }: Results): string[] {
  const { slow, slowPlain, holdfast } = ways
  if (slow.length === 0) return []
  const storedBytes = median(pick(slow, (sample) => sample.storedBytes))
  const waiting = (storedBytes / bytesPerSecond) * 1_000
  const own = (samples: readonly Sample[]) =>
    spread(
      pick(samples, (sample) => sample.ownPeakRssBytes),
      mebibytes,
    )
  const last = (way: readonly Sample[]) => [ratio(way, slowPlain)]
  return [
    `## Backup to a fast and a slow store

The slow one takes ${(bytesPerSecond / 1e6).toFixed(1)} MB/s of the ${megabytes(storedBytes)} that are stored. It is detached, and copied to after the backup's end.

| Way | Wall, s | Wall / (b) | CPU of the clients, s | CPU of the machine, s | Peak RSS, all processes |
|---|---|---|---|---|---|
${row('(S) Holdfast, to the fast store and the slow one', slow, last)}${row('(b) `pg_dump -Fc -Z0 \\| zstd -3 \\| upload`, to the fast store alone', slowPlain, last)}
- Holdfast needed **${ratio(slow, slowPlain)}** of the time of (b). Waiting for the slow store takes at least ${seconds(waiting)} s, **${(waiting / wall(slowPlain)).toFixed(1)}** of it.
- Worker process alone: peak RSS ${own(slow)}; of (H), to the fast store alone, ${own(holdfast)}.`,
  ]
}

function meaning({ ways }: Results): string {
  const few = ways.holdfast.length < 3 ? '\n- Fewer than three runs: take the figures as a hint.' : ''
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
