import { expect } from 'vitest'
import { cancelJob } from '@/lib/services/job/cancel-job'
import type { SourceRows } from './two-sources'
import type { Web } from '../web'

export interface Step {
  name: string
  id?: keyof SourceRows | 'destination' | 'retention'
  body?: (rows: Rows) => unknown
  /** Before it, as the instance. */
  first?: (web: Web, rows: Rows) => Promise<unknown>
}
/** The rows of its own source, and what it shares with others. */
export type Rows = SourceRows & { destination: string; second: string; retention: string; policy: string }

export const reads: Step[] = [
  { name: 'GET /api/v1/me' },
  { name: 'GET /api/v1/admin/sources' },
  { name: 'GET /api/v1/admin/sources/{id}', id: 'source' },
  { name: 'GET /api/v1/admin/sources/{id}/backup-role-sql', id: 'source' },
  { name: 'GET /api/v1/admin/sources/{id}/restore-grants', id: 'source' },
  { name: 'GET /api/v1/admin/destinations' },
  { name: 'GET /api/v1/admin/destinations/{id}', id: 'destination' },
  { name: 'GET /api/v1/admin/schedules' },
  { name: 'GET /api/v1/admin/schedules/{id}', id: 'schedule' },
  { name: 'POST /api/v1/admin/schedules/preview', body: () => ({ cron: '0 2 * * *', timeZone: 'UTC' }) },
  { name: 'GET /api/v1/admin/retention-policies' },
  { name: 'GET /api/v1/admin/retention-policies/{id}', id: 'retention' },
  {
    name: 'POST /api/v1/admin/retention-policies/preview',
    body: ({ source }) => ({ sourceId: source, rules: { keepLast: 1 } }),
  },
  { name: 'GET /api/v1/admin/backups' },
  { name: 'GET /api/v1/admin/backups/{id}', id: 'backup' },
  { name: 'GET /api/v1/admin/backups/{id}/retention', id: 'backup' },
  { name: 'GET /api/v1/admin/backups/{id}/manifest', id: 'backup' },
  { name: 'GET /api/v1/admin/backups/{id}/download', id: 'backup' },
  { name: 'GET /api/v1/admin/backups/status' },
  { name: 'GET /api/v1/backup/status' },
  { name: 'GET /api/v1/admin/insight/sources/{id}', id: 'source' },
  { name: 'GET /api/v1/admin/sources/{id}/windows', id: 'source' },
  { name: 'GET /api/v1/admin/restore-tests' },
  { name: 'GET /api/v1/backup/verify/history' },
  { name: 'GET /api/v1/admin/restore-tests/{id}', id: 'restoreTest' },
  { name: 'GET /api/v1/admin/restore-tests/{id}/evidence', id: 'restoreTest' },
  { name: 'GET /api/v1/admin/evidence-key' },
  { name: 'GET /api/v1/admin/restores' },
  { name: 'GET /api/v1/admin/restores/{id}', id: 'restore' },
  { name: 'GET /api/v1/admin/recoveries' },
  { name: 'GET /api/v1/admin/recoveries/{id}', id: 'recovery' },
  {
    name: 'POST /api/v1/admin/recoveries/check',
    body: ({ source, marker }) => ({ sourceId: source, target: { type: 'name', value: marker } }),
  },
  { name: 'GET /api/v1/admin/jobs' },
  { name: 'GET /api/v1/admin/jobs/{id}', id: 'job' },
  { name: 'GET /api/v1/health/backup' },
  { name: 'GET /api/v1/admin/alerts' },
  { name: 'GET /api/v1/admin/alerts/{id}', id: 'alert' },
]

/** What is left waiting would stand in the way of the next. */
async function ended(web: Web) {
  const waiting = await web.ctx.db.job.findMany({ where: { state: 'queued' } })
  for (const { id } of waiting) await cancelJob({ ctx: web.ctx, input: { id } })
}

