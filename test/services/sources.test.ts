import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSourceSchema, updateSourceSchema, type CreateSource } from '@/lib/contracts/source'
import type { ServiceContext } from '@/lib/services/context'
import { createSource } from '@/lib/services/source/create-source'
import { deleteSource } from '@/lib/services/source/delete-source'
import { findSource } from '@/lib/services/source/find-source'
import { getSource } from '@/lib/services/source/get-source'
import { listSources } from '@/lib/services/source/list-sources'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { testNewSource } from '@/lib/services/source/test-new-source'
import { testSource } from '@/lib/services/source/test-source'
import { updateSource } from '@/lib/services/source/update-source'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { as, testContext } from '../helpers/catalog/service-context'
import { testPostgresUrl } from '../helpers/servers/servers'
import { asPostgres } from '@/test/helpers/as-postgres'

let catalog: FreshCatalog
let ctx: ServiceContext
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
})
afterAll(() => catalog.drop())

const secret = 'pässword "with" \\ odd signs'
function input(name: string, connection: Partial<CreateSource['connection']> = {}): CreateSource {
  const base = { host: 'db.example.com', database: 'shop', user: 'backup', password: secret }
  return createSourceSchema.parse({ name, connection: { ...base, ...connection } })
}

describe('a source', () => {
  it('is stored with its password sealed, which no answer, row or audit event shows (security 6, 11)', async () => {
    const source = await createSource({ ctx, input: input('sealed') })
    expect(source.connection).toMatchObject({ host: 'db.example.com', port: 5432, hasPassword: true })
    const row = await findSource(catalog.db, source.id)
    const everything = JSON.stringify([
      source,
      await listSources({ ctx, input: { limit: 200 } }),
      row,
      (await catalog.db.auditEvent.findMany()).map((event) => event.detail),
    ])
    expect(everything).not.toContain('odd signs')
    expect((await sourceSpec(ctx, row)).secrets).toEqual({ password: secret })
  })

  it('cannot have its sealed password opened under another source (security 11)', async () => {
    const [a, b] = [await createSource({ ctx, input: input('a') }), await createSource({ ctx, input: input('b') })]
    const [rowA, rowB] = [await findSource(catalog.db, a.id), await findSource(catalog.db, b.id)]
    await expect(sourceSpec(ctx, { ...rowB, secretsSealed: rowA.secretsSealed })).rejects.toThrow(
      expect.objectContaining({ code: 'secret-unreadable' }),
    )
  })

  it('keeps what a change does not name, and its password too', async () => {
    const { id } = await createSource({ ctx, input: input('changed', { port: 6543, ssl: 'require' }) })
    const patch = updateSourceSchema.parse({
      connection: { database: 'stock' },
      options: { lowPriority: true },
    })
    const after = await updateSource({ ctx, input: { id, patch } })
    expect(after.connection).toMatchObject({ database: 'stock', port: 6543, ssl: 'require', hasPassword: true })
    expect(after.options).toMatchObject({ lowPriority: true, compression: 'zstd', maxAttempts: 3 })
    expect((await sourceSpec(ctx, await findSource(catalog.db, id))).secrets).toEqual({ password: secret })
  })

  it.each([[7], [null], [true], [{ a: 1 }], ['x'.repeat(65_537)]])(
    'refuses a password that is no text, or too long for any, and keeps the stored one: %j',
    async (password) => {
      const { id } = await createSource({ ctx, input: input(`secret ${JSON.stringify(password).slice(0, 20)}`) })
      const change = { ctx, input: { id, patch: { connection: { password } } } }
      await expect(updateSource(change)).rejects.toMatchObject({
        code: 'invalid-input',
        facts: { errors: [{ path: 'connection.password' }] },
      })
      expect((await sourceSpec(ctx, await findSource(catalog.db, id))).secrets).toEqual({ password: secret })
    },
  )

  it('loses an objective that is set to null', async () => {
    const { id } = await createSource({ ctx, input: input('objectives') })
    await updateSource({
      ctx,
      input: { id, patch: { options: { rpoObjectiveMs: 3_600_000, rtoObjectiveMs: 60_000 } } },
    })
    const patch = updateSourceSchema.parse({ options: { rpoObjectiveMs: null } })
    const after = await updateSource({ ctx, input: { id, patch } })
    expect(after.options).toMatchObject({ rtoObjectiveMs: 60_000 })
    expect(after.options).not.toHaveProperty('rpoObjectiveMs')
  })

  it('loses its password when an empty one is given', async () => {
    const { id } = await createSource({ ctx, input: input('emptied') })
    const after = await updateSource({ ctx, input: { id, patch: { connection: { password: '' } } } })
    expect(asPostgres(after).connection.hasPassword).toBe(false)
  })

  it('refuses a name that is taken, and gives it free after deletion', async () => {
    const { id } = await createSource({ ctx, input: input('taken') })
    await expect(createSource({ ctx, input: input('taken') })).rejects.toMatchObject({
      code: 'name-taken',
      facts: { errors: [{ path: 'name' }] },
    })
    await deleteSource({ ctx, input: { id } })
    await expect(createSource({ ctx, input: input('taken') })).resolves.toMatchObject({ name: 'taken' })
  })

  it('is changed by administrators alone, and leaves one audit row for each change', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      await expect(createSource({ ctx: as(ctx, role), input: input('never') })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
    const { id } = await createSource({ ctx, input: input('audited') })
    await deleteSource({ ctx, input: { id } })
    const events = await catalog.db.auditEvent.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } })
    expect(events.map((event) => event.action)).toEqual(['source.create', 'source.delete'])
  })

  it('is not deleted while a job works on it, and takes its schedules along when it is', async () => {
    const { id } = await createSource({ ctx, input: input('busy') })
    const schedule = { sourceId: id, action: 'backup', cron: '0 2 * * *', timeZone: 'UTC', options: {} }
    await catalog.db.schedule.create({ data: { ...schedule, evaluatedUntil: new Date() } })
    const job = await catalog.db.job.create({
      data: { kind: 'backup', state: 'running', input: {}, actor: {}, sourceId: id },
    })
    await expect(deleteSource({ ctx, input: { id } })).rejects.toMatchObject({ code: 'in-use', facts: { count: 1 } })
    await catalog.db.job.update({ where: { id: job.id }, data: { state: 'succeeded' } })
    await deleteSource({ ctx, input: { id } })
    expect(await catalog.db.schedule.count({ where: { sourceId: id, deletedAt: null } })).toBe(0)
    await expect(getSource({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not-found' })
    expect((await catalog.db.source.findUniqueOrThrow({ where: { id } })).secretsSealed).toEqual({})
  })

  it('remembers a test of its connection, and forgets it when the connection changes', async () => {
    const url = new URL(testPostgresUrl())
    const connection = { host: url.hostname, port: Number(url.port), database: 'postgres', user: url.username }
    const { id } = await createSource({ ctx, input: input('tested', { ...connection, password: url.password }) })
    expect(await testSource({ ctx: as(ctx, 'operator'), input: { id } })).toMatchObject({ ok: true })
    expect((await getSource({ ctx, input: { id } })).inspection).toMatchObject({ ok: true })
    const wrong = { connection: { database: 'no such database' } }
    expect(await testSource({ ctx, input: { id, patch: wrong } })).toMatchObject({ ok: false })
    expect((await getSource({ ctx, input: { id } })).inspection).toMatchObject({ ok: true })
    await updateSource({ ctx, input: { id, patch: wrong } })
    expect((await getSource({ ctx, input: { id } })).inspection).toBeNull()
  })

  it('lets only an administrator test other settings under the stored password (security 11)', async () => {
    const { id } = await createSource({ ctx, input: input('probe') })
    const patch = { connection: { host: 'collector.example.com' } }
    await expect(testSource({ ctx: as(ctx, 'operator'), input: { id, patch } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('the list of sources', () => {
  it('comes in pages by name, each source once', async () => {
    const all = (await listSources({ ctx, input: { limit: 200 } })).items.map((source) => source.name)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listSources({ ctx, input: { limit: 2, ...(cursor ? { cursor } : {}) } })
      seen.push(...page.items.map((source) => source.name))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(all)
    expect(seen).toEqual([...seen].sort())
  })
})

describe('the address of a source', () => {
  const refused = { code: 'address-refused' }

  it.each(['169.254.169.254', '2852039166', '[::ffff:169.254.169.254]', 'metadata.google.internal'])(
    'may not be the metadata service %s: neither stored nor tested, for the server and its replica (security 15)',
    async (host) => {
      const { id } = await createSource({ ctx, input: input(`kept away from ${host}`) })
      const replica = { replica: { host, port: 5432 } }
      const withReplica = (name: string) => createSourceSchema.parse({ ...input(name), options: replica })
      await expect(createSource({ ctx, input: input('refused', { host }) })).rejects.toMatchObject(refused)
      await expect(createSource({ ctx, input: withReplica('refused') })).rejects.toMatchObject(refused)
      await expect(testNewSource({ ctx, input: input('refused', { host }) })).rejects.toMatchObject(refused)
      await expect(testNewSource({ ctx, input: withReplica('refused') })).rejects.toMatchObject(refused)
      for (const patch of [{ connection: { host } }, { options: replica }].map((each) =>
        updateSourceSchema.parse(each),
      )) {
        await expect(updateSource({ ctx, input: { id, patch } })).rejects.toMatchObject(refused)
        await expect(testSource({ ctx, input: { id, patch } })).rejects.toMatchObject(refused)
      }
      expect(asPostgres(await getSource({ ctx, input: { id } })).connection.host).toBe('db.example.com')
    },
  )

  it('takes its TLS default along when it moves from this machine to another, but no mode that was chosen (security 15)', async () => {
    const moved = async (from: Partial<CreateSource['connection']>, to: Record<string, unknown>) => {
      const { id } = await createSource({ ctx, input: input(`moved ${crypto.randomUUID()}`, from) })
      const after = await updateSource({
        ctx,
        input: { id, patch: updateSourceSchema.parse({ connection: { ...to, password: secret } }) },
      })
      return asPostgres(after).connection.ssl
    }
    expect(await moved({ host: '127.0.0.1' }, { host: 'db.example.com' })).toBe('verify-full')
    expect(await moved({ host: '/run/postgresql' }, { host: '10.0.0.5' })).toBe('verify-full')
    expect(await moved({ host: '127.0.0.1' }, { host: 'db.example.com', ssl: 'require' })).toBe('require')
    expect(await moved({ host: '127.0.0.1', ssl: 'require' }, { host: 'db.example.com' })).toBe('require')
    expect(await moved({ ssl: 'prefer' }, { host: 'db2.example.com' })).toBe('prefer')
    expect(await moved({ host: '127.0.0.1' }, { port: 6543 })).toBe('prefer')
  })
})
