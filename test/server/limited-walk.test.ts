import { afterAll, expect, it } from 'vitest'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { toJson } from '@/lib/db/to-json'
import { createToken } from '@/lib/services/token/create-token'
import { ends, reads, streams, writes, type Rows } from '../helpers/catalog/limited-steps'
import { testPostgresUrl } from '../helpers/servers/servers'
import { sourceRows, type SourceRows } from '../helpers/catalog/two-sources'
import { guardedRoutes, routeName, send } from '../helpers/walk'
import { startWeb, type Web } from '../helpers/web'

// What a limited token sees and does is what an unlimited one sees and does in a catalog in which there are no other
// sources. That second catalog is the oracle: nothing in Holdfast hides anything in it.

const running: Web[] = []
afterAll(async () => {
  for (const web of running) await web.stop()
})

/** Every answer in a catalog with one source, or with others beside it that must not matter. */
async function walk(others: boolean): Promise<string[]> {
  const web = await startWeb()
  running.push(web)
  const rows = await seed(web, others)
  const { token } = await createToken({
    ctx: web.ctx,
    input: { name: 'walk', role: 'admin', expiresInDays: 1, ...(others ? { sourceIds: [rows.source] } : {}) },
  })
  const maker = await web.ctx.db.user.create({ data: { email: 'a@example.com', name: 'a', role: 'admin' } })
  await web.ctx.db.apiToken.updateMany({ data: { createdByUserId: maker.id } })
  const names = namer()
  const answers: string[] = []
  for (const { name, id, body, first } of [...reads, ...writes, ...reads, ...ends, ...reads]) {
    const route = guardedRoutes.find((each) => routeName(each) === name)
    if (!route) throw new Error(`there is no ${name}`)
    await first?.(web, rows)
    const answer = await send(route, {
      token,
      ...(id ? { id: rows[id] } : {}),
      ...(body ? { body: body(rows) } : {}),
    })
    answers.push(names(`${name} ${answer.status} ${withoutInstance(answer)}`))
  }
  const kept = await web.ctx.db.auditEvent.findMany({
    where: { actor: { path: ['name'], equals: 'walk' } },
    orderBy: { id: 'asc' },
  })
  answers.push(
    ...kept.map(({ action, subjectType, detail }) => names(`${action} ${subjectType} ${JSON.stringify(detail)}`)),
  )
  const told = await web.ctx.db.alertDelivery.findMany({ include: { alert: true }, orderBy: { createdAt: 'asc' } })
  answers.push(...told.map(({ phase, alert }) => names(`${phase} ${alert.event} ${alert.title} ${alert.body}`)))
  await web.stop()
  running.pop()
  return answers
}

async function seed(web: Web, others: boolean): Promise<Rows> {
  const { db } = web.ctx
  const store = { kind: 'local', config: { path: '/nowhere' } }
  const destination = (await db.destination.create({ data: { name: 'store', ...store } })).id
  const second = (await db.destination.create({ data: { name: 'second', ...store } })).id
  const retention = (await db.retentionPolicy.create({ data: { name: 'rules', rules: {} } })).id
  const timing = { action: 'backup', cron: '0 2 * * *', timeZone: 'UTC', destinationIds: [destination], options: {} }
  const policy = (await db.policy.create({ data: { name: 'timing', ...timing } })).id
  const routing = { severity: 'warning' }
  await db.channel.create({ data: { name: 'hook', kind: 'webhook', config: { url: 'http://x.invalid' }, routing } })
  const shared = { destination, policy, retention }
  const rows = await sourceRows(db, 'mine-aaaa', shared)
  const { hostname, port, username } = new URL(testPostgresUrl())
  const connection = { host: hostname, port: Number(port), database: 'postgres', user: username, ssl: 'disable' }
  await db.source.update({ where: { id: rows.source }, data: { connection } })
  await db.backup.update({ where: { id: rows.backup }, data: { manifest: toJson(manifestOf(rows)) } })
  // A second good backup, so that the first may be deleted.
  const { id: _, ...good } = await db.backup.findUniqueOrThrow({ where: { id: rows.backup } })
  const json = { manifest: undefined, error: undefined, measures: undefined }
  const again = { ...good, ...json, startedAt: new Date(Date.now() - 3_600_000) }
  await db.backup.create({ data: { ...again, copies: { create: { destinationId: destination, state: 'stored' } } } })
  if (others) {
    for (const marker of ['other-yyyy', 'other-zzzz']) {
      const other = await sourceRows(db, marker, shared)
      const grants = [[rows.source, other.source] as const, [other.source, rows.source] as const]
      for (const [sourceId, targetId] of grants) {
        await db.restoreGrant.create({ data: { sourceId, targetId, grantedBy: marker } })
      }
      const job = { kind: 'backup', state: 'running', input: {}, actor: { type: 'cli', user: marker, role: 'admin' } }
      await db.job.createMany({ data: Array.from({ length: 5 }, () => ({ ...job, sourceId: other.source })) })
      await db.backup.updateMany({ where: { sourceId: other.source }, data: { status: 'failed', verified: 'broken' } })
    }
  }
  return { ...rows, destination, second, retention, policy }
}

