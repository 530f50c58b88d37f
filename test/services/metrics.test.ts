import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET } from '@/app/metrics/route'
import { alertEvents } from '@/lib/contracts/alerting/alert'
import { createTokenSchema } from '@/lib/contracts/people/people'
import { readMetrics } from '@/lib/services/metrics/read-metrics'
import { renderMetrics } from '@/lib/services/metrics/render-metrics'
import { createToken } from '@/lib/services/token/create-token'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { as, testClock, testContext } from '../helpers/catalog/service-context'
import { call, startWeb, type Web } from '../helpers/web'

const now = new Date('2026-11-21T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000)

/** Series by their full name, as the text has them. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

describe('metrics', () => {
  let catalog: FreshCatalog
  let sourceId: string
  let destinationId: string
  beforeAll(async () => {
    catalog = await freshCatalog()
    const { db } = catalog
    const source = await db.source.create({
      data: {
        name: 'shop "1"',
        engine: 'postgres',
        connection: {},
        options: { rpoObjectiveMs: 3_600_000, rtoObjectiveMs: 60_000 },
      },
    })
    sourceId = source.id
    const destination = await db.destination.create({
      data: {
        name: 'folder',
        kind: 'local',
        config: { path: '/x' },
        probe: { ok: false, checks: [], durationMs: 1, failedInARow: 1 },
        options: { capacityBytes: 1_000 },
      },
    })
    destinationId = destination.id
    const backup = (status: string, secondsAgo: number, copies: string[]) =>
      db.backup.create({
        data: {
          sourceId,
          jobId: randomUUID(),
          kind: 'logical',
          status,
          startedAt: ago(secondsAgo + 30),
          finishedAt: ago(secondsAgo),
          durationMs: 30_000,
          sourceBytes: 500n,
          storedBytes: 100n,
          repositoryPath: 'x/',
          copies: { create: copies.map((state) => ({ destinationId, state, storedBytes: 100n })) },
        },
      })
    await backup('succeeded', 86_400 * 40, ['deleted'])
    await backup('succeeded', 7_200, ['stored'])
    await backup('failed', 60, ['failed'])
    await backup('missed', 50, [])
    await db.job.createMany({
      data: ['queued', 'queued', 'running', 'succeeded'].map((state) => ({
        kind: 'backup',
        state,
        input: {},
        actor: {},
      })),
    })
    await db.worker.create({
      data: {
        id: randomUUID(),
        host: 'h',
        processKey: 'k',
        pid: 1,
        version: '1',
        startedAt: ago(900),
        heartbeatAt: ago(4),
      },
    })
    const alert = {
      severity: 'critical',
      title: 't',
      body: 'b',
      facts: {},
      openedAt: ago(60),
      lastSeenAt: ago(1),
      sourceId,
    }
    await db.alert.create({ data: { ...alert, key: 'backup-failed:x', event: 'backup-failed' } })
    await db.alert.create({ data: { ...alert, key: 'old', event: 'backup-slow', resolvedAt: ago(1) } })
  })
  afterAll(() => catalog.drop())

  const render = async () => {
    const ctx = as(testContext(catalog.db, { clock: testClock(now) }), 'viewer')
    return renderMetrics({ ctx, version: '9.9.9' })
  }

  it('say of each source what was backed up last, what would be lost, and how its runs ended', async () => {
    const { text, contentType } = await render()
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/)
    const series = parse(text)
    const labels = `source="shop \\"1\\"",source_id="${sourceId}"`
    const of = (name: string, more = '') => series.get(`holdfast_${name}{${labels}${more}}`)
    expect(of('last_success_timestamp_seconds')).toBe(ago(7_200).getTime() / 1_000)
    expect(of('backup_age_seconds')).toBe(7_200)
    expect(of('exposure_seconds')).toBe(7_230)
    expect(of('backup_duration_seconds')).toBe(30)
    expect(of('backup_source_bytes')).toBe(500)
    expect(of('backup_stored_bytes')).toBe(100)
    expect(of('rpo_objective_seconds')).toBe(3_600)
    expect(of('rto_objective_seconds')).toBe(60)
    expect(of('backup_failing')).toBe(1)
    const ended = ['succeeded', 'partial', 'failed', 'interrupted', 'missed'].map((state) =>
      of('backups_total', `,state="${state}"`),
    )
    expect(ended).toEqual([2, 0, 1, 0, 1])
    // Nothing was ever proven: there is no number to give, and zero would be one.
    expect(text).not.toMatch(/^holdfast_restore_test_(age|passed)[^ ]*\{/m)
    expect(text).toContain('# TYPE holdfast_backups_total counter')
  })

  it('say of destinations, queue, workers and alerts what is there, zero included', async () => {
    const series = parse((await render()).text)
    const labels = `destination="folder",destination_id="${destinationId}"`
    expect(series.get(`holdfast_destination_up{${labels}}`)).toBe(0)
    expect(series.get(`holdfast_destination_bytes{${labels}}`)).toBe(100)
    expect(series.get(`holdfast_destination_capacity_bytes{${labels}}`)).toBe(1_000)
    expect(series.get(`holdfast_copies{${labels},state="stored"}`)).toBe(1)
    expect(series.get(`holdfast_copies{${labels},state="failed"}`)).toBe(1)
    expect(series.get('holdfast_queue_depth{kind="backup",state="queued"}')).toBe(2)
    expect(series.get('holdfast_queue_depth{kind="backup",state="running"}')).toBe(1)
    expect(series.get('holdfast_queue_depth{kind="restore",state="queued"}')).toBe(0)
    expect(series.get('holdfast_workers_alive')).toBe(1)
    expect(series.get('holdfast_worker_last_seen_seconds')).toBe(4)
    expect(series.get('holdfast_build_info{version="9.9.9"}')).toBe(1)
    const open = alertEvents.map((event) => [event, series.get(`holdfast_alerts_open{event="${event}"}`)])
    expect(open.filter(([, count]) => count !== 0)).toEqual([['backup-failed', 1]])
    expect(open).toHaveLength(alertEvents.length)
  })

  it('count a run that ends after a scrape, and one that ended long ago', async () => {
    const before = (await readMetrics(catalog.db, now)).sources[0]?.runs.failed
    await catalog.db.backup.updateMany({ where: { status: 'missed' }, data: { status: 'failed' } })
    expect((await readMetrics(catalog.db, now)).sources[0]?.runs).toMatchObject({
      failed: (before ?? 0) + 1,
      missed: 0,
    })
    await catalog.db.backup.updateMany({ where: { startedAt: ago(80) }, data: { status: 'missed' } })
  })

  it('are bounded: subjects above the limit are left out and counted', async () => {
    await catalog.db.source.createMany({
      data: Array.from({ length: 5 }, (_, at) => ({
        name: `more ${at}`,
        engine: 'postgres',
        connection: {},
        options: {},
      })),
    })
    const facts = await readMetrics(catalog.db, now, 4)
    expect(facts).toMatchObject({ truncated: 2 })
    expect(facts.sources).toHaveLength(4)
    expect(await readMetrics(catalog.db, now)).toMatchObject({ truncated: 0 })
  })

  it('leave out what was deleted', async () => {
    await catalog.db.source.update({ where: { id: sourceId }, data: { deletedAt: now } })
    await catalog.db.destination.update({ where: { id: destinationId }, data: { deletedAt: now } })
    const { text } = await render()
    expect(text).not.toContain(sourceId)
    expect(text).not.toContain(destinationId)
  })
})

describe('GET /metrics', () => {
  let web: Web
  beforeAll(async () => {
    web = await startWeb()
  })
  afterAll(() => web.stop())

  it('is for those who may read the metrics, and nobody else', async () => {
    const scoped = async (scopes: string[]) =>
      (
        await createToken({
          ctx: web.ctx,
          input: createTokenSchema.parse({ name: randomUUID(), role: 'viewer', scopes }),
        })
      ).token
    const status = async (token?: string) => (await call(GET, { path: '/metrics', ...(token ? { token } : {}) })).status
    expect(await status()).toBe(401)
    expect(await status('hf_unknown')).toBe(401)
    expect(await status(await scoped(['backups:read']))).toBe(403)
    expect(await status(await scoped(['metrics:read']))).toBe(200)
    expect(await status(await web.token('viewer'))).toBe(200)
  })
})
