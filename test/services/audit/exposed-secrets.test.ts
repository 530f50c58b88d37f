import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSourceSchema } from '@/lib/contracts/source'
import type { Db } from '@/lib/db/client'
import type { ServiceContext } from '@/lib/services/context'
import { auditDigest } from '@/lib/services/audit/audit-digest'
import { exportAuditLog } from '@/lib/services/audit/export-audit-log'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { findExposedSecrets } from '@/lib/services/exposed-secrets/find-exposed-secrets'
import { redactExposedSecrets } from '@/lib/services/exposed-secrets/redact-exposed-secrets'
import { createSource } from '@/lib/services/source/create-source'
import { getSource } from '@/lib/services/source/get-source'
import { testSource } from '@/lib/services/source/test-source'
import { updateSource } from '@/lib/services/source/update-source'
import { openVault } from '@/lib/vault/open-vault'
import { verifyAuditFile } from '@/worker/cli/verify-audit'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { as, testContext } from '../../helpers/catalog/service-context'
import { asPostgres } from '@/test/helpers/as-postgres'

let catalog: FreshCatalog
let ctx: ServiceContext
let db: Db
let folder: string
beforeEach(async () => {
  catalog = await freshCatalog()
  db = catalog.db
  ctx = testContext(db)
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-exposed-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
  await catalog.drop()
})

const url = 'postgres://backup:s3cret@db.example.com/shop'
const masked = 'postgres://backup:(redacted)@db.example.com/shop'

/** As an instance from before wrote it: straight into the intake, with the digest of what it says. */
async function oldEvent(detail: object): Promise<string> {
  const actor = { type: 'cli', user: 'ada', role: 'admin' }
  const content = { actor, action: 'source.test', subjectType: 'source', subjectId: null, detail }
  await db.auditIntake.create({ data: { ...content, digest: auditDigest(content) } })
  const row = await db.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
  return row.id.toString()
}

/** A source as it could be stored before hosts were looked at. */
async function oldSource(): Promise<string> {
  const connection = { host: 'db.example.com', database: 'shop', user: 'backup', password: 'kept' }
  const { id } = await createSource({ ctx, input: createSourceSchema.parse({ name: 'Shop', connection }) })
  await db.source.update({
    where: { id },
    data: {
      connection: { host: url, port: 5432, database: 'shop', user: 'backup', ssl: 'prefer' },
      inspection: {
        ok: false,
        error: { code: 'host-unreachable', message: `${url} cannot be found` },
        unreadable: [],
        findings: [],
      },
    },
  })
  return id
}

const everyText = async () =>
  JSON.stringify([
    await db.auditEvent.findMany({ select: { actor: true, detail: true } }),
    await db.job.findMany({ select: { error: true, log: true } }),
    await db.source.findMany({ select: { inspection: true } }),
  ])

async function oldInstance(): Promise<{ source: string; event: string }> {
  const source = await oldSource()
  await oldEvent({ host: 'db.example.com', ok: true })
  const event = await oldEvent({
    host: url,
    n: 1.5,
    list: [`cannot reach ${url}`, null, { deep: `PGPASSWORD=s3cret psql` }],
  })
  await db.job.create({
    data: {
      kind: 'backup',
      state: 'failed',
      input: {},
      actor: {},
      log: `info ${url}\n`,
      error: { code: 'x', message: url },
    },
  })
  return { source, event }
}

