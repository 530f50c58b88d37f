import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { steppedUpActions, type SteppedUpAction } from '@/lib/contracts/people/access'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { createSourceSchema } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { createChannel } from '@/lib/services/channel/create-channel'
import { deleteChannel } from '@/lib/services/channel/delete-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { startRecovery } from '@/lib/services/recovery/start-recovery'
import { startRestore } from '@/lib/services/restore/start-restore'
import { createRestoreGrant } from '@/lib/services/restore-grant/create-restore-grant'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { createSource } from '@/lib/services/source/create-source'
import { deleteSource } from '@/lib/services/source/delete-source'
import { updateSource } from '@/lib/services/source/update-source'
import { createToken } from '@/lib/services/token/create-token'
import { createUser } from '@/lib/services/user/create-user'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { logRows } from '../../helpers/catalog/log-rows'
import { startHttpReceiver } from '../../helpers/servers/http-receiver'
import { password, person, showAgain, type Person } from '../../helpers/catalog/people'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'
import { tempDir } from '../../helpers/temp'

let catalog: FreshCatalog
let clock: TestClock
/** The command line, which sets things up. */
let root: ServiceContext
let ann: Person
let receiver: Awaited<ReturnType<typeof startHttpReceiver>>
/** Where a restore goes: it asks the server what its role may do. */
let pg: TestPostgres
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  root = testContext(catalog.db, { clock, actor: { type: 'cli', user: 'root', role: 'admin' } })
  receiver = await startHttpReceiver()
  pg = await startPostgres()
  dir = await tempDir('stepped-up')
  await person(root)
})
afterAll(async () => {
  await receiver.close()
  await pg.close()
  await dir.remove()
  await catalog.drop()
})
beforeEach(async () => {
  ann = await person(root)
  await catalog.db.alert.deleteMany()
})

const destination = async () => {
  const path = await mkdtemp(join(dir.path, 'store-'))
  return catalog.db.destination.create({ data: { name: randomUUID(), kind: 'local', config: { path } } })
}
const source = (connection: object = { host: 'db.example.com', database: 'shop', user: 'backup' }) =>
  createSource({
    ctx: root,
    input: createSourceSchema.parse({
      name: randomUUID(),
      connection,
    }),
  })
const channel = () =>
  createChannel({
    ctx: root,
    input: createChannelSchema.parse({ name: randomUUID(), kind: 'webhook', config: { url: `${receiver.url}/left` } }),
  })
const policy = () =>
  createRetentionPolicy({ ctx: root, input: { name: randomUUID(), rules: { keepDays: 30, minimum: 1 } } })

/** A good backup of a source of its own, said to lie in a folder where there is none. */
async function backup(sourceId?: string) {
  const owner = sourceId ?? (await source()).id
  return catalog.db.backup.create({
    data: {
      sourceId: owner,
      jobId: randomUUID(),
      kind: 'logical',
      status: 'succeeded',
      startedAt: clock.now(),
      finishedAt: clock.now(),
      repositoryPath: `${randomUUID()}/`,
      copies: { create: { destinationId: (await destination()).id, state: 'stored', storedBytes: 1n } },
    },
  })
}

