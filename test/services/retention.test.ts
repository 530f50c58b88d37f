import { randomUUID } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { createDestinationSchema } from '@/lib/contracts/destination'
import type { Measure } from '@/lib/contracts/repository/measure'
import type { RetentionRulesInput } from '@/lib/contracts/retention'
import type { RunContext } from '@/lib/ports/run-context'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { getBackup } from '@/lib/services/backup/get-backup'
import { restoreDeletion } from '@/lib/services/backup/restore-deletion'
import { updateBackup } from '@/lib/services/backup/update-backup'
import { removeDeleted } from '@/lib/services/cleanup/remove-deleted'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'
import { acknowledgeRetention } from '@/lib/services/retention/acknowledge-retention'
import { applyRetention } from '@/lib/services/retention/apply-retention'
import { explainBackup } from '@/lib/services/retention/explain-backup'
import { previewRetention } from '@/lib/services/retention/preview-retention'
import { startDueRetention } from '@/lib/services/retention/start-due-retention'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { as, testClock, testContext, type TestClock } from '../helpers/catalog/service-context'
import { containers, items } from '../helpers/measures'
import { tempDir } from '../helpers/temp'

const dayMs = 86_400_000
let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
let folder: Awaited<ReturnType<typeof tempDir>>
let run: RunContext
let [local, other, policyId, sourceId] = ['', '', '', '']
let names = 0

beforeAll(async () => {
  catalog = await freshCatalog()
  folder = await tempDir('retention')
})
afterAll(async () => {
  await catalog.drop()
  await folder.remove()
})

/** A source with a policy that keeps thirty days, and two destinations, anew for every test. */
beforeEach(async () => {
  clock = testClock(new Date('2026-11-21T03:00:00Z'))
  ctx = testContext(catalog.db, { clock })
  run = { signal: new AbortController().signal, logger: ctx.logger, clock, progress: () => undefined }
  names += 1
  const source = await catalog.db.source.create({
    data: {
      name: `shop ${names}`,
      engine: 'postgres',
      connection: { host: 'db', database: 'shop', user: 'backup' },
      options: {},
    },
  })
  sourceId = source.id
  local = await destination()
  other = await destination()
  const policy = await createRetentionPolicy({ ctx, input: { name: `month ${names}`, rules: { keepDays: 30 } } })
  policyId = policy.id
  const schedule = {
    sourceId,
    action: 'backup',
    destinationIds: [local],
    retentionPolicyId: policyId,
    cron: '0 2 * * *',
  }
  await createSchedule({ ctx, input: createScheduleSchema.parse(schedule) })
  await applied()
})

let destinations = 0
async function destination() {
  destinations += 1
  const place = path.join(folder.path, String(destinations))
  await mkdir(place)
  const input = createDestinationSchema.parse({ name: `store ${destinations}`, kind: 'local', config: { path: place } })
  return (await createDestination({ ctx, input })).id
}
async function back(
  ageDays: number,
  more: {
    places?: string[]
    kind?: string
    sourceBytes?: number
    status?: string
    rows?: number
    measures?: Measure[]
    dependsOn?: string[]
  } = {},
) {
  const id = randomUUID()
  const startedAt = new Date(clock.now().getTime() - ageDays * dayMs)
  const repositoryPath = `v1/${sourceId}/${id}/`
  await catalog.db.backup.create({
    data: {
      id,
      sourceId,
      jobId: randomUUID(),
      kind: more.kind ?? 'logical',
      status: more.status ?? 'succeeded',
      startedAt,
      finishedAt: startedAt,
      sourceBytes: more.sourceBytes ?? 1_000,
      storedBytes: 400,
      measures: more.measures ?? [items('rows', more.rows ?? 100)],
      repositoryPath,
      dependsOn: more.dependsOn ?? [],
    },
  })
  for (const destinationId of more.places ?? [local]) {
    await catalog.db.backupCopy.create({ data: { backupId: id, destinationId, state: 'stored', storedBytes: 400 } })
    const row = await catalog.db.destination.findUniqueOrThrow({ where: { id: destinationId } })
    const config = row.config as { path: string }
    await mkdir(path.join(config.path, repositoryPath), { recursive: true })
    for (const file of ['manifest.json', 'data']) await writeFile(path.join(config.path, repositoryPath, file), file)
  }
  return id
}
const applied = () => applyRetention({ ctx, sourceId, now: clock.now() })
const shorten = (rules: RetentionRulesInput, expectedDeleteCount?: number) =>
  updateRetentionPolicy({ ctx, input: { id: policyId, patch: { rules, expectedDeleteCount } } })
