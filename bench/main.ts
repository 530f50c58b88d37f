import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CreateBucketCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { startHoldfast } from './holdfast'
import { backup, restoreNew, restoreTest } from './holdfast-ways'
import { benchDatabase, openSource } from './load-source'
import { readMachine } from './machine'
import type { Sample } from './measure'
import { plainTools } from './plain-tools'
import { report, type Samples } from './report'
import { runTool } from './run-tool'
import { readBenchSettings } from './settings'

const say = (text: string) => console.log(`· ${text}`)

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

    say('Reading everything once, so that the first run finds the same caches as the last')
    const dump = [
      '-h',
      '127.0.0.1',
      '-p',
      String(source.port),
      '-U',
      'postgres',
      '-Fc',
      '-Z0',
      '--no-sync',
      '-f',
      '/dev/null',
    ]
    await runTool(path.join(settings.pgBin, 'pg_dump'), [...dump, benchDatabase])

    const samples: Samples = {
      holdfast: [],
      zstd: [],
      gzip: [],
      test: [],
      testPlain: [],
      restore: [],
      restorePlain: [],
    }
    const note = (name: keyof Samples, sample: Sample) => {
      samples[name].push(sample)
      say(`${name} ${samples[name].length}: ${(sample.wallMs / 1_000).toFixed(1)} s`)
    }
    let backupId = ''
    let archiveKey = ''
    for (let round = 1; round <= settings.rounds; round += 1) {
      const taken = await backup(holdfast)
      note('holdfast', taken.sample)
      note('zstd', await plain.dumpZstd(`zstd-${round}`))
      if (round <= settings.gzipRounds) {
        note('gzip', await plain.dumpGzip(`gzip-${round}`))
        await bucket.remove(`gzip-${round}`)
      }
      if (archiveKey) await bucket.remove(archiveKey)
      archiveKey = `zstd-${round}`
      if (backupId) await deleteBackup({ ctx: holdfast.ctx, input: { id: backupId } }).catch(() => undefined)
      backupId = taken.backupId
    }
    for (let round = 1; round <= settings.restoreRounds; round += 1) {
      note('test', await restoreTest(holdfast, backupId))
      note('testPlain', await plain.restoreFresh(archiveKey))
      note('restore', await restoreNew(holdfast, backupId, source))
      note('restorePlain', await plain.restoreNew(archiveKey))
    }
    const text = report(settings, await readMachine(settings), samples)
    await writeFile(settings.resultsFile, text)
    console.log(`\n${text}`)
    say(`Written to ${path.relative(settings.root, settings.resultsFile)}`)
  } finally {
    await close()
  }
}

async function makeBucket(s3: { endpoint: string; accessKeyId: string; secretAccessKey: string }) {
  const { endpoint, ...credentials } = s3
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  const name = `bench-${process.pid}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  return { name, remove: (Key: string) => client.send(new DeleteObjectCommand({ Bucket: name, Key })) }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