describe('a password that was pasted with a connection before that was refused', () => {
  it('is found where it is in use and where it was recorded, and told without itself (security 10)', async () => {
    const { source, event } = await oldInstance()
    const found = await findExposedSecrets({ ctx })
    expect(found).toEqual({
      settings: [{ subjectType: 'source', subjectId: source, name: 'Shop', fields: ['connection.host'] }],
      auditEvents: [event],
      auditCount: 1,
      recordCount: 3,
    })
    expect(JSON.stringify(found)).not.toContain('s3cret')
    await expect(findExposedSecrets({ ctx: as(ctx, 'operator') })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is shown to nobody, connected with by nothing, and kept by no change (security 10)', async () => {
    const { source: id } = await oldInstance()
    expect(asPostgres(await getSource({ ctx: as(ctx, 'viewer'), input: { id } })).connection.host).toBe(masked)
    await expect(testSource({ ctx, input: { id } })).rejects.toMatchObject({ code: 'host-invalid' })
    const refused = await updateSource({ ctx, input: { id, patch: { name: 'Store' } } }).catch(
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ code: 'invalid-input', facts: { errors: [{ path: 'connection.host' }] } })
    expect(JSON.stringify(refused)).not.toContain('s3cret')
    const patch = { connection: { host: 'db.example.com', password: 'new' } }
    await updateSource({ ctx, input: { id, patch } })
    const [last] = await db.auditEvent.findMany({ orderBy: { id: 'desc' }, take: 1 })
    expect(JSON.stringify(last?.detail)).toContain('(redacted)')
    expect(JSON.stringify(last?.detail)).not.toContain('s3cret')
  })

  it('is blanked in the log and the records, and the chain is still whole (security 24)', async () => {
    const { event } = await oldInstance()
    const before = await verifyAuditLog({ ctx })
    expect(before).toMatchObject({ ok: true, redacted: 0 })
    expect(await redactExposedSecrets({ ctx })).toEqual({ auditEvents: 1, records: 3 })
    expect(await everyText()).not.toContain('s3cret')
    const row = await db.auditEvent.findUniqueOrThrow({ where: { id: BigInt(event) } })
    expect(row.detail).toEqual({
      host: masked,
      n: 1.5,
      list: [`cannot reach ${masked}`, null, { deep: 'PGPASSWORD=(redacted) psql' }],
    })
    const told = await db.auditEvent.findFirstOrThrow({ where: { action: 'audit.redact' } })
    expect(told).toMatchObject({
      subjectId: event,
      actor: { type: 'token', name: 'test' },
      detail: { event, fields: ['detail.host', 'detail.list.0', 'detail.list.2.deep'] },
    })
    expect(await verifyAuditLog({ ctx })).toMatchObject({ ok: true, redacted: 1, fault: null })
    expect(await findExposedSecrets({ ctx })).toMatchObject({
      auditCount: 0,
      recordCount: 0,
      settings: [{ name: 'Shop' }],
    })
    expect(await redactExposedSecrets({ ctx })).toEqual({ auditEvents: 0, records: 0 })
  })

  it('is blanked by a person only after they showed again who they are (security 23)', async () => {
    await oldInstance()
    const user = await db.user.create({ data: { email: 'ada@example.com', name: 'Ada', role: 'admin' } })
    const person = { ...ctx, actor: { type: 'user' as const, id: user.id, email: user.email, role: 'admin' as const } }
    await expect(redactExposedSecrets({ ctx: person })).rejects.toMatchObject({ code: 'step-up-needed' })
    await expect(redactExposedSecrets({ ctx: as(ctx, 'operator') })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await everyText()).toContain('s3cret')
  })

  it('never enters the log again, from nobody (security 10)', async () => {
    await recordAudit(db, ctx.actor, { action: 'session.sign-in-failed', subjectType: 'user', detail: { email: url } })
    expect(await everyText()).toContain(masked)
    expect(await verifyAuditLog({ ctx })).toMatchObject({ ok: true, verified: 1, redacted: 0 })
  })
})