/** Prepares one thing, and answers how somebody does it. */
type Scenario = () => Promise<(by: ServiceContext) => Promise<unknown>>
const scenarios: Record<SteppedUpAction, Scenario> = {
  'backup.delete': async () => {
    const { id, sourceId } = await backup()
    await backup(sourceId)
    return (ctx) => deleteBackup({ ctx, input: { id } })
  },
  'source.delete': async () => {
    const { id } = await source()
    return (ctx) => deleteSource({ ctx, input: { id } })
  },
  'source.restore-grant': async () => {
    const [{ id }, target] = [await source(), await source()]
    return (ctx) => createRestoreGrant({ ctx, input: { id, targetId: target.id } })
  },
  'destination.delete': async () => {
    const { id } = await destination()
    return (ctx) => deleteDestination({ ctx, input: { id } })
  },
  'retention-policy.shorten': async () => {
    const { id } = await policy()
    return (ctx) => updateRetentionPolicy({ ctx, input: { id, patch: { rules: { keepDays: 7, minimum: 1 } } } })
  },
  'recovery-kit.create': () => Promise.resolve((ctx) => createRecoveryKit({ ctx, input: { replace: true } })),
  'user.grant-admin': () =>
    Promise.resolve((ctx) =>
      createUser({ ctx, input: { email: `${randomUUID()}@example.com`, name: 'New', role: 'admin', password } }),
    ),
  'user.reset-credentials': async () => {
    const { id } = await person(root, 'viewer')
    return (ctx) => updateUser({ ctx, input: { id, patch: { password } } })
  },
  'token.create-admin': () =>
    Promise.resolve((ctx) => createToken({ ctx, input: { name: randomUUID(), role: 'admin', expiresInDays: 1 } })),
  'settings.access': () =>
    Promise.resolve((ctx) => updateOperations({ ctx, input: { oidc: { label: randomUUID() } } })),
  'source.accept-unconfined': async () => {
    const { id } = await source()
    return (ctx) => updateSource({ ctx, input: { id, patch: { options: { acceptUnconfined: true } } } })
  },
  'source.encryption-off': async () => {
    const { id } = await source()
    return (ctx) => updateSource({ ctx, input: { id, patch: { options: { encryption: 'none' } } } })
  },
  'source.other-server': async () => {
    const { id } = await source()
    return (ctx) => updateSource({ ctx, input: { id, patch: { connection: { host: 'elsewhere.example.com' } } } })
  },
  'destination.create': async () => {
    const config = { path: await mkdtemp(join(dir.path, 'store-')) }
    const input = createDestinationSchema.parse({ name: randomUUID(), kind: 'local', config })
    return (ctx) => createDestination({ ctx, input })
  },
  'destination.change': async () => {
    const { id } = await destination()
    return (ctx) => updateDestination({ ctx, input: { id, patch: { config: { path: `/tmp/${id}` } } } })
  },
  'channel.change': async () => {
    const { id } = await channel()
    return (ctx) => updateChannel({ ctx, input: { id, patch: { enabled: false } } })
  },
  'channel.delete': async () => {
    const { id } = await channel()
    return (ctx) => deleteChannel({ ctx, input: { id } })
  },
  'backup.download': async () => {
    const { id } = await backup()
    const { signal } = new AbortController()
    // Nothing lies in that folder: it is let through, told and recorded, and then finds no copy.
    return (ctx) =>
      openDownload({ ctx, input: { id, form: 'plain' }, signal }).catch((error: unknown) => {
        if (!(error instanceof HoldfastError) || error.code !== 'object-not-found') throw error
      })
  },
  'restore.start': async () => {
    const { id } = await backup((await source(pg.source().connection)).id)
    return (ctx) => startRestore({ ctx, input: { backupId: id, target: { database: 'restored', owners: 'keep' } } })
  },
  'recovery.start': async () => {
    const { id: sourceId } = await source(pg.source().connection)
    await logRows(catalog.db, { sourceId, destinationId: (await destination()).id, marker: '7427183920114572081' })
    // Whether there was such a transaction, only the log can tell.
    const target = { type: 'xid' as const, value: '700' }
    return (ctx) => startRecovery({ ctx, input: { sourceId, target, use: 'look' } })
  },
  'user.disable': async () => {
    const { id } = await person(root, 'viewer')
    return (ctx) => updateUser({ ctx, input: { id, patch: { disabled: true } } })
  },
  'token.create-endless': () =>
    Promise.resolve((ctx) => createToken({ ctx, input: { name: randomUUID(), role: 'viewer', expiresInDays: null } })),
}

const told = async () =>
  (await catalog.db.alert.findMany({ where: { event: 'guarded-change' }, orderBy: { id: 'asc' } })).map(
    ({ title, facts }) => ({ title, facts }),
  )
