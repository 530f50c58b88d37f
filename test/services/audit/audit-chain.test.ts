import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/contracts/common'
import type { Db } from '@/lib/db/client'
import type { ServiceContext } from '@/lib/services/context'
import { auditHead } from '@/lib/services/audit/audit-head'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { buildEvidence } from '@/worker/tasks/restore-test/build-evidence'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { as, testContext } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let db: Db
beforeEach(async () => {
  catalog = await freshCatalog()
  db = catalog.db
  ctx = testContext(db)
})
afterEach(() => catalog.drop())

const worker: Actor = { type: 'worker', id: 'w', role: 'admin' }
const write = (name: string, detail: Record<string, unknown> = {}) =>
  recordAudit(db, worker, { action: `test.${name}`, subjectType: 'test', detail })
const verify = () => verifyAuditLog({ ctx })
async function five(): Promise<void> {
  for (const name of ['one', 'two', 'three', 'four', 'five']) await write(name, { name })
}

/** What an attacker with the database's own rights does: the triggers are off while it happens. */
async function tamper(...statements: string[]): Promise<void> {
  await db.$executeRawUnsafe('ALTER TABLE audit_event DISABLE TRIGGER USER')
  for (const statement of statements) await db.$executeRawUnsafe(statement)
  await db.$executeRawUnsafe('ALTER TABLE audit_event ENABLE TRIGGER USER')
}