const read = (id: string) => getBackup({ ctx, input: { id } })
const openAlerts = () => catalog.db.alert.findMany({ where: { sourceId, resolvedAt: null } })

describe('expiry by an unchanged policy', () => {
  it('takes effect at once, says why, and alerts nobody', async () => {
    const old = await back(31)
    const recent = await back(2)
    const newest = await back(0)
    const { marked, planned } = await applied()
    expect(marked).toEqual([{ id: old, reason: expect.stringContaining('the policy keeps 30 days') }])
    expect(planned).toBe(0)
    expect(await read(old)).toMatchObject({ deletedAt: expect.any(String) })
    for (const id of [recent, newest]) expect(await read(id)).toMatchObject({ deletedAt: null, deleteAfter: null })
    expect(await openAlerts()).toEqual([])
    expect(await explainBackup({ ctx, input: { id: recent } })).toMatchObject({
      limited: true,
      keep: true,
      reasons: ['within 30 days of the newest good backup'],
    })
  })

  it('waits for the grace time when it takes unusually many, as after a clock that ran ahead (fault 20)', async () => {
    for (let age = 1; age <= 8; age += 1) await back(age)
    clock.advance(400 * dayMs)
    const jumped = await back(0)
    expect(await applied()).toMatchObject({ marked: [], planned: 8 })
    expect((await openAlerts()).map((alert) => alert.event)).toEqual(['deletion-planned'])
    clock.advance(-400 * dayMs)
    const right = await back(0)
    expect(await applied()).toMatchObject({ marked: [], planned: 0 })
    expect(await catalog.db.backup.count({ where: { sourceId, deleteAfter: { not: null } } })).toBe(0)
    expect(await openAlerts()).toEqual([])
    for (const id of [jumped, right]) expect(await read(id)).toMatchObject({ deletedAt: null })
  })
})

