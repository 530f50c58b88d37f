import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logRows } from '../helpers/catalog/log-rows'
import { createDestinationSchema } from '@/lib/contracts/destination'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { findDestination } from '@/lib/services/destination/find-destination'
import { getDestination } from '@/lib/services/destination/get-destination'
import { testDestination } from '@/lib/services/destination/test-destination'
import { testNewDestination } from '@/lib/services/destination/test-new-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { as, testContext } from '../helpers/catalog/service-context'
import { tempDir } from '../helpers/temp'

let catalog: FreshCatalog
let ctx: ServiceContext
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
})
afterAll(() => catalog.drop())

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG'
const s3 = (name: string, config: Record<string, unknown> = {}) =>
  createDestinationSchema.parse({
    name,
    kind: 's3',
    config: { endpoint: 'https://s3.example.com', bucket: 'backups', accessKeyId: 'AKIA', secretAccessKey, ...config },
  })
const local = (name: string, path: string) => createDestinationSchema.parse({ name, kind: 'local', config: { path } })

async function storeCopy(destinationId: string): Promise<void> {
  const source = await catalog.db.source.create({
    data: { name: randomUUID(), engine: 'postgres', connection: {}, options: {} },
  })
  const backup = await catalog.db.backup.create({
    data: {
      sourceId: source.id,
      jobId: randomUUID(),
      kind: 'logical',
      status: 'succeeded',
      startedAt: new Date(),
      repositoryPath: 'x/',
    },
  })
  await catalog.db.backupCopy.create({
    data: { backupId: backup.id, destinationId, state: 'stored', storedBytes: 5_000_000_000n },
  })
}