describe('the chain of the audit log', () => {
  it('is whole for events of every shape, and says where it ends (security 24)', async () => {
    await five()
    await write('odd', { n: 1e21, m: -0, f: 0.1, u: undefined, at: new Date(0), deep: [{ ä: '\u2028' }, null] })
    await recordAudit(db, { type: 'anonymous', address: null }, { action: 'test.half', subjectType: 'x\u00e9' })
    const found = await verify()
    expect(found).toMatchObject({ ok: true, verified: 7, beforeChain: 0, fault: null, head: { lastId: 7 } })
    const last = await db.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(found.head).toEqual({ lastId: 7, hash: last.hash })
    expect(await db.auditIntake.count()).toBe(0)
  })

  it('records what PostgreSQL would refuse: NUL and half characters', async () => {
    await write('nul', { email: 'a\0b', half: '\ud800' })
    expect(await verify()).toMatchObject({ ok: true, verified: 1 })
    const row = await db.auditEvent.findFirstOrThrow()
    expect(row.detail).toEqual({ email: 'a\ufffdb', half: '\ufffd' })
  })

  it('takes numbers without gaps and in the order of the commits, however many write at once', async () => {
    const change = (n: number) =>
      db.$transaction(async (tx) => {
        await recordAudit(tx, worker, { action: 'test.at-once', subjectType: 'test', detail: { n } })
        await tx.$executeRaw`SELECT pg_sleep(${(n % 5) / 100})`
        if (n % 7 === 0) throw new Error('taken back')
      })
    const results = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => change(n)))
    const committed = results.filter((result) => result.status === 'fulfilled').length
    expect(committed).toBe(34)
    const rows = await db.auditEvent.findMany({ orderBy: { id: 'asc' } })
    expect(rows.map((row) => Number(row.id))).toEqual(Array.from({ length: committed }, (_, n) => n + 1))
    expect(rows.every((row, n) => n === 0 || row.at >= (rows[n - 1]?.at ?? row.at))).toBe(true)
    expect(await verify()).toMatchObject({ ok: true, verified: committed })
  })

  it('never holds up others while a change is under way, and knows no deadlock with the locks of changes', async () => {
    const [a, b] = [randomUUID(), randomUUID()]
    for (const id of [a, b]) await db.setting.create({ data: { key: id, value: {} } })
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const slow = db.$transaction(async (tx) => {
      await recordAudit(tx, worker, { action: 'test.slow', subjectType: 'test' })
      await held
      await tx.setting.update({ where: { key: a }, data: { value: { by: 'slow' } } })
    })
    // Holds the row that the slow one wants, and writes its own event only then.
    await db.$transaction(async (tx) => {
      await tx.setting.update({ where: { key: a }, data: { value: { by: 'quick' } } })
      letGo()
      await recordAudit(tx, worker, { action: 'test.quick', subjectType: 'test' })
    })
    await slow
    const rows = await db.auditEvent.findMany({ orderBy: { id: 'asc' } })
    expect(rows.map((row) => row.action)).toEqual(['test.quick', 'test.slow'])
    expect(await verify()).toMatchObject({ ok: true })
  })

  it('is an administrator’s to check', async () => {
    await expect(verifyAuditLog({ ctx: as(ctx, 'operator') })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('the database itself', () => {
  it.each([
    ['UPDATE', `UPDATE audit_event SET action = 'other'`],
    ['DELETE', 'DELETE FROM audit_event'],
    ['TRUNCATE', 'TRUNCATE audit_event'],
    [
      'INSERT beside the chain',
      `INSERT INTO audit_event (actor, action, subject_type, detail, hash) VALUES ('{}', 'x', 'y', '{}', repeat('0', 64))`,
    ],
  ])('refuses %s to everybody (security 24)', async (_, sql) => {
    await five()
    await expect(db.$executeRawUnsafe(sql)).rejects.toThrow(/append-only|audit_intake alone/)
    expect(await verify()).toMatchObject({ ok: true, verified: 5 })
  })
})

describe('verification names the first event that is wrong', () => {
  it.each([
    ['its detail was changed', `UPDATE audit_event SET detail = '{"name":"other"}' WHERE id = 3`, 'changed', '3'],
    [
      'its actor was changed',
      `UPDATE audit_event SET actor = '{"type":"cli","user":"x","role":"admin"}' WHERE id = 2`,
      'changed',
      '2',
    ],
    ['its time was changed', `UPDATE audit_event SET at = at - interval '1 ms' WHERE id = 1`, 'changed', '1'],
    ['its hash was changed', `UPDATE audit_event SET hash = repeat('a', 64) WHERE id = 4`, 'changed', '4'],
    ['it was removed from the middle', 'DELETE FROM audit_event WHERE id = 3', 'missing', '3'],
    ['the first was removed', 'DELETE FROM audit_event WHERE id = 1', 'missing', '1'],
    ['the last were removed', 'DELETE FROM audit_event WHERE id > 3', 'cut-short', '4'],
    ['its hash was taken away', 'UPDATE audit_event SET hash = NULL WHERE id = 2', 'foreign', '2'],
  ])('when %s', async (_, sql, kind, id) => {
    await five()
    await tamper(sql)
    expect(await verify()).toMatchObject({ ok: false, fault: { kind, id } })
  })

  it('when two changed places', async () => {
    await five()
    await tamper(
      'UPDATE audit_event SET id = 99 WHERE id = 2',
      'UPDATE audit_event SET id = 2 WHERE id = 3',
      'UPDATE audit_event SET id = 3 WHERE id = 99',
    )
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'changed', id: '2' } })
  })

  it('when one was put in between, with the later ones moved up', async () => {
    await five()
    await tamper(
      'UPDATE audit_event SET id = id + 100 WHERE id >= 3',
      'UPDATE audit_event SET id = id - 99 WHERE id > 100',
      `INSERT INTO audit_event (id, actor, action, subject_type, detail, hash) VALUES (3, '{}', 'x', 'y', '{}', repeat('b', 64))`,
      `UPDATE audit_head SET last_id = 6`,
    )
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'changed', id: '3' } })
  })

  it('when one was put behind the end', async () => {
    await five()
    await tamper(
      `INSERT INTO audit_event (id, actor, action, subject_type, detail, hash) VALUES (9, '{}', 'x', 'y', '{}', repeat('b', 64))`,
    )
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'foreign', id: '9' } })
  })

  it('when the end was removed and its note set back, and goes on noticing once new events follow', async () => {
    await five()
    await keepEvidence()
    const third = await db.auditEvent.findUniqueOrThrow({ where: { id: 3 } })
    await tamper(
      'DELETE FROM audit_event WHERE id > 3',
      `UPDATE audit_head SET last_id = 3, hash = '${third.hash ?? ''}'`,
    )
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'cut-short', id: '4' } })
    await write('after')
    await write('after that')
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'replaced', id: '5' } })
  })
})