describe('a redacted log', () => {
  /** What somebody with the rights of the database's owner does. */
  async function tamper(sql: string): Promise<void> {
    await db.$executeRawUnsafe('ALTER TABLE audit_event DISABLE TRIGGER USER')
    await db.$executeRawUnsafe(sql)
    await db.$executeRawUnsafe('ALTER TABLE audit_event ENABLE TRIGGER USER')
  }

  it.each([
    [
      'the redacted event says something else',
      (id: string) =>
        `UPDATE audit_event SET detail = jsonb_set(detail, '{host}', '"other(redacted)"') WHERE id = ${id}`,
    ],
    ['its time was changed', (id: string) => `UPDATE audit_event SET at = at - interval '1 ms' WHERE id = ${id}`],
    [
      'the event that reports it was changed',
      () => `UPDATE audit_event SET detail = jsonb_set(detail, '{event}', '"1"') WHERE action = 'audit.redact'`,
    ],
    ['the event that reports it is gone', () => `DELETE FROM audit_event WHERE action = 'audit.redact'`],
  ])('is found wrong when %s (security 24)', async (_, sql) => {
    const { event } = await oldInstance()
    await redactExposedSecrets({ ctx })
    await tamper(sql(event))
    expect(await verifyAuditLog({ ctx })).toMatchObject({
      ok: false,
      fault: { kind: expect.stringMatching(/changed|missing|cut-short/) },
    })
  })

  it('is found wrong when somebody without the instance’s key reports a redaction (security 24)', async () => {
    const { event } = await oldInstance()
    await redactExposedSecrets({ ctx: { ...ctx, vault: openVault(Buffer.alloc(32, 9)) } })
    expect(await verifyAuditLog({ ctx })).toMatchObject({ ok: false, fault: { kind: 'changed', id: event } })
  })

  it.each([
    ['without an event that reports it', `UPDATE audit_event SET detail = '{"host":"(redacted)"}' WHERE id = 2`],
    ['for other words', `UPDATE audit_event SET detail = '{"host":"other"}' WHERE id = 2`],
  ])('cannot be written %s: the database refuses (security 24)', async (_, sql) => {
    await oldInstance()
    await expect(db.$executeRawUnsafe(sql)).rejects.toThrow(/append-only/)
  })

  it.each([
    ['blanks pieces', `{"host":"postgres://(redacted)","n":1}`, true],
    ['blanks all of a text', `{"host":"(redacted)","n":1}`, true],
    ['writes other words', `{"host":"mysql://(redacted)","n":1}`, false],
    ['changes a number', `{"host":"(redacted)","n":2}`, false],
    ['drops a field', `{"host":"(redacted)"}`, false],
    ['adds a field', `{"host":"(redacted)","n":1,"m":1}`, false],
    ['changes the kind of a value', `{"host":["(redacted)"],"n":1}`, false],
  ])('takes beside the event that reports it only what blanks: one that %s', async (_, detail, allowed) => {
    const id = await oldEvent({ host: url, n: 1 })
    const change = db.$transaction(async (tx) => {
      await recordAudit(tx, ctx.actor, { action: 'audit.redact', subjectType: 'audit', subjectId: id })
      await tx.$executeRawUnsafe(`UPDATE audit_event SET detail = '${detail}' WHERE id = ${id}`)
    })
    if (allowed) await expect(change).resolves.toBeUndefined()
    else await expect(change).rejects.toThrow(/append-only/)
  })

  it('can be checked from an export alone, and with the key also who redacted (security 24)', async () => {
    await oldInstance()
    await redactExposedSecrets({ ctx })
    const file = path.join(folder, 'audit.jsonl')
    const { stream } = await exportAuditLog({ ctx, input: { format: 'jsonl' } })
    await writeFile(file, stream)
    expect(await verifyAuditFile(file, {})).toMatchObject({ ok: true, json: { redacted: 1 } })
    expect(await verifyAuditFile(file, { key: ctx.vault.evidencePublicKey })).toMatchObject({
      ok: true,
      json: { redacted: 1 },
    })
    const other = openVault(Buffer.alloc(32, 9)).evidencePublicKey
    expect(await verifyAuditFile(file, { key: other })).toMatchObject({
      ok: false,
      json: { fault: { kind: 'changed' } },
    })
  })
})
