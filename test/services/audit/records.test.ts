import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { pruneRecords } from '@/lib/services/records/prune-records'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testContext } from '../../helpers/catalog/service-context'

const dayMs = 86_400_000
const now = new Date('2026-11-21T12:00:00Z')
const ago = (days: number) => new Date(now.getTime() - days * dayMs)

let catalog: FreshCatalog
let ctx: ServiceContext
let sourceId = ''
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  const source = { name: 'shop', engine: 'postgres', connection: {}, options: {} }
  sourceId = (await catalog.db.source.create({ data: source })).id
})
afterAll(() => catalog.drop())
beforeEach(async () => {
  const { db } = catalog
  await db.restore.deleteMany()
  await db.backup.deleteMany()
  await db.job.deleteMany()
  await db.worker.deleteMany()
  await updateOperations({ ctx, input: { records: { jobDays: 90, alertDays: 365 } } })
})

const prune = (batch?: number) =>
  pruneRecords({ ctx, now, signal: new AbortController().signal, ...(batch === undefined ? {} : { batch }) })

const job = (days: number, data: { state?: string; kind?: string; scheduleId?: string; workerId?: string } = {}) =>
  catalog.db.job.create({
    data: {
      kind: 'cleanup',
      state: 'succeeded',
      input: {},
      actor: {},
      sourceId,
      log: 'what was said',
      createdAt: ago(days + 0.1),
      finishedAt: data.state === 'running' || data.state === 'queued' ? null : ago(days),
      ...data,
    },
  })
const backupOf = (jobId: string, data: { status?: string; deletedAt?: Date } = {}) =>
  catalog.db.backup.create({
    data: { sourceId, jobId, kind: 'logical', status: 'succeeded', startedAt: ago(200), repositoryPath: '', ...data },
  })
const left = async () => new Set((await catalog.db.job.findMany({ select: { id: true } })).map(({ id }) => id))

describe('jobs', () => {
  it('go ninety days after they ended, and as early as the settings say', async () => {
    const [old, recent] = [await job(91), await job(89)]
    expect((await prune()).jobs).toBe(1)
    expect(await left()).toEqual(new Set([recent.id]))
    await updateOperations({ ctx, input: { records: { jobDays: 30 } } })
    expect((await prune()).jobs).toBe(1)
    expect(await left()).not.toContain(old.id)
  })

  it('that wait or run stay, however old they are', async () => {
    const { id } = await job(400, { state: 'queued' })
    await catalog.db.job.update({ where: { id }, data: { finishedAt: ago(300) } })
    await job(400, { state: 'running' })
    expect((await prune()).jobs).toBe(0)
  })

  it('stay that a kept backup, a restore test or a restore leads to', async () => {
    const [ofKept, ofTest, ofRestore] = [await job(400), await job(400), await job(400)]
    const kept = await backupOf(ofKept.id)
    await catalog.db.restoreTest.create({
      data: { backupId: kept.id, jobId: ofTest.id, level: 'quick', checks: [], startedAt: ago(400) },
    })
    await catalog.db.restore.create({
      data: { backupId: kept.id, jobId: ofRestore.id, target: {}, state: 'succeeded', startedAt: ago(400) },
    })
    const [ofDeleted, ofFailed] = [await job(400), await job(400, { state: 'failed' })]
    await backupOf(ofDeleted.id, { deletedAt: ago(300) })
    await backupOf(ofFailed.id, { status: 'failed' })
    expect((await prune()).jobs).toBe(2)
    expect(await left()).toEqual(new Set([ofKept.id, ofTest.id, ofRestore.id]))
    expect(await catalog.db.backup.count()).toBe(3)
  })

  it('stay that are the last of a schedule', async () => {
    const schedule = await catalog.db.schedule.create({
      data: {
        sourceId,
        action: 'backup',
        cron: '0 2 1 1 *',
        timeZone: 'UTC',
        destinationIds: [],
        options: {},
        evaluatedUntil: now,
      },
    })
    await job(500, { scheduleId: schedule.id })
    const last = await job(135, { scheduleId: schedule.id })
    expect((await prune()).jobs).toBe(1)
    expect(await left()).toEqual(new Set([last.id]))
  })

  it('go in steps, past those that stay', async () => {
    const kept = []
    for (let index = 0; index < 5; index += 1) {
      const { id } = await job(300 - index)
      await backupOf(id)
      kept.push(id)
      await job(300 - index)
    }
    expect((await prune(2)).jobs).toBe(5)
    expect(await left()).toEqual(new Set(kept))
  })
})

describe('alerts', () => {
  const alert = (resolvedAt: Date | null) =>
    catalog.db.alert.create({
      data: {
        key: `backup-failed:${randomUUID()}`,
        event: 'backup-failed',
        severity: 'critical',
        title: 'Backup failed',
        body: '',
        facts: {},
        openedAt: ago(900),
        lastSeenAt: ago(900),
        resolvedAt,
        deliveries: { create: { channelId: randomUUID(), phase: 'opened', state: 'sent' } },
      },
    })

  it('go a year after they ended, with their deliveries; open ones stay', async () => {
    for (let index = 0; index < 5; index += 1) await alert(ago(366 + index))
    const [recent, open] = [await alert(ago(364)), await alert(null)]
    expect((await prune(2)).alerts).toBe(5)
    const stayed = await catalog.db.alert.findMany({ orderBy: { id: 'asc' } })
    expect(stayed.map(({ id }) => id)).toEqual([recent.id, open.id])
    expect(await catalog.db.alertDelivery.count()).toBe(2)
  })
})

describe('what let people in', () => {
  it('goes a day after it expired; the audit log keeps what was done', async () => {
    const { db } = catalog
    const audited = await db.auditEvent.count()
    const user = await db.user.create({ data: { email: 'ann@example.com', name: 'Ann', role: 'admin' } })
    for (const expiresAt of [ago(1.1), ago(0.9), ago(-1)]) {
      await db.session.create({ data: { userId: user.id, expiresAt } })
      await db.invitation.create({
        data: { email: 'b@example.com', name: '', role: 'viewer', tokenHash: randomUUID(), invitedBy: {}, expiresAt },
      })
      await db.approval.create({
        data: { action: 'a', subjectType: 'b', subjectId: 'c', summary: '', input: {}, requestedBy: {}, expiresAt },
      })
    }
    expect(await prune()).toMatchObject({ sessions: 1, invitations: 1, approvals: 1 })
    expect(await prune()).toMatchObject({ sessions: 0, invitations: 0, approvals: 0 })
    expect(await db.user.count()).toBe(1)
    expect(await db.auditEvent.count()).toBe(audited)
  })
})

describe('workers', () => {
  const worker = async (heartbeatAt: Date, stoppedAt: Date | null) => {
    const data = { host: 'h', processKey: 'k', pid: 1, version: '0', startedAt: ago(400), heartbeatAt, stoppedAt }
    return (await catalog.db.worker.create({ data: { id: randomUUID(), ...data } })).id
  }

  it('go thirty days after they stopped or fell silent, unless a job is still theirs', async () => {
    await worker(ago(31), ago(31))
    await worker(ago(31), null)
    const stayed = [await worker(ago(29), ago(29)), await worker(ago(0), null), await worker(ago(50), ago(10))]
    const holder = await worker(ago(31), null)
    await job(31, { state: 'running', workerId: holder })
    expect((await prune()).workers).toBe(2)
    const rows = await catalog.db.worker.findMany({ select: { id: true } })
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([...stayed, holder]))
  })
})