/** A restore test whose signed evidence has the end of the chain, as the worker writes it. */
async function keepEvidence(): Promise<void> {
  const source = await db.source.create({
    data: { name: randomUUID(), engine: 'postgres', connection: {}, options: {} },
  })
  const started = { startedAt: new Date(), jobId: randomUUID() }
  const backup = await db.backup.create({
    data: { ...started, sourceId: source.id, kind: 'logical', status: 'succeeded', repositoryPath: 'x/' },
    include: { source: true },
  })
  const id = randomUUID()
  const signedEvidence = await buildEvidence(
    {
      instanceId: 'here',
      restoreTestId: id,
      level: 'quick',
      verdict: 'passed',
      backup,
      checks: [],
      facts: {},
      failure: null,
      startedAt: started.startedAt,
      finishedAt: new Date(),
      auditHead: await auditHead(db),
    },
    ctx.vault,
  )
  await db.restoreTest.create({
    data: { ...started, id, backupId: backup.id, level: 'quick', checks: [], signedEvidence },
  })
}

describe('signed evidence', () => {
  it('anchors the log: a chain that was computed anew from the changed event on is noticed', async () => {
    await five()
    await keepEvidence()
    expect(await verify()).toMatchObject({ ok: true, anchors: { compared: 1 } })
    // Everything that lies in the catalog is made to fit the lie: rows, hashes and the note of the end.
    const head = await db.auditHead.findUniqueOrThrow({ where: { id: 1 } })
    await tamper(
      'CREATE TABLE kept AS SELECT * FROM audit_event',
      'DELETE FROM audit_event',
      `UPDATE audit_head SET last_id = 0, hash = encode(sha256(convert_to(genesis, 'UTF8')), 'hex')`,
    )
    for (const name of ['one', 'two', 'a lie', 'four', 'five']) await write(name, { name })
    expect((await auditHead(db)).hash).not.toBe(head.hash)
    const found = await verify()
    expect(found).toMatchObject({ ok: false, fault: { kind: 'replaced', id: '5' } })
    expect(found.fault?.message).toContain('restore test')
  })

  it('that is not signed by this instance anchors nothing', async () => {
    await five()
    await keepEvidence()
    await db.restoreTest.updateMany({ data: { signedEvidence: '{"document":{},"signature":""}' } })
    expect(await verify()).toMatchObject({ ok: true, anchors: { compared: 0 } })
  })
})

describe('events from before the chain', () => {
  it('are counted, not covered, and missed when one is gone', async () => {
    const old = `INSERT INTO audit_event (id, actor, action, subject_type, detail) VALUES`
    await tamper(
      `${old} (1, '{"type":"cli","user":"x","role":"admin"}', 'old', 'x', '{}'), (2, '{"type":"cli","user":"x","role":"admin"}', 'old', 'x', '{}')`,
      // What the migration does where the log already has events.
      `UPDATE audit_head SET genesis = 'holdfast audit chain; x; events before: 2; last: 2', last_before_chain = 2, last_id = 2,
         hash = encode(sha256(convert_to('holdfast audit chain; x; events before: 2; last: 2', 'UTF8')), 'hex')`,
    )
    await write('first of the chain')
    expect(await verify()).toMatchObject({ ok: true, verified: 1, beforeChain: 2, head: { lastId: 3 } })
    await tamper('DELETE FROM audit_event WHERE id = 1')
    expect(await verify()).toMatchObject({ ok: false, fault: { kind: 'missing' } })
  })
})
