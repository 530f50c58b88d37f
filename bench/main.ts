import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { type Bucket, makeBucket } from './bucket'
import { measureContinuous } from './continuous'
import { measureHistory } from './history'
import { type Holdfast, startHoldfast } from './holdfast'
import { backup, backupBesideSlow, restoreNew, restoreTest } from './holdfast-ways'
import { impactModes, openImpact } from './impact'
import { benchDatabase, openSource } from './load-source'
import { readMachine } from './machine'
import type { Sample } from './measure'
import { type PlainTools, plainTools } from './plain-tools'
import { report } from './report/report'
import { emptyResults, type Results, type Way } from './report/results'
import { runTool } from './run-tool'
import type { Server } from './server'
import { startSlowStore } from './slow-store'
import { measureUnderAttack } from './under-attack'
import { type BenchSettings, readBenchSettings } from './settings'

const say = (text: string) => console.log(`· ${text}`)

interface Bench {
  settings: BenchSettings
  source: Server
  holdfast: Holdfast
  plain: PlainTools
  bucket: Bucket
  results: Results
  note(way: Way, sample: Sample): void
}

async function main(): Promise<void> {
  const settings = readBenchSettings(process.env)
  mkdirSync(settings.dataFolder, { recursive: true })
  // The sandbox's server runs as another user when we are root, and must be able to reach its folder.
  const home = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-'))
  await chmod(home, 0o711)
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end().catch((error: unknown) => console.error(error))
    rmSync(home, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close().then(() => process.exit(1)))
  try {
    say(`Preparing a database whose dump has about ${settings.megabytes} MB`)
    const source = await openSource(settings)
    closing.push(() => source.stop())
    const bucket = await makeBucket(settings.s3)
    const holdfast = await startHoldfast(settings, home, source.port, bucket.name)
    closing.push(() => holdfast.close())
    const plain = plainTools(settings, source, bucket.name)
    closing.push(() => plain.close())
    const results = emptyResults()
    const note = (way: Way, sample: Sample) => {
      results.ways[way].push(sample)
      say(`${way} ${results.ways[way].length}: ${(sample.wallMs / 1_000).toFixed(1)} s`)
    }
    const bench: Bench = { settings, source, holdfast, plain, bucket, results, note }

    say('Reading everything once, so that the first run finds the same caches as the last')
    await readOnce(bench)
    const last = await backups(bench)
    await restores(bench, last)
    await besideSlow(bench)
    await impact(bench)
    if (settings.continuous.rounds > 0) {
      say('Following the log of the source, beside pgBackRest')
      await source.stop()
      results.continuous = await measureContinuous(settings, holdfast, note)
    }
    if (settings.historyRows > 0) {
      say(`Filling a catalog with ${settings.historyRows.toLocaleString('en')} backups`)
      results.history = await measureHistory(settings, path.join(home, 'history'))
    }
    if (settings.attacks) {
      say('Asking for health while a product is attacked')
      results.attacks = await measureUnderAttack(settings)
    }
    const text = report(settings, await readMachine(settings), results)
    await writeFile(settings.resultsFile, text)
    console.log(`\n${text}`)
    say(`Written to ${path.relative(settings.root, settings.resultsFile)}`)
  } finally {
    await close()
  }
}

async function readOnce({ settings, source }: Bench): Promise<void> {
  const server = ['-h', '127.0.0.1', '-p', String(source.port), '-U', 'postgres']
  const output = ['-Fc', '-Z0', '--no-sync', '-f', '/dev/null']
  await runTool(path.join(settings.pgBin, 'pg_dump'), [...server, ...output, benchDatabase])
}

/** Its own part: the copy that follows would disturb what is measured after it. */
async function besideSlow({ settings, holdfast, plain, bucket, note }: Bench): Promise<void> {
  const { rounds, bytesPerSecond } = settings.slow
  if (rounds === 0) return
  const store = await startSlowStore(settings.s3.endpoint, bytesPerSecond)
  try {
    const slowId = await holdfast.addDestination('slow', store.endpoint)
    for (let round = 1; round <= rounds; round += 1) {
      note('slow', await backupBesideSlow(holdfast, slowId))
      note('slowPlain', await plain.dumpZstd('beside-slow'))
      await bucket.remove('beside-slow')
    }
  } finally {
    await store.close()
  }
}

/** The ways take turns. Answers what the restores read: our last backup, and the last object of (b). */
async function backups(bench: Bench): Promise<{ backupId: string; key: string }> {
  const { settings, holdfast, plain, bucket, note } = bench
  let backupId = ''
  let key = ''
  const rounds = Math.max(settings.rounds, settings.gzipRounds, settings.folderRounds)
  for (let round = 1; round <= rounds; round += 1) {
    if (round <= settings.rounds) {
      const taken = await backup(holdfast)
      note('holdfast', taken.sample)
      if (backupId) await deleteBackup({ ctx: holdfast.ctx, input: { id: backupId } }).catch(() => undefined)
      backupId = taken.backupId
      note('zstd', await plain.dumpZstd(`zstd-${round}`))
      if (key) await bucket.remove(key)
      key = `zstd-${round}`
    }
    if (round <= settings.folderRounds) {
      note('folder', await plain.dumpFolder(`folder-${round}`))
      await bucket.removeBelow(`folder-${round}/`)
    }
    if (round <= settings.gzipRounds) {
      note('gzip', await plain.dumpGzip(`gzip-${round}`))
      await bucket.remove(`gzip-${round}`)
    }
  }
  return { backupId, key }
}

async function restores(bench: Bench, { backupId, key }: { backupId: string; key: string }): Promise<void> {
  const { settings, source, holdfast, plain, note } = bench
  if (settings.restoreRounds === 0) return
  await plain.fetchArchive(key)
  for (let round = 1; round <= settings.restoreRounds; round += 1) {
    note('restore', await restoreNew(holdfast, backupId, source))
    note('restorePlain2', await plain.restoreNew(2))
    note('restorePlain1', await plain.restoreNew(1))
    note('test', await restoreTest(holdfast, backupId))
    note('testPlain2', await plain.restoreFresh(2))
    note('testPlain1', await plain.restoreFresh(1))
  }
}

async function impact(bench: Bench): Promise<void> {
  const { settings, results } = bench
  if (settings.impact.rounds === 0) return
  const beside = await openImpact(settings, bench)
  try {
    for (let round = 1; round <= settings.impact.rounds; round += 1) {
      // What runs later finds a database that has grown: each round begins with another way.
      const first = (round - 1) % impactModes.length
      const order = [...impactModes.slice(first), ...impactModes.slice(0, first)]
      for (const mode of order) {
        const sample = await beside.measure(mode)
        results.impact[mode].push(sample)
        say(`pgbench, ${mode} ${round}: ${sample.tps.toFixed(0)} transactions a second`)
      }
    }
  } finally {
    await beside.close()
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