describe('a destination', () => {
  it('is neither made, nor changed to, nor tested at a place that is not for backups (security 31)', async () => {
    await using dir = await tempDir('place')
    const good = await createDestination({ ctx, input: local('a good place', dir.path) })
    for (const folder of ['/proc', '/etc/cron.d', '/dev/shm', '/']) {
      const refused = {
        code: 'folder-refused',
        remedy: expect.stringContaining('/var/backups/holdfast'),
        facts: { errors: [{ path: 'config.path' }] },
      }
      const input = local(`at ${folder}`, folder)
      const patch = { config: { path: folder } }
      await expect(createDestination({ ctx, input })).rejects.toMatchObject(refused)
      await expect(testNewDestination({ ctx, input })).rejects.toMatchObject(refused)
      await expect(updateDestination({ ctx, input: { id: good.id, patch } })).rejects.toMatchObject(refused)
      await expect(testDestination({ ctx, input: { id: good.id, patch } })).rejects.toMatchObject(refused)
    }
    expect(await getDestination({ ctx, input: { id: good.id } })).toMatchObject({ config: { path: dir.path } })
    expect(await catalog.db.destination.count({ where: { name: { startsWith: 'at /' } } })).toBe(0)
  })

  it('never shows its secret key, and unseals it for workers (security 6, 11)', async () => {
    const destination = await createDestination({ ctx, input: s3('sealed') })
    expect(destination).toMatchObject({ hasSecret: true, config: { bucket: 'backups', region: 'us-east-1' } })
    const row = await findDestination(catalog.db, destination.id)
    const audit = (await catalog.db.auditEvent.findMany()).map((event) => event.detail)
    expect(JSON.stringify([destination, row, audit])).not.toContain(secretAccessKey)
    expect(await destinationSpec(ctx, row)).toMatchObject({ secrets: { secretAccessKey }, kind: 's3' })
  })

  it('merges a changed config over the stored one and refuses one that breaks its contract', async () => {
    const { id } = await createDestination({ ctx, input: s3('merged', { storageClass: 'STANDARD_IA' }) })
    const patch = { config: { region: 'eu-south-1', storageClass: null } }
    const after = await updateDestination({ ctx, input: { id, patch } })
    expect(after.config).toMatchObject({ region: 'eu-south-1', bucket: 'backups' })
    expect(after.config).not.toHaveProperty('storageClass')
    expect(after.hasSecret).toBe(true)
    await expect(updateDestination({ ctx, input: { id, patch: { config: { bucket: 'x' } } } })).rejects.toMatchObject({
      code: 'invalid-input',
      facts: { errors: [{ path: 'config.bucket' }] },
    })
  })

  it.each([
    'http://169.254.169.254/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://metadata.google.internal/',
  ])('refuses the metadata address %s as endpoint (security 15)', async (endpoint) => {
    await expect(createDestination({ ctx, input: s3(endpoint.slice(7), { endpoint }) })).rejects.toMatchObject({
      code: 'address-refused',
      facts: { errors: [{ path: 'config.endpoint' }] },
    })
  })

  it('may be a server in the own network', async () => {
    await expect(
      createDestination({ ctx, input: s3('lan', { endpoint: 'http://127.0.0.1:9000' }) }),
    ).resolves.toMatchObject({ name: 'lan' })
  })

  it('is neither deleted nor moved while backups lie in it, and says how many', async () => {
    const { id } = await createDestination({ ctx, input: local('full', '/var/backups/a') })
    await storeCopy(id)
    expect((await getDestination({ ctx, input: { id } })).usage).toEqual({ backupCount: 1, storedBytes: 5_000_000_000 })
    await expect(deleteDestination({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'in-use',
      facts: { count: 1 },
    })
    const patch = { config: { path: '/var/backups/b' } }
    await expect(updateDestination({ ctx, input: { id, patch } })).rejects.toMatchObject({ code: 'in-use' })
    await expect(updateDestination({ ctx, input: { id, patch: { name: 'renamed' } } })).resolves.toMatchObject({
      name: 'renamed',
    })
  })

  it('is not deleted while a schedule writes to it, and is gone afterwards', async () => {
    const { id } = await createDestination({ ctx, input: local('scheduled', '/var/backups/c') })
    const source = await catalog.db.source.create({
      data: { name: 'orders', engine: 'postgres', connection: {}, options: {} },
    })
    const schedule = await catalog.db.schedule.create({
      data: {
        sourceId: source.id,
        action: 'backup',
        cron: '0 2 * * *',
        timeZone: 'UTC',
        destinationIds: [id],
        options: {},
        evaluatedUntil: new Date(),
      },
    })
    await expect(deleteDestination({ ctx, input: { id } })).rejects.toThrow(/orders/)
    await catalog.db.schedule.update({ where: { id: schedule.id }, data: { deletedAt: new Date() } })
    await deleteDestination({ ctx, input: { id } })
    await expect(getDestination({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is neither moved while log lies in it, nor deleted while log is written to it, and no window counts on it afterwards', async () => {
    const { id } = await createDestination({ ctx, input: local('of a log', '/var/backups/e') })
    const source = await catalog.db.source.create({
      data: { name: 'ledger', engine: 'postgres', connection: {}, options: {} },
    })
    await logRows(catalog.db, { sourceId: source.id, destinationId: id, marker: 'log' })
    const patch = { config: { path: '/var/backups/f' } }
    await expect(updateDestination({ ctx, input: { id, patch } })).rejects.toThrow(/log of a source lies/)
    await expect(deleteDestination({ ctx, input: { id } })).rejects.toThrow(/ledger/)
    await catalog.db.logStream.delete({ where: { sourceId: source.id } })
    await deleteDestination({ ctx, input: { id } })
    expect(await catalog.db.logRange.count({ where: { destinationId: id } })).toBe(0)
  })

  it('keeps where it stands and what it may hold and cost, each taken away by null', async () => {
    const input = createDestinationSchema.parse({
      ...local('placed', '/var/backups/d'),
      options: { site: 'Athens', capacityBytes: 5_000_000_000, monthlyBudget: 20 },
    })
    const { id, options } = await createDestination({ ctx, input })
    expect(options).toEqual({ site: 'Athens', capacityBytes: 5_000_000_000, monthlyBudget: 20, transitions: [] })
    const transitions = [{ afterDays: 30, storageClass: 'STANDARD_IA' }]
    const after = await updateDestination({
      ctx,
      input: { id, patch: { options: { capacityBytes: null, transitions } } },
    })
    expect(after.options).toEqual({ site: 'Athens', monthlyBudget: 20, transitions })
    const kept = await updateDestination({ ctx, input: { id, patch: { name: 'placed again' } } })
    expect(kept.options).toEqual(after.options)
  })

  it('that works again makes its missing copies due at once', async () => {
    await using dir = await tempDir('destination')
    const { id } = await createDestination({ ctx, input: local('back again', dir.path) })
    await storeCopy(id)
    const later = new Date(Date.now() + 5 * 3_600_000)
    await catalog.db.backupCopy.updateMany({ where: { destinationId: id }, data: { state: 'failed', retryAt: later } })
    await testDestination({ ctx, input: { id } })
    const copy = await catalog.db.backupCopy.findFirstOrThrow({ where: { destinationId: id } })
    expect(copy.retryAt?.getTime()).toBeLessThanOrEqual(ctx.clock.now().getTime())
  })

  it('is probed for real and keeps the report', async () => {
    await using dir = await tempDir('destination')
    const { id } = await createDestination({ ctx, input: local('probed', dir.path) })
    expect(await testDestination({ ctx: as(ctx, 'operator'), input: { id } })).toMatchObject({ ok: true })
    expect((await getDestination({ ctx, input: { id } })).probe).toMatchObject({
      ok: true,
      space: { totalBytes: expect.any(Number), freeBytes: expect.any(Number) },
    })
    await expect(testDestination({ ctx: as(ctx, 'viewer'), input: { id } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