export const writes: Step[] = [
  { name: 'PATCH /api/v1/admin/sources/{id}', id: 'source', body: () => ({ tags: ['own'] }) },
  { name: 'POST /api/v1/admin/sources/{id}/test-connection', id: 'source', body: () => ({}) },
  { name: 'POST /api/v1/admin/sources/{id}/check-continuous', id: 'source', body: () => ({}) },
  { name: 'POST /api/v1/admin/sources/{id}/compression-advice', id: 'source', body: () => ({}) },
  {
    name: 'POST /api/v1/admin/schedules',
    body: ({ source, destination, retention }) => ({
      sourceId: source,
      action: 'backup',
      cron: '0 3 * * *',
      timeZone: 'UTC',
      destinationIds: [destination],
      retentionPolicyId: retention,
      options: {},
    }),
  },
  { name: 'PATCH /api/v1/admin/schedules/{id}', id: 'schedule', body: () => ({ enabled: false }) },
  { name: 'POST /api/v1/admin/jobs/{id}/cancel', id: 'job' },
  { name: 'POST /api/v1/admin/schedules/{id}/run', id: 'schedule' },
  { name: 'POST /api/v1/admin/backups', first: ended, body: ({ source }) => ({ sourceId: source }) },
  { name: 'POST /api/v1/admin/backups/test', body: ({ backup }) => ({ backupId: backup, level: 'quick' }) },
  { name: 'POST /api/v1/backup/verify', first: ended, body: ({ source }) => ({ sourceId: source }) },
  {
    name: 'POST /api/v1/admin/backups/{id}/copies',
    id: 'backup',
    first: ended,
    body: ({ second }) => ({ destinationId: second }),
  },
  {
    name: 'POST /api/v1/admin/backups/{id}/thaw',
    id: 'backup',
    body: ({ destination }) => ({ destinationId: destination }),
  },
  {
    name: 'POST /api/v1/admin/restores',
    body: ({ backup }) => ({ backupId: backup, target: { database: 'restored' } }),
  },
  {
    name: 'POST /api/v1/admin/recoveries',
    body: ({ source }) => ({ sourceId: source, target: { type: 'xid', value: '700' }, use: 'look' }),
  },
  { name: 'POST /api/v1/admin/recoveries/{id}/query', id: 'recovery', body: () => ({ sql: 'SELECT 1' }) },
  { name: 'POST /api/v1/admin/recoveries/{id}/extend', id: 'recovery' },
  { name: 'DELETE /api/v1/admin/recoveries/{id}', id: 'recovery' },
  { name: 'POST /api/v1/admin/sources/{id}/restore-points', id: 'source', body: ({ marker }) => ({ name: marker }) },
  {
    name: 'POST /api/v1/admin/sources/{id}/acknowledge-retention',
    id: 'source',
    first: (web, { source }) =>
      web.ctx.db.source.update({
        where: { id: source },
        data: { retentionPause: { since: '2026-11-21T02:00:00.000Z', backupId: source, reason: 'smaller', drops: [] } },
      }),
    body: () => ({}),
  },
  { name: 'PUT /api/v1/admin/sources/{id}/log/{name}', id: 'source' },
  { name: 'PATCH /api/v1/admin/backups/{id}', id: 'backup', body: () => ({ pinned: true, note: 'mine' }) },
  { name: 'PATCH /api/v1/admin/backups/{id}', id: 'backup', body: () => ({ pinned: false }) },
  {
    name: 'DELETE /api/v1/admin/schedules/{id}',
    id: 'schedule',
    first: (web, { schedule }) => web.ctx.db.schedule.update({ where: { id: schedule }, data: { policyId: null } }),
  },
]

export const ends: Step[] = [
  { name: 'DELETE /api/v1/admin/backups/{id}', id: 'backup', first: ended },
  { name: 'POST /api/v1/admin/backups/{id}/keep', id: 'backup' },
  { name: 'DELETE /api/v1/admin/backups/{id}', id: 'backup', first: withoutGrace },
  // With four eyes: asked for, agreed to, done.
  { name: 'DELETE /api/v1/admin/sources/{id}', id: 'source', first: fourEyes },
  { name: 'DELETE /api/v1/admin/sources/{id}', id: 'source', first: agree },
]

async function withoutGrace(web: Web) {
  await ended(web)
  await web.ctx.db.setting.upsert({
    where: { key: 'operations.retention' },
    create: { key: 'operations.retention', value: { graceDays: 0 } },
    update: { value: { graceDays: 0 } },
  })
}

async function fourEyes(web: Web) {
  await ended(web)
  await web.ctx.db.setting.create({ data: { key: 'operations.access', value: { fourEyes: true } } })
}

async function agree(web: Web) {
  const { count } = await web.ctx.db.approval.updateMany({ data: { decision: 'approved', decidedAt: new Date() } })
  expect(count).toBe(1)
}

/** Streams that end with their job; `server/job-events` is about them. */
export const streams = ['GET /api/v1/admin/jobs/{id}/events']
