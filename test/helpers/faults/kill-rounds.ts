import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { isTerminal } from '@/lib/core/job/transition'
import { jobStateSchema } from '@/lib/contracts/common'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCleanup } from '@/lib/services/cleanup/start-cleanup'
import { startRestore } from '@/lib/services/restore/start-restore'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startPostgres, type TestPostgres } from '../servers/postgres'
import { processesNaming } from '../processes'
import { startProduct, type Product, type WorkerProcess } from '../product'
import { restorableSet, strayObjects } from '../databases/restorable-set'
import { makeBucket, type TestBucket } from '../servers/s3'
import { waitFor } from '../wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 60000) AS id`
/** Two backups are kept; what is older is deleted, so that a round does not take longer than the one before. */
const keep = 2
/** What one round does while its worker is killed. */
type Work = 'backup' | 'restore-test' | 'restore'
/** How long each takes, in times of a backup; a little more, so that some kills hit a worker that is done. */
const lasts: Record<Work, number> = { backup: 1.1, 'restore-test': 3, restore: 1.7 }

/** The rounds of one seed are the same every time; what the kill hits also depends on the machine's speed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function freshSeed(): number {
  return randomInt(1, 2 ** 31)
}

/** A product with one source and two destinations, whose worker is killed again and again. */
export class KillRounds {
  /** How often a kill hit each state of the job, for the report. */
  readonly hits: Record<string, number> = {}
  private worker: WorkerProcess
  private readonly random: () => number

  private constructor(
    seed: number,
    private readonly product: Product,
    private readonly pg: TestPostgres,
    private readonly bucket: TestBucket,
    private readonly sourceId: string,
    private readonly destinationIds: string[],
    worker: WorkerProcess,
    private readonly backupMs: number,
  ) {
    this.random = randomOf(seed)
    this.worker = worker
  }

  static async start(seed: number): Promise<KillRounds> {
    const [product, pg, bucket] = await Promise.all([startProduct(), startPostgres(), makeBucket()])
    await pg.sql(rows)
    const sourceId = await product.addSource(pg.source(), {
      maxAttempts: 3,
      compression: 'none',
      // Most of a run is then what a kill should hit: bytes on their way.
      rateLimitBytesPerSecond: 8_000_000,
    })
    const local = await product.addLocalDestination()
    const s3 = await product.addDestination(bucket.spec({ lifecycleSafetyNet: false }))
    const worker = await product.startWorker()
    const destinationIds = [local.id, s3]
    const started = performance.now()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    const backupMs = performance.now() - started
    return new KillRounds(seed, product, pg, bucket, sourceId, destinationIds, worker, backupMs)
  }

  /** Queues work, kills the worker at a random moment, starts another, and looks at everything that must hold. */
  async round(number: number): Promise<void> {
    const { ctx } = this.product
    const before = await restorableSet(ctx)
    const choice = this.random()
    const work: Work = choice < 0.7 ? 'backup' : choice < 0.85 ? 'restore-test' : 'restore'
    const jobId = await this.begin(work, number)
    // The moment is what is random here: it is no wait for anything.
    await delay(this.random() * this.backupMs * lasts[work])
    this.worker.kill('SIGKILL')
    await this.worker.exited
    this.note(work, await ctx.db.job.findUniqueOrThrow({ where: { id: jobId } }))
    await this.noProcessLeft()

    this.worker = await this.product.startWorker()
    const job = await this.product.finished(jobId, 90_000)
    // A restore is not begun again by itself: its target is a person's to judge.
    const ends = work === 'restore' ? ['succeeded', 'interrupted'] : ['succeeded']
    expect(ends, `${work} ${JSON.stringify(job.error)}`).toContain(job.state)
    if (job.state === 'interrupted') await this.restoreAgain(number)
    await this.everythingHolds(jobId, before, work)
    await this.forgetOlder()
  }

  async close(): Promise<void> {
    await this.product.close()
    await this.pg.close()
    this.bucket.close()
  }

  private async begin(work: Work, number: number): Promise<string> {
    const { ctx } = this.product
    if (work === 'backup') {
      const input = { sourceId: this.sourceId, destinationIds: this.destinationIds }
      return (await startBackup({ ctx, input })).jobId
    }
    const latest = await ctx.db.backup.findFirstOrThrow({
      where: { status: 'succeeded', deletedAt: null },
      orderBy: { startedAt: 'desc' },
    })
    if (work === 'restore-test') {
      return (await startRestoreTest({ ctx, input: { backupId: latest.id, level: 'standard' } })).jobId
    }
    const target = { database: `round_${number}`, owners: 'keep' as const }
    return (await startRestore({ ctx, input: { backupId: latest.id, target } })).jobId
  }