describe('a policy that is made shorter', () => {
  it('needs the count of the preview, and is refused when that has changed (fault 78)', async () => {
    for (const age of [0, 2, 5, 20]) await back(age)
    const rules = { keepDays: 3 }
    await expect(shorten(rules)).rejects.toMatchObject({
      code: 'preview-needed',
      facts: { addedCount: 2, deleteCount: 2, deleteBytes: 800 },
    })
    const preview = await previewRetention({ ctx, input: { policyId, rules } })
    expect(preview).toMatchObject({ deleteCount: 2, addedCount: 2, keepCount: 2, deleteBytes: 800, graceDays: 3 })
    expect(preview.sources).toMatchObject([{ sourceId, deleteCount: 2, keepCount: 2 }])
    await back(10)
    await expect(shorten(rules, preview.deleteCount)).rejects.toMatchObject({ code: 'preview-changed' })
    expect(await shorten(rules, 3)).toMatchObject({ rules: { keepDays: 3 }, usedBy: { sources: 1, destinations: 0 } })
    expect(await catalog.db.job.count({ where: { kind: 'retention', sourceId } })).toBe(1)
    const audit = await catalog.db.auditEvent.findFirst({
      where: { action: 'retention-policy.update', subjectId: policyId },
    })
    expect(audit?.detail).toMatchObject({ from: { keepDays: 30 }, to: { keepDays: 3 }, shorter: true })
  })

  it('deletes only after the grace time, and tells once until then (fault 78)', async () => {
    const [old, newest] = [await back(20), await back(0)]
    await shorten({ keepDays: 3 }, 1)
    expect(await applied()).toMatchObject({ marked: [], planned: 1 })
    expect(await applied()).toMatchObject({ marked: [], planned: 0 })
    expect(await read(old)).toMatchObject({
      deleteAfter: new Date(clock.now().getTime() + 3 * dayMs).toISOString(),
      deleteCause: 'policy',
      deletedReason: expect.stringContaining('the policy keeps 3 days'),
    })
    expect(await openAlerts()).toMatchObject([{ event: 'deletion-planned', count: 1, facts: { backups: 1 } }])

    clock.advance(2 * dayMs)
    expect(await startDueRetention({ ctx, now: clock.now() })).toEqual([])
    expect(await applied()).toMatchObject({ marked: [] })
    clock.advance(dayMs)
    expect(await startDueRetention({ ctx, now: clock.now() })).toEqual([sourceId])
    expect((await applied()).marked.map(({ id }) => id)).toEqual([old])
    expect(await read(newest)).toMatchObject({ deletedAt: null })
    expect(await openAlerts()).toEqual([])
  })

  it('is undone by putting it back, or for one backup by keeping it (fault 78)', async () => {
    const [older, old] = [await back(25), await back(20)]
    await back(0)
    await shorten({ keepDays: 3 }, 2)
    await applied()
    expect(await restoreDeletion({ ctx: as(ctx, 'operator'), input: { id: older } })).toMatchObject({
      pinned: true,
      deleteAfter: null,
    })
    await applied()
    expect(await read(older)).toMatchObject({ deleteAfter: null })
    expect(await read(old)).toMatchObject({ deleteAfter: expect.any(String) })
    await shorten({ keepDays: 30 })
    expect(await applied()).toMatchObject({ planned: 0, marked: [] })
    expect(await read(old)).toMatchObject({ deleteAfter: null, deletedReason: null })
    expect(await openAlerts()).toEqual([])
    await expect(restoreDeletion({ ctx, input: { id: old } })).rejects.toMatchObject({ code: 'nothing-to-undo' })
  })

  it('keeps until then also what becomes too old by the new rules meanwhile (fault 78)', async () => {
    for (const age of [2, 1, 0]) await back(age)
    await applied()
    await shorten({ keepDays: 3 })
    expect(await applied()).toMatchObject({ marked: [], planned: 0 })
    clock.advance(2 * dayMs)
    await back(0)
    expect(await applied()).toMatchObject({ marked: [], planned: 2 })
    await shorten({ keepDays: 30 })
    expect(await applied()).toMatchObject({ marked: [], planned: 0 })
    expect(await catalog.db.backup.count({ where: { sourceId, deleteAfter: { not: null } } })).toBe(0)

    await shorten({ keepDays: 3 }, 2)
    await applied()
    clock.advance(3 * dayMs)
    await back(0)
    expect((await applied()).marked).toHaveLength(4)
    clock.advance(dayMs)
    await back(0)
    await applied()
    expect(await openAlerts()).toEqual([])
  })

  it('also counts as changed when a schedule names another policy', async () => {
    const old = await back(20)
    await back(0)
    await applied()
    const week = await createRetentionPolicy({ ctx, input: { name: `week ${names}`, rules: { keepDays: 7 } } })
    await catalog.db.schedule.updateMany({ where: { sourceId }, data: { retentionPolicyId: week.id } })
    expect(await applied()).toMatchObject({ marked: [], planned: 1 })
    expect(await read(old)).toMatchObject({ deleteAfter: expect.any(String), deletedAt: null })
  })

  it('says what it saves at the prices of the instance', async () => {
    await updateOperations({
      ctx,
      input: { prices: { perGbMonth: { default: 0.02, local: 2_500_000 }, currency: 'EUR' } },
    })
    for (const age of [0, 20]) await back(age)
    const preview = await previewRetention({ ctx, input: { policyId, rules: { keepDays: 3 } } })
    expect(preview).toMatchObject({ savedPerMonth: 1, costPerMonth: 1, currency: 'EUR' })
  })
})