/** Everything that was recorded but who signed in and showed who they are. */
const recorded = () => catalog.db.auditEvent.count({ where: { NOT: { action: { startsWith: 'session.' } } } })

describe.each(steppedUpActions)('%s', (action) => {
  it('is refused to a session until the person shows again who they are, and then told to the administrators (security 23)', async () => {
    const run = await scenarios[action]()
    await catalog.db.alert.deleteMany()
    const before = await recorded()
    await expect(run(ann.ctx)).rejects.toMatchObject({ code: 'step-up-needed', facts: { methods: ['password'] } })
    expect([await told(), await recorded()]).toEqual([[], before])
    await showAgain(ann)
    await run(ann.ctx)
    expect(await told()).toEqual([
      { title: expect.stringContaining(ann.email), facts: expect.objectContaining({ action, byType: 'user' }) },
    ])
    expect(await recorded()).toBeGreaterThan(before)
  })

  it('is not asked of a token or the command line, and told all the same (security 23)', async () => {
    for (const ctx of [testContext(catalog.db, { clock }), root]) {
      const run = await scenarios[action]()
      await catalog.db.alert.deleteMany()
      await run(ctx)
      expect(await told()).toEqual([
        { title: expect.any(String), facts: expect.objectContaining({ action, byType: ctx.actor.type }) },
      ])
    }
  })
})

describe('neither asked nor told', () => {
  it('is what takes nothing away: other names, more protection, a token with an end', async () => {
    const [a, b, c] = [await source(), await destination(), await channel()]
    const who = await person(root, 'viewer')
    await catalog.db.alert.deleteMany()
    const { ctx } = ann
    const options = { slowAfterMs: 60_000, encryption: 'age' as const }
    await updateSource({ ctx, input: { id: a.id, patch: { name: randomUUID(), options } } })
    await updateSource({ ctx, input: { id: a.id, patch: { connection: { host: 'db.example.com' } } } })
    await updateDestination({ ctx, input: { id: b.id, patch: { name: randomUUID() } } })
    await updateChannel({ ctx, input: { id: c.id, patch: { name: randomUUID(), enabled: true } } })
    await updateUser({ ctx, input: { id: who.id, patch: { role: 'operator', name: 'Risen' } } })
    await createToken({ ctx, input: { name: randomUUID(), role: 'viewer', expiresInDays: 1 } })
    expect(await told()).toEqual([])
  })
})

describe('a receiver that is left', () => {
  const left = () =>
    receiver.requests.map((request): { event: string; title: string; body: string } => JSON.parse(request.body))

  it.each([
    [
      'switched off',
      (ctx: ServiceContext, id: string) => updateChannel({ ctx, input: { id, patch: { enabled: false } } }),
    ],
    [
      're-addressed',
      (ctx: ServiceContext, id: string) =>
        updateChannel({ ctx, input: { id, patch: { config: { url: 'http://127.0.0.1:9/nobody' } } } }),
    ],
    ['removed', (ctx: ServiceContext, id: string) => deleteChannel({ ctx, input: { id } })],
  ])('hears itself that its channel is %s, and by whom (security 23)', async (_, run) => {
    const { id, name } = await channel()
    const heard = left().length
    await showAgain(ann)
    await run(ann.ctx, id)
    expect(left().slice(heard)).toEqual([
      expect.objectContaining({
        event: 'guarded-change',
        title: expect.stringContaining(ann.email),
        body: expect.stringContaining(name),
      }),
    ])
  })

  it('that does not answer keeps nobody from removing its channel', async () => {
    const dead = createChannelSchema.parse({
      name: randomUUID(),
      kind: 'webhook',
      config: { url: 'http://127.0.0.1:9/x' },
    })
    const { id } = await createChannel({ ctx: root, input: dead })
    await deleteChannel({ ctx: root, input: { id } })
    expect((await catalog.db.channel.findUniqueOrThrow({ where: { id } })).deletedAt).not.toBeNull()
  })
})
