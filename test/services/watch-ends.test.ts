import { createServer, type Server } from 'node:https'
import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { createSourceSchema } from '@/lib/contracts/source'
import { createTokenSchema } from '@/lib/contracts/people/people'
import type { ServiceContext } from '@/lib/services/context'
import { createChannel } from '@/lib/services/channel/create-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'
import { createDestination } from '@/lib/services/destination/create-destination'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import { createSource } from '@/lib/services/source/create-source'
import { deleteSource } from '@/lib/services/source/delete-source'
import { createToken } from '@/lib/services/token/create-token'
import { revokeToken } from '@/lib/services/token/revoke-token'
import { claimTurn } from '@/lib/services/watch/claim-turn'
import { endOrphans } from '@/lib/services/watch/end-orphans'
import { readCertificate } from '@/lib/services/watch/certificate/read-certificate'
import { watchCertificates } from '@/lib/services/watch/watch-certificates'
import { watchTokens } from '@/lib/services/watch/watch-tokens'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { makeCertificate } from '../helpers/servers/certificate'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { freePort } from '../helpers/servers/ports'
import { testContext } from '../helpers/catalog/service-context'
import { startSmtp, type SmtpReceiver } from '../helpers/servers/smtp'
import { startTold, type Told } from '../helpers/told'

const day = 86_400_000
const soon = AbortSignal.timeout(60_000)

let catalog: FreshCatalog
let ctx: ServiceContext
let told: Told
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  told = await startTold(ctx)
})
afterAll(async () => {
  await told.close()
  await catalog.drop()
})

describe('an API token that ends', () => {
  it('is reported once in the days before, and no more once it is revoked', async () => {
    const input = createTokenSchema.parse({ name: 'ci', role: 'viewer', expiresInDays: 90 })
    const token = await createToken({ ctx, input })
    await createToken({ ctx, input: createTokenSchema.parse({ name: 'forever', role: 'viewer', expiresInDays: null }) })
    const look = async (days: number) => {
      const now = new Date(Date.now() + days * day)
      await watchTokens({ ctx, now })
      return told.of('key-expiring', now)
    }
    expect(await look(75)).toEqual([])
    expect(await look(77)).toEqual(['opened'])
    expect(await look(78)).toEqual(['opened'])
    expect(await look(91)).toEqual(['opened'])
    await revokeToken({ ctx, input: { id: token.id } })
    expect(await look(92)).toEqual(['opened', 'resolved'])
  })
})