  /**
   * The name of a finished database is the last thing that a restore gives: what has it is whole, also when the worker was
   * killed before it could say so. What has not is no obstacle to the next try.
   */
  private async restoreAgain(number: number): Promise<void> {
    const database = `round_${number}`
    const named = await this.pg.sql(`SELECT FROM pg_database WHERE datname = '${database}'`)
    if (named.length === 0) {
      const jobId = await this.begin('restore', number)
      expect(await this.product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    }
    const content = 'SELECT count(*)::int AS rows, md5(string_agg(item::text, chr(10) ORDER BY id)) AS md5 FROM item'
    expect(await this.pg.sql(content, database)).toEqual(await this.pg.sql(content))
  }

  private note(work: Work, job: { state: string; progress: unknown }): void {
    const { progress } = job
    const phase =
      typeof progress === 'object' && progress !== null && 'phase' in progress ? `: ${String(progress.phase)}` : ''
    const hit = `${work} ${job.state}${job.state === 'running' ? phase : ''}`
    this.hits[hit] = (this.hits[hit] ?? 0) + 1
  }

  /** No tool of the killed worker goes on, and none of its sessions. A sandbox's server may: the next worker sweeps it. */
  private async noProcessLeft(): Promise<void> {
    const tools = () => processesNaming(`PGPORT=${this.pg.port}`)
    await waitFor('the tools of the killed worker to be gone', () => tools().length === 0, 15_000)
    const sessions = () => this.pg.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'holdfast%'")
    await waitFor('its sessions to be gone', async () => (await sessions()).length === 0, 15_000)
  }

  private async everythingHolds(jobId: string, before: string[], work: Work): Promise<void> {
    const { ctx } = this.product
    const { jobId: cleanupId } = await startCleanup({ ctx }).catch(() => ({ jobId: null }))
    if (cleanupId) await this.product.finished(cleanupId)
    await waitFor('every job to have ended', async () => {
      const jobs = await ctx.db.job.findMany({ select: { state: true } })
      return jobs.every((job) => isTerminal(jobStateSchema.parse(job.state)))
    })
    const runs = await ctx.db.backup.findMany({ where: { jobId }, orderBy: { startedAt: 'asc' } })
    if (work === 'backup') {
      // One row a run, each ended once: whatever came before the last one was interrupted.
      expect(runs.at(-1)?.status).toBe('succeeded')
      expect(runs.slice(0, -1).every((run) => run.status === 'interrupted')).toBe(true)
    }
    expect(await ctx.db.restoreTest.count({ where: { finishedAt: null } })).toBe(0)
    expect(await ctx.db.restore.count({ where: { finishedAt: null } })).toBe(0)

    const made = work === 'backup' ? runs.slice(-1).flatMap((run) => linesOf(run.id, before)) : []
    expect(await restorableSet(ctx)).toEqual([...before, ...made].sort())
    await waitFor('the stores to hold whole backups only', async () => (await strayObjects(ctx)).length === 0, 15_000)
    expect(await this.bucket.uploads()).toEqual([])
    expect(await this.pg.sql(`SELECT datname FROM pg_database WHERE datname LIKE '%incomplete%'`)).toEqual([])
    await waitFor('sandboxes to be swept', () => this.sandboxes().length === 0, 15_000)
    await this.noProcessLeft()
  }

  private sandboxes(): string[] {
    return sandboxFolders(`${this.product.home}/sandboxes`).flatMap((folder) => {
      try {
        return readdirSync(folder).filter((name) => name.startsWith('hf-sandbox-'))
      } catch {
        return []
      }
    })
  }

  /** Old backups and restored databases go, so that rounds stay equally long. */
  private async forgetOlder(): Promise<void> {
    const { ctx } = this.product
    const good = await ctx.db.backup.findMany({
      where: { status: 'succeeded', deletedAt: null },
      orderBy: { startedAt: 'desc' },
      skip: keep,
    })
    await ctx.db.backup.updateMany({
      where: { id: { in: good.map((backup) => backup.id) } },
      data: { deletedAt: new Date(), deletedReason: 'rounds' },
    })
    const restored = await this.pg.sql("SELECT datname FROM pg_database WHERE datname LIKE 'round_%'")
    for (const { datname } of restored) await this.pg.sql(`DROP DATABASE "${String(datname)}" WITH (FORCE)`)
  }
}

/** The lines a new backup adds to the set: one in every destination that the others are in. */
function linesOf(backupId: string, before: string[]): string[] {
  const destinations = new Set(before.map((line) => line.split('@')[1] ?? ''))
  return [...destinations].map((destination) => `${backupId}@${destination}`)
}