describe('deleting a backup by request', () => {
  it('waits for the grace time, in which it is undone; then its objects go', async () => {
    const [old, newest] = [await back(2), await back(0)]
    await deleteBackup({ ctx, input: { id: old } })
    expect(await read(old)).toMatchObject({ deleteCause: 'request', deletedAt: null })
    expect(await openAlerts()).toMatchObject([{ event: 'deletion-planned' }])
    expect(await restoreDeletion({ ctx, input: { id: old } })).toMatchObject({ pinned: false, deleteAfter: null })
    expect(await openAlerts()).toEqual([])

    await deleteBackup({ ctx, input: { id: old } })
    expect(await applied()).toMatchObject({ marked: [] })
    clock.advance(3 * dayMs)
    const { toRemove } = await applied()
    expect(toRemove).toEqual([old])
    await removeDeleted({ ctx, backupIds: toRemove, run })
    expect((await read(old)).copies[0]).toMatchObject({ state: 'deleted' })
    expect(await read(newest)).toMatchObject({ deletedAt: null })
  })

  it('is immediate only with the name of the source', async () => {
    const old = await back(2)
    await back(0)
    const at = { id: old, immediately: true }
    await expect(deleteBackup({ ctx, input: at })).rejects.toMatchObject({ code: 'confirmation-needed' })
    await expect(deleteBackup({ ctx: as(ctx, 'operator'), input: at })).rejects.toMatchObject({ code: 'forbidden' })
    await deleteBackup({ ctx, input: { ...at, confirm: `shop ${names}` } })
    expect(await read(old)).toMatchObject({ deletedAt: clock.now().toISOString() })
  })

  it('lets what waits count for nothing: the policy does not delete the others meanwhile', async () => {
    await shorten({ keepLast: 2 })
    await applied()
    const [third, second, newest] = [await back(2), await back(1), await back(0)]
    await deleteBackup({ ctx, input: { id: second } })
    expect(await applied()).toMatchObject({ marked: [], planned: 0 })
    for (const id of [third, newest]) expect(await read(id)).toMatchObject({ deleteAfter: null, deletedAt: null })
    await expect(deleteBackup({ ctx, input: { id: newest } })).resolves.toBeUndefined()
    await expect(deleteBackup({ ctx, input: { id: third } })).rejects.toMatchObject({ code: 'last-good-backup' })
  })

  it('is refused for what another backup needs (fault 75)', async () => {
    const base = await back(3)
    await back(2, { dependsOn: [base] })
    await back(0)
    await expect(deleteBackup({ ctx, input: { id: base } })).rejects.toMatchObject({ code: 'backup-needed' })
  })

  it('is taken back when it is pinned or the last good one by the time it is due', async () => {
    const [pinned, last] = [await back(3), await back(2)]
    const newer = await back(0)
    await deleteBackup({ ctx, input: { id: pinned } })
    await deleteBackup({ ctx, input: { id: last } })
    await updateBackup({ ctx, input: { id: pinned, pinned: true } })
    await catalog.db.backup.update({ where: { id: newer }, data: { verified: 'broken' } })
    clock.advance(4 * dayMs)
    expect(await applied()).toMatchObject({ marked: [] })
    for (const id of [pinned, last]) expect(await read(id)).toMatchObject({ deleteAfter: null, deletedAt: null })
  })
})

