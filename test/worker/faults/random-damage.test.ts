import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { startBackup } from '@/lib/services/backup/start-backup'
import { claimNextJob } from '@/lib/services/job/claim-next-job'
import { startRestore } from '@/lib/services/restore/start-restore'
import type { TaskArgs } from '@/worker/task'
import { restoreTask } from '@/worker/tasks/restore'
import { verifyCopies } from '@/worker/tasks/restore-test/verify-copies'
import { type Damage, damageKinds, makeDamage } from '../../helpers/faults/damage'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { makeRandom } from '../../helpers/random'
import { makeTestRun } from '../../helpers/run-context'

/** A share; `npm run faults -- --damages 2000` sets more. */
const trials = Number(process.env['HOLDFAST_TEST_TRIALS'] ?? 40)
const random = makeRandom(Number(process.env['HOLDFAST_TEST_SEED'] ?? Math.floor(Math.random() * 0x7fffffff)))

/** Rows of several lengths; some bytes compress well, some do not. */
const rows = (from: number) => `
  CREATE TABLE IF NOT EXISTS item (id int PRIMARY KEY, body text, noise text);
  CREATE TABLE IF NOT EXISTS other (id int PRIMARY KEY, item int REFERENCES item);
  INSERT INTO item SELECT i, repeat('x', i % 50), encode(sha256(i::text::bytea), 'hex') FROM generate_series(${from}, ${from + 99}) i;
  INSERT INTO other SELECT i, i FROM generate_series(${from}, ${from + 99}) i`

describe(`random damage to any stored object, seed ${random.seed}`, () => {
  let product: Product
  let pg: TestPostgres
  const backups: { id: string; folder: string; files: Map<string, Buffer> }[] = []

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([
      startProduct(),
      // Every statement is written down: what was never said to the server never reached a table.
      startPostgres({
        settings: {
          log_statement: 'all',
          logging_collector: 'on',
          log_filename: 'statements.log',
          log_directory: 'log',
        },
      }),
    ])
    const store = await product.addLocalDestination()
    const sources = [
      await product.addSource(pg.source(), {}),
      await product.addSource(pg.source(), { encryption: 'none', compression: 'none', parallelism: 3 }),
      await product.addSource(pg.source(), { encryption: 'none', compression: 'gzip' }),
    ]
    const worker = await product.startWorker()
    for (const from of [1, 1001]) {
      await pg.sql(rows(from))
      for (const sourceId of sources) {
        const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [store.id] } })
        const job = await product.finished(jobId)
        expect(job).toMatchObject({ state: 'succeeded' })
        const backup = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: job.backupId ?? '' } })
        const folder = path.join(store.folder, backup.repositoryPath)
        // The guide is for people: no restore reads it, and a check of the copy writes it again (quick-test).
        const names = (await readdir(folder)).filter((name) => name !== restoreGuideFile)
        const read = names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)
        backups.push({ id: backup.id, folder, files: new Map(await Promise.all(read)) })
      }
    }
    // From here on this file does the worker's work.
    await worker.stop()
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const argsFor = (job: TaskArgs['job']): TaskArgs => ({
    ctx: product.ctx,
    job,
    run: makeTestRun(),
    assertLease: () => Promise.resolve(),
    logText: () => '',
    home: product.home,
  })

  const workerId = randomUUID()
  let restores = 0
  /** The worker's own code for the job that a person starts. */
  const restore = async (backupId: string) => {
    restores += 1
    const input = { backupId, target: { database: `target_${restores}`, owners: 'keep' as const } }
    const { jobId } = await startRestore({ ctx: product.ctx, input })
    const job = await claimNextJob(product.ctx.db, { kind: 'restore', workerId })
    if (job?.id !== jobId) throw new Error('The job was not there to be claimed')
    await restoreTask.run(argsFor(job))
    return { job, database: input.target.database }
  }

  const restoresRight = async (backup: (typeof backups)[number]) => {
    const { database } = await restore(backup.id)
    const [row] = await pg.sql('SELECT count(*)::int AS count FROM item JOIN other ON item = item.id', database)
    await pg.sql(`DROP DATABASE ${database}`)
    expect(row).toEqual({ count: backups.indexOf(backup) < 3 ? 100 : 200 })
  }

  const quick = async (backupId: string) => {
    const backup = await product.ctx.db.backup.findUniqueOrThrow({
      where: { id: backupId },
      include: { copies: { include: { destination: true } }, source: true },
    })
    const job = await product.ctx.db.job.findFirstOrThrow({ where: { backupId } })
    const args = argsFor({ ...job, workerId })
    return (await verifyCopies(args, backup, true)).map((finding) => finding.state)
  }

  const statements = async () => {
    const text = await readFile(path.join(pg.dataDir, 'log/statements.log'), 'utf8')
    return text.split('\n').filter((line) => /COPY .* FROM stdin|INSERT INTO/i.test(line))
  }

  it(
    'is found at level quick; before any row is said to the target of a restore unless only the signature is lost; no database is left (fault 38) (fault 39)',
    { timeout: 200_000 + trials * 1_000 },
    async () => {
      let known = (await statements()).length
      const missed: string[] = []
      const kinds = new Map<string, number>()
      for (let trial = 0; trial < trials; trial += 1) {
        const backup = random.pick(backups)
        const other = random.pick(backups.filter((candidate) => candidate !== backup))
        // In turns, so that every kind comes in any run.
        const kind = damageKinds[trial % damageKinds.length] ?? 'flipped'
        const damage: Damage = makeDamage(random, kind, backup.files, other.files)
        kinds.set(damage.kind, (kinds.get(damage.kind) ?? 0) + 1)
        const told = `trial ${trial}: ${damage.description}`
        try {
          for (const [name, bytes] of damage.files) {
            if (bytes) await writeFile(path.join(backup.folder, name), bytes)
            else await rm(path.join(backup.folder, name))
          }
          const states = await quick(backup.id)
          if (states.join() !== (damage.kind === 'deleted' ? 'missing' : 'damaged'))
            missed.push(`${told}: quick says ${states.join()}`)
          // The catalog knows the manifest's hash: data are not lost with the signature alone.
          if (damage.files.size === 1 && damage.files.get(signatureFile) === null) {
            expect((await statements()).slice(known)).toEqual([])
            await restoresRight(backup)
            known = (await statements()).length
            continue
          }
          await restore(backup.id).then(
            () => missed.push(`${told}: restored`),
            (error: unknown) => {
              const code = damage.kind === 'deleted' ? 'object-not-found' : 'object-damaged'
              if (!(error instanceof HoldfastError) || error.code !== code)
                missed.push(`${told}: the restore failed with ${String(error)}`)
            },
          )
        } finally {
          for (const name of damage.files.keys())
            await writeFile(path.join(backup.folder, name), backup.files.get(name) ?? '')
        }
      }
      expect(missed).toEqual([])
      expect((await statements()).slice(known)).toEqual([])
      expect(await pg.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'target%'`)).toEqual([])
      expect([...kinds.keys()].sort()).toEqual(['deleted', 'extended', 'flipped', 'replayed', 'swapped', 'truncated'])
    },
  )

  it('and its absence is seen as well: each backup is good again, and its rows reach the target', async () => {
    const known = (await statements()).length
    for (const backup of backups) {
      expect(await quick(backup.id)).toEqual(['stored'])
      await restoresRight(backup)
    }
    expect((await statements()).length).toBeGreaterThanOrEqual(known + backups.length * 2)
  })
})