describe('a certificate that ends', () => {
  let pg: TestPostgres
  let smtp: SmtpReceiver
  let https: Server
  let httpsPort: number

  beforeAll(async () => {
    // They end in two days, well within the three weeks of the setting.
    const tls = await makeCertificate()
    ;[pg, smtp] = await Promise.all([startPostgres({ tls }), startSmtp({ tls })])
    https = createServer({ ...tls }, (_, response) => void response.end())
    httpsPort = await freePort()
    https.listen(httpsPort, '127.0.0.1')
    await once(https, 'listening')
  })
  afterAll(async () => {
    https.closeAllConnections()
    https.close()
    await Promise.all([pg.close(), smtp.close()])
  })

  const look = async (now = new Date()) => {
    await watchCertificates({ ctx, now, signal: soon })
    return told.of('certificate-expiring', now)
  }

  it('is read in the protocol of each server', async () => {
    const ends = Date.now() + 2 * day
    for (const target of [
      { host: '127.0.0.1', port: pg.port, greeting: 'postgres' },
      { host: '127.0.0.1', port: smtp.port, greeting: 'smtp' },
      { host: 'localhost', port: httpsPort, greeting: 'tls' },
    ] as const) {
      const validTo = await readCertificate(target, soon)
      expect(Math.abs((validTo?.getTime() ?? 0) - ends)).toBeLessThan(10 * 60_000)
    }
  })

  it('is none where a server offers no TLS, and trouble where nobody answers', async () => {
    const plain = await startPostgres()
    const mute = createPlainServer((socket) => socket.on('error', () => undefined)).listen(
      await freePort(),
      '127.0.0.1',
    )
    await once(mute, 'listening')
    const address = mute.address()
    const mutePort = typeof address === 'object' && address ? address.port : 0
    try {
      expect(await readCertificate({ host: '127.0.0.1', port: plain.port, greeting: 'postgres' }, soon)).toBeNull()
      for (const greeting of ['postgres', 'smtp', 'tls'] as const) {
        const impatient = AbortSignal.timeout(300)
        await expect(readCertificate({ host: '127.0.0.1', port: mutePort, greeting }, impatient)).rejects.toThrow()
      }
      const nobody = { host: '127.0.0.1', port: await freePort(), greeting: 'tls' } as const
      await expect(readCertificate(nobody, soon)).rejects.toThrow('ECONNREFUSED')
    } finally {
      await plain.close()
      mute.close()
    }
  })

  it('is reported once for each server: a source, an S3 endpoint and a mail server', async () => {
    const connection = { host: '127.0.0.1', port: pg.port, database: 'postgres', user: 'postgres' }
    await createSource({
      ctx,
      input: createSourceSchema.parse({ name: 'over tls', connection: { ...connection, ssl: 'require' } }),
    })
    await createSource({
      ctx,
      input: createSourceSchema.parse({ name: 'in clear', connection: { ...connection, ssl: 'disable' } }),
    })
    const destination = await createDestination({
      ctx,
      input: createDestinationSchema.parse({
        name: 'bucket',
        kind: 's3',
        config: {
          endpoint: `https://localhost:${httpsPort}`,
          bucket: 'backups',
          accessKeyId: 'a',
          secretAccessKey: 'b',
        },
      }),
    })
    const config = {
      host: '127.0.0.1',
      port: smtp.port,
      security: 'starttls',
      from: 'a@example.com',
      to: ['b@example.com'],
    }
    const mail = await createChannel({ ctx, input: createChannelSchema.parse({ name: 'mail', kind: 'email', config }) })
    await updateChannel({ ctx, input: { id: mail.id, patch: { routing: { events: ['deletion-planned'] } } } })

    for (let round = 0; round < 3; round += 1) expect(await look()).toEqual(['opened', 'opened', 'opened'])
    expect(
      told
        .texts('certificate-expiring')
        .map((text) => text.split(' expires')[0])
        .sort(),
    ).toEqual([
      'The certificate of the destination bucket',
      'The certificate of the mail server of the channel mail',
      'The certificate of the source over tls',
    ])
    await deleteDestination({ ctx, input: { id: destination.id } })
    expect(await look()).toEqual(['opened', 'opened', 'opened', 'resolved'])
  })

  it('stays as it is known while its server cannot be reached, and is over once there is a new one', async () => {
    await pg.stop()
    expect(await look()).toEqual(['opened', 'opened', 'opened', 'resolved'])
    await pg.start()
    const { watch } = await import('@/lib/services/operations/read-operations').then(({ readOperations }) =>
      readOperations(catalog.db),
    )
    // A renewed one: from the day before its warning time it looks the same.
    expect(await look(new Date(Date.now() - watch.certificateDays * day))).toEqual([
      'opened',
      'opened',
      'opened',
      'resolved',
      'resolved',
      'resolved',
    ])
  })
})

describe('an incident of a source', () => {
  it('ends when the source is deleted, since no run of it ever will', async () => {
    const data = { engine: 'postgres', connection: {}, options: {} }
    const [gone, kept] = [
      await catalog.db.source.create({ data: { ...data, name: 'gone' } }),
      await catalog.db.source.create({ data: { ...data, name: 'kept' } }),
    ]
    for (const { id } of [gone, kept]) {
      const incident = {
        event: 'backup-failed',
        severity: 'critical',
        title: 'Backup failed',
        body: 'It did.',
      } as const
      await catalog.db.$transaction((tx) => raiseIncident(tx, { ...incident, subjectId: id, sourceId: id }, new Date()))
    }
    expect(await told.of('backup-failed')).toEqual(['opened', 'opened'])
    await deleteSource({ ctx, input: { id: gone.id } })
    await endOrphans({ ctx, now: new Date(Date.now() + 60_000) })
    const open = await catalog.db.alert.findMany({ where: { event: 'backup-failed', resolvedAt: null } })
    expect(open.map((alert) => alert.sourceId)).toEqual([kept.id])
    expect(await told.of('backup-failed', new Date(Date.now() + 60_000))).toEqual(['opened', 'opened', 'resolved'])
  })
})

describe('a turn', () => {
  it('is had by one of many who ask at once, and again after its time', async () => {
    const ask = (everyMs: number) =>
      Promise.all(Array.from({ length: 8 }, () => claimTurn(catalog.db, 'test', everyMs)))
    expect((await ask(60_000)).filter(Boolean)).toHaveLength(1)
    expect((await ask(60_000)).filter(Boolean)).toHaveLength(0)
    expect((await ask(0)).filter(Boolean).length).toBeGreaterThan(0)
  })

  it('from the future, left by a clock that was ahead, is taken over', async () => {
    await claimTurn(catalog.db, 'ahead', 60_000)
    await catalog.db.$executeRaw`UPDATE setting SET updated_at = now() + interval '1 day' WHERE key = 'turn.ahead'`
    expect(await claimTurn(catalog.db, 'ahead', 60_000)).toBe(true)
    expect(await claimTurn(catalog.db, 'ahead', 60_000)).toBe(false)
  })
})