describe('a backup in use', () => {
  it('is not deleted while a job waits for it or runs (fault 77)', async () => {
    const old = await back(40)
    await back(0)
    const { jobId } = await startRestoreTest({ ctx, input: { backupId: old, level: 'quick' } })
    expect(await applied()).toMatchObject({ marked: [] })
    await catalog.db.job.update({ where: { id: jobId }, data: { state: 'succeeded' } })
    expect((await applied()).marked.map(({ id }) => id)).toEqual([old])
    await expect(startRestoreTest({ ctx, input: { backupId: old, level: 'quick' } })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('is either kept or not found when both begin at the same moment (fault 77)', async () => {
    await back(0)
    for (let round = 0; round < 12; round += 1) {
      const old = await back(40 + round)
      const [use] = await Promise.allSettled([
        startRestoreTest({ ctx, input: { backupId: old, level: 'quick' } }),
        applied(),
      ])
      const { deletedAt } = await read(old)
      expect({ round, used: use.status === 'fulfilled', deleted: deletedAt !== null }).toEqual({
        round,
        used: deletedAt === null,
        deleted: use.status === 'rejected',
      })
      await catalog.db.job.updateMany({ where: { backupId: old }, data: { state: 'succeeded' } })
    }
  })
})

describe('a destination with a policy of its own', () => {
  it('loses its copies by it while the others stay, after the grace time the first time', async () => {
    const old = await back(10, { places: [local, other] })
    await back(0, { places: [local, other] })
    const patch = { retentionPolicyId: await weekly() }
    expect(await updateDestination({ ctx, input: { id: local, patch } })).toMatchObject(patch)
    expect(await catalog.db.job.count({ where: { kind: 'retention', sourceId } })).toBe(1)
    expect(await applied()).toMatchObject({ marked: [], planned: 1 })
    clock.advance(3 * dayMs)
    expect(await applied()).toMatchObject({ marked: [], toRemove: [old] })
    expect((await removeDeleted({ ctx, backupIds: [old], run })).removed).toBe(1)
    const { deletedAt, copies } = await read(old)
    expect(deletedAt).toBeNull()
    const state = (id: string) => copies.find((copy) => copy.destinationId === id)?.state
    expect([state(local), state(other)]).toEqual(['deleted', 'stored'])
    const config = (await catalog.db.destination.findUniqueOrThrow({ where: { id: local } })).config as { path: string }
    const left = await readdir(config.path, { recursive: true })
    expect(left.filter((name) => name.includes(old) && name.endsWith('manifest.json'))).toEqual([])
  })

  const weekly = async () =>
    (await createRetentionPolicy({ ctx, input: { name: `weekly ${names}`, rules: { keepDays: 7 } } })).id
})

describe('a newest backup that looks wrong', () => {
  it.each([
    [[items('keys', 90_000)], [items('keys', 40)], '40 keys instead of about 90,000'],
    [
      [items('files', 1_200), containers('folders', 30)],
      [items('files', 1_200), containers('folders', 1)],
      '1 folder instead of about 30',
    ],
    [
      [{ ...items('hash-fields', 3 * 1024 ** 3), unit: 'bytes' as const }],
      [{ ...items('hash-fields', 1024 ** 2), unit: 'bytes' as const }],
      '1 MiB of hash fields instead of about 3 GiB',
    ],
  ])('pauses retention by whatever the engine counts (fault 43)', async (usual, newest, reason) => {
    for (const age of [4, 3, 2]) await back(age, { measures: usual })
    await back(0, { measures: newest })
    expect(await applied()).toMatchObject({ paused: true, marked: [] })
    const source = await catalog.db.source.findUniqueOrThrow({ where: { id: sourceId } })
    expect(source.retentionPause).toMatchObject({ reason: `The newest backup is far smaller than usual: ${reason}.` })
  })

  it('measures a dump against dumps, not against copies of the whole server', async () => {
    for (const age of [4, 3, 2]) await back(age, { kind: 'base', sourceBytes: 1_000_000 })
    for (const age of [6, 5]) await back(age, { sourceBytes: 1_000 })
    await back(0, { sourceBytes: 1_000 })
    expect(await applied()).toMatchObject({ paused: false })
  })

  it('measures the size of what changed against what changed before, and what was counted against all', async () => {
    const full = await back(6, { kind: 'base', sourceBytes: 1_000_000 })
    await back(5, { kind: 'incremental', sourceBytes: 1_000, dependsOn: [full] })
    expect(await applied()).toMatchObject({ paused: false })
    await back(4, { kind: 'incremental', sourceBytes: 900, dependsOn: [full] })
    expect(await applied()).toMatchObject({ paused: false })
    await back(3, { kind: 'base', sourceBytes: 990_000 })
    expect(await applied()).toMatchObject({ paused: false })
    await back(2, { kind: 'incremental', sourceBytes: 1_000, rows: 10, dependsOn: [full] })
    expect(await applied()).toMatchObject({ paused: true })
  })

  it('pauses retention until someone acknowledges it, and then is the new measure (fault 43)', async () => {
    const old = await back(40)
    for (const age of [4, 3, 2]) await back(age)
    await back(0, { sourceBytes: 150, rows: 10 })
    expect(await applied()).toMatchObject({ paused: true, marked: [] })
    expect(await applied()).toMatchObject({ paused: true })
    const source = await catalog.db.source.findUniqueOrThrow({ where: { id: sourceId } })
    expect(source.retentionPause).toMatchObject({
      drops: [
        { fact: 'size', value: 150, usual: 1_000 },
        { fact: 'rows', value: 10, usual: 100 },
      ],
      reason:
        'The newest backup is far smaller than usual: 150 bytes instead of about 1,000; 10 rows instead of about 100.',
    })
    expect((await openAlerts()).map((alert) => alert.event)).toEqual(['retention-paused'])
    expect(await read(old)).toMatchObject({ deletedAt: null })

    const input = { id: sourceId }
    await expect(acknowledgeRetention({ ctx: as(ctx, 'viewer'), input })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await acknowledgeRetention({ ctx: as(ctx, 'operator'), input })).toMatchObject({ retentionPause: null })
    expect(await openAlerts()).toEqual([])
    expect((await applied()).marked.map(({ id }) => id)).toEqual([old])
    clock.advance(dayMs)
    await back(0, { sourceBytes: 160, rows: 11 })
    expect(await applied()).toMatchObject({ paused: false })
    await expect(acknowledgeRetention({ ctx, input })).rejects.toMatchObject({ code: 'retention-not-paused' })
    const audit = await catalog.db.auditEvent.findFirst({ where: { action: 'retention.acknowledge' } })
    expect(audit?.detail).toMatchObject({ drops: [{ fact: 'size' }, { fact: 'rows' }] })
  })
})

describe('removing what was deleted', () => {
  /** A store that lets the first `allowed` deletions through and then fails, as if the worker had been killed. */
  const breaking = (allowed: number): ServiceContext => {
    let deletions = 0
    return {
      ...ctx,
      openStorage(spec) {
        const storage = ctx.openStorage(spec)
        return new Proxy(storage, {
          get(target, name) {
            if (name !== 'delete') {
              const value: unknown = Reflect.get(target, name)
              return typeof value === 'function' ? value.bind(target) : value
            }
            return async (keys: string[], scope: RunContext) => {
              deletions += 1
              if (deletions > allowed) throw new Error('killed')
              return target.delete(keys, scope)
            }
          },
        })
      },
    }
  }

  it('begins with what depends on others, leaves no half of a chain, and is completed by the next run (fault 76)', async () => {
    const base = await back(42)
    const first = await back(41, { dependsOn: [base] })
    const second = await back(40, { dependsOn: [first] })
    await back(0)
    await applied()
    const config = (await catalog.db.destination.findUniqueOrThrow({ where: { id: local } })).config as { path: string }
    const whole = async () => {
      const files = await readdir(config.path, { recursive: true })
      const has = (id: string, file: string) => files.some((name) => name.includes(id) && name.endsWith(file))
      return [base, first, second].filter((id) => has(id, 'manifest.json') && has(id, 'data'))
    }
    expect(await whole()).toEqual([base, first, second])
    const backupIds = [base, first, second]
    // A folder goes in two deletions, its manifest first: the second of them, and then the third, is never made.
    for (const [allowed, left] of [
      [0, [base, first, second]],
      [1, [base, first]],
      [2, [base]],
    ] as const) {
      const outcome = await removeDeleted({ ctx: breaking(allowed), backupIds, run })
      expect(outcome.troubles).not.toEqual([])
      expect(await whole()).toEqual(left)
    }
    expect((await removeDeleted({ ctx, backupIds, run })).troubles).toEqual([])
    expect(await whole()).toEqual([])
  })

  it('keeps what a locked copy needs beside it (fault 36)', async () => {
    const base = await back(42)
    const increment = await back(41, { dependsOn: [base] })
    await back(0)
    await applied()
    await removeDeleted({ ctx: breaking(0), backupIds: [base, increment], run })
    for (const id of [base, increment]) expect((await read(id)).copies[0]).toMatchObject({ state: 'stored' })
  })
})
