import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/contracts/common'
import type { ServiceContext } from '@/lib/services/context'
import { exportAuditLog } from '@/lib/services/audit/export-audit-log'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditFile } from '@/worker/cli/verify-audit'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { as, testContext } from '../../helpers/catalog/service-context'
import { tempDir } from '../../helpers/temp'
import { buildCli } from '../../helpers/build-cli'

let catalog: FreshCatalog
let ctx: ServiceContext
let home: Awaited<ReturnType<typeof tempDir>>
const userId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const ann: Actor = { type: 'user', id: userId, email: 'ann@example.com', role: 'admin' }
const ci: Actor = { type: 'token', id: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a22', name: 'ci', role: 'operator' }
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  home = await tempDir('audit-log')
  const record = (actor: Parameters<typeof recordAudit>[1], action: string, subjectId: string, detail = {}) =>
    recordAudit(catalog.db, actor, { action, subjectType: action.split('.')[0] ?? '', subjectId, detail })
  await record(ann, 'source.create', 's1', { name: 'shop' })
  await record(ci, 'backup.start', 's1')
  await record(ann, 'source.update', 's1', { changes: { port: { from: 5432, to: 5433 } } })
  await record({ type: 'anonymous', address: '192.0.2.7' }, 'session.sign-in-failed', '', { email: '=cmd|calc' })
  await record(ci, 'backup.start', 's2')
})
afterAll(async () => {
  await catalog.drop()
  await home.remove()
})

const actions = async (filter: object) =>
  (await listAuditEvents({ ctx, input: { limit: 50, ...filter } })).items.map((event) => event.action)
const exported = async (input: object) =>
  text((await exportAuditLog({ ctx, input: { format: 'jsonl', ...input } })).stream)

describe('the list', () => {
  it.each([
    [{ action: 'source.create' }, 1],
    [{ action: 'source.' }, 2],
    [{ actorType: 'token' }, 2],
    [{ actor: 'ann@example.com' }, 2],
    [{ actor: 'ci', subjectId: 's2' }, 1],
    [{ actor: '192.0.2.7' }, 1],
    [{ actor: userId }, 2],
    [{ subjectType: 'backup', subjectId: 's1' }, 1],
    [{ from: '2001-01-01T00:00:00.000Z', to: '2002-01-01T00:00:00.000Z' }, 0],
    [{ action: 'source.%' }, 0],
  ])('finds by %j', async (filter, count) => {
    expect(await actions(filter)).toHaveLength(count)
  })

  it('is paged by number without gaps or repeats', async () => {
    const first = await listAuditEvents({ ctx, input: { limit: 2 } })
    const second = await listAuditEvents({ ctx, input: { limit: 2, cursor: first.nextCursor ?? '' } })
    const ids = [...first.items, ...second.items].map((event) => Number(event.id))
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    expect(new Set(ids).size).toBe(4)
  })
})

describe('the export', () => {
  it('as JSON lines is checked where no Holdfast is, and a changed line is named (security 24)', async () => {
    const file = path.join(home.path, 'audit.jsonl')
    const lines = await exported({})
    await writeFile(file, lines)
    expect(await verifyAuditFile(file, {})).toMatchObject({ ok: true, json: { first: '1', fault: null } })
    await writeFile(file, lines.replace('"shop"', '"shed"'))
    // The first event of a file is taken as given, since what it is chained to is not in the file; its hash is not.
    expect(await verifyAuditFile(file, {})).toMatchObject({ ok: true })
    await writeFile(file, lines.replace('5433', '5434'))
    expect(await verifyAuditFile(file, {})).toMatchObject({ ok: false, json: { fault: { kind: 'changed', id: '3' } } })
    await writeFile(file, lines.split('\n').toSpliced(1, 1).join('\n'))
    expect(await verifyAuditFile(file, {})).toMatchObject({ ok: false, json: { fault: { kind: 'missing', id: '2' } } })
    await writeFile(file, 'no json')
    await expect(verifyAuditFile(file, {})).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('as CSV never holds a formula', async () => {
    const csv = await exported({ format: 'csv', action: 'session.sign-in-failed' })
    const [head, row] = csv.split('\r\n')
    expect(head).toBe('id,at,actor,who,action,subjectType,subjectId,detail,hash')
    expect(row).toContain('"192.0.2.7","session.sign-in-failed"')
    expect(row).toContain('""email"":""=cmd|calc""')
    await recordAudit(
      catalog.db,
      { type: 'cli', user: '=HYPERLINK("x")', role: 'admin' },
      { action: 'x.y', subjectType: 'x' },
    )
    expect(await exported({ format: 'csv', action: 'x.y' })).toContain(`"'=HYPERLINK(""x"")"`)
  })

  it('is recorded itself, and is an administrator’s', async () => {
    await exported({ action: 'backup.' })
    expect((await listAuditEvents({ ctx, input: { limit: 1 } })).items[0]).toMatchObject({
      action: 'audit.export',
      detail: { format: 'jsonl', action: 'backup.' },
    })
    await expect(exportAuditLog({ ctx: as(ctx, 'operator'), input: { format: 'jsonl' } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('reads a log of many pages to its end', async () => {
    await catalog.db.$executeRaw`
      INSERT INTO audit_intake (id, actor, action, subject_type, detail, digest)
      SELECT gen_random_uuid(), '{"type":"worker","id":"w","role":"admin"}', 'bulk.row', 'x', '{}', 'x' FROM generate_series(1, 2500)`
    expect((await exported({ action: 'bulk.row' })).trimEnd().split('\n')).toHaveLength(2_500)
  })
})

describe('the command line', () => {
  const root = path.resolve(import.meta.dirname, '../../..')
  const cli = path.join(root, 'dist', `test-audit-cli-${process.pid}.mjs`)
  beforeAll(() => buildCli(cli))
  afterAll(() => rm(cli, { force: true }))

  it('makes scoped tokens, verifies the log, and fails when it is broken (security 24)', async () => {
    const fresh = await freshCatalog()
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: fresh.url,
      HOLDFAST_HOME: home.path,
      NODE_ENV: 'production' as const,
    }
    const run = (...args: string[]) =>
      new Promise<{ code: unknown; json: unknown }>((resolve) => {
        execFile(process.execPath, [cli, ...args, '--json'], { env }, (error, out) =>
          resolve({ code: error?.code ?? 0, json: JSON.parse(out) }),
        )
      })
    try {
      const made = await run('token', 'create', 'ci', '--role', 'viewer', '--scope', 'status:read')
      expect(made).toMatchObject({ code: 0, json: { scopes: ['status:read'], role: 'viewer' } })
      expect(await run('token', 'create', 'ci', '--scope', 'everything')).toMatchObject({ code: 2 })
      expect(await run('audit', 'verify')).toMatchObject({ code: 0, json: { ok: true, verified: 1 } })
      expect(await run('token', 'revoke', 'ci')).toMatchObject({ code: 0 })
      await fresh.db.$executeRawUnsafe('ALTER TABLE audit_event DISABLE TRIGGER USER')
      await fresh.db.$executeRawUnsafe(`UPDATE audit_event SET action = 'token.other' WHERE id = 2`)
      expect(await run('audit', 'verify')).toMatchObject({ code: 1, json: { ok: false, fault: { id: '2' } } })
    } finally {
      await fresh.drop()
    }
  }, 240_000)
})