function manifestOf(rows: SourceRows): Manifest {
  const [bytes, sha256] = [1, '0'.repeat(64)]
  const stored = { sourceBytes: bytes, sourceSha256: sha256, storedBytes: bytes, storedSha256: sha256 }
  return {
    format: 'holdfast-backup',
    version: 2,
    instanceId: rows.source,
    backupId: rows.backup,
    source: { id: rows.source, name: rows.marker, engine: 'postgres', label: null },
    method: 'logical',
    identity: null,
    startedAt: '2026-11-21T02:00:00.000Z',
    finishedAt: '2026-11-21T02:00:01.000Z',
    engineVersion: '15',
    tool: { name: 'pg_dump', version: '15' },
    facts: {},
    measures: [],
    chain: null,
    range: null,
    earliestTarget: null,
    latestTarget: null,
    encryption: null,
    parts: [{ role: 'archive', file: 'archive.dump', compression: 'none', encrypted: false, facts: {}, ...stored }],
    howToRestore: [],
  }
}

/** What belongs to no source is for unlimited tokens alone; every source-less thing in a list has none. */
function withoutInstance({ text, json }: { text: string; json: Record<string, unknown> }): string {
  if (!Array.isArray(json['items'])) return text
  const items = json['items'].filter((item: object) => !('sourceId' in item) || item.sourceId !== null)
  return JSON.stringify({
    ...json,
    items: items.filter((item: object) => !('kind' in item && item.kind === 'cleanup')),
  })
}

/** Ids by the order in which they are met, and no times: what is left is the same in both catalogs. */
function namer(): (text: string) => string {
  const known = new Map<string, number>()
  return (text) =>
    text
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
        known.set(id, known.get(id) ?? known.size)
        return `#${known.get(id)}`
      })
      .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+( UTC|Z)/g, '<time>')
      .replaceAll(/[\w+/]{43}=|"(latency|exposure|provenExposure)Ms":[\d.]+/g, '<measured>')
}

it('walks every operation that a limited token may use', () => {
  const perSource = guardedRoutes.filter((route) => route.perSource).map(routeName)
  const walked = new Set([...reads, ...writes, ...ends].map(({ name }) => name))
  expect([...walked, ...streams].sort()).toEqual(perSource.sort())
})

it('answers a limited token as if other sources did not exist, whatever it asks and does (security 32)', async () => {
  const [limited, alone] = [await walk(true), await walk(false)]
  expect(limited).toEqual(alone)
  for (const answer of limited) expect(answer).not.toMatch(/other-|^\S+ \S+ 500 /)
  const done = limited.filter((answer) => /^(POST|PATCH|DELETE) \S+ 20\d /.test(answer))
  expect(done.length).toBeGreaterThan(20)
}, 120_000)
