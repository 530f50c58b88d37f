import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema, updateChannelSchema } from '@/lib/contracts/alerting/alert'
import { createDestinationSchema, updateDestinationSchema } from '@/lib/contracts/destination'
import { updateOperationsSchema } from '@/lib/contracts/operations'
import { createSourceSchema, updateSourceSchema } from '@/lib/contracts/source'
import { createChannel } from '@/lib/services/channel/create-channel'
import { testChannel } from '@/lib/services/channel/test-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { testDestination } from '@/lib/services/destination/test-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { testOidc } from '@/lib/services/oidc/test-oidc'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { createSource } from '@/lib/services/source/create-source'
import { testSource } from '@/lib/services/source/test-source'
import { updateSource } from '@/lib/services/source/update-source'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testContext } from '../../helpers/catalog/service-context'
import { pagerdutyKey, telegramToken } from '../../helpers/servers/service-receivers'
import { startTcpReceiver, type TcpReceiver } from '../../helpers/servers/tcp-receiver'

let catalog: FreshCatalog
let ctx: ServiceContext
let home: TcpReceiver
let stranger: TcpReceiver
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  home = await startTcpReceiver()
  stranger = await startTcpReceiver()
})
afterEach(() => {
  stranger.received.length = 0
})
afterAll(async () => {
  await home.close()
  await stranger.close()
  await catalog.drop()
})

type Patch = Record<string, unknown>

/** A kind of thing that has a stored secret. Patches are of the part that the secret stands in. */
interface Kind {
  kind: string
  secretField: string
  secret: string
  store(): Promise<string>
  /** Every way to use the secret with changed settings: storing them, and trying them without storing. */
  uses: Record<string, (id: string, patch: Patch) => Promise<unknown>>
  /** Uses what is stored now. */
  use(id: string): Promise<unknown>
  /** To the stranger, and with less protection. The first leads to the stranger. */
  otherwise: Record<string, () => Patch>
  /** Written in another way, and the same place. */
  same: Record<string, () => Patch>
  /** The settings as they are stored. */
  stored(id: string): Promise<unknown>
}

let named = 0
const name = () => `kept ${(named += 1)}`
const url = (receiver: TcpReceiver, path = '') => `http://127.0.0.1:${receiver.port}${path}`
const caOf = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`

function source(): Kind {
  const stored = async (id: string) => {
    const { connection, options, secretsSealed } = await catalog.db.source.findUniqueOrThrow({ where: { id } })
    return { connection, options, secretsSealed }
  }
  const patched = ({ replica, ...connection }: Patch) =>
    updateSourceSchema.parse({ connection, ...(replica === undefined ? {} : { options: { replica } }) })
  return {
    kind: 'a source with a replica',
    secretField: 'connection.password',
    secret: 'kept-source-password',
    async store() {
      const connection = {
        host: '127.0.0.1',
        port: home.port,
        database: 'shop',
        user: 'backup',
        password: 'kept-source-password',
        ssl: 'verify-full',
        sslRootCert: caOf('ours'),
      }
      const options = { replica: { host: 'Standby.example.com', port: 5432 } }
      return (await createSource({ ctx, input: createSourceSchema.parse({ name: name(), connection, options }) })).id
    },
    uses: {
      update: (id, patch) => updateSource({ ctx, input: { id, patch: patched(patch) } }),
      'connection test of unsaved settings': (id, patch) => testSource({ ctx, input: { id, patch: patched(patch) } }),
    },
    use: (id) => testSource({ ctx, input: { id } }),
    otherwise: {
      'another port': () => ({ port: stranger.port }),
      'another host': () => ({ host: 'localhost' }),
      'a socket folder': () => ({ host: '/tmp' }),
      'another replica': () => ({ replica: { host: '127.0.0.1', port: stranger.port } }),
      'a host that was not checked for': () => ({ ssl: 'verify-ca' }),
      'no check of the certificate': () => ({ ssl: 'require', sslRootCert: '' }),
      'TLS where it is offered': () => ({ ssl: 'prefer' }),
      'no TLS': () => ({ ssl: 'disable' }),
      'another authority': () => ({ sslRootCert: caOf('theirs') }),
    },
    same: {
      'a replica in other letters, with a dot': () => ({ replica: { host: 'standby.EXAMPLE.com.', port: 5432 } }),
      'another database': () => ({ database: 'postgres' }),
      'no replica': () => ({ replica: null }),
    },
    stored,
  }
}

function destination(): Kind {
  const patched = (config: Patch) => updateDestinationSchema.parse({ config })
  return {
    kind: 'an S3 destination',
    secretField: 'config.secretAccessKey',
    secret: 'kept-secret-access-key',
    async store() {
      const config = {
        endpoint: url(home),
        bucket: 'backups',
        forcePathStyle: true,
        accessKeyId: 'key',
        secretAccessKey: 'kept-secret-access-key',
      }
      const input = createDestinationSchema.parse({ name: name(), kind: 's3', config })
      return (await createDestination({ ctx, input })).id
    },
    uses: {
      update: (id, patch) => updateDestination({ ctx, input: { id, patch: patched(patch) } }),
      'probe of unsaved settings': (id, patch) => testDestination({ ctx, input: { id, patch: patched(patch) } }),
    },
    use: (id) => testDestination({ ctx, input: { id } }),
    otherwise: {
      'another endpoint': () => ({ endpoint: url(stranger) }),
      'AWS itself': () => ({ endpoint: null }),
      'a path of the endpoint': () => ({ endpoint: url(home, '/other') }),
      'another scheme': () => ({ endpoint: `https://127.0.0.1:${home.port}` }),
    },
    same: {
      'a slash at the end': () => ({ endpoint: url(home, '/') }),
      'another region of the same endpoint': () => ({ region: 'eu-west-1' }),
      'another prefix': () => ({ prefix: 'other' }),
    },
    async stored(id) {
      const { config, secretsSealed } = await catalog.db.destination.findUniqueOrThrow({ where: { id } })
      return { config, secretsSealed }
    },
  }
}

function channel(
  kind: 'email' | 'telegram' | 'pagerduty' | 'webhook',
  secret: { field: string; value: string },
  config: () => Patch,
  otherwise: Kind['otherwise'],
  same: Kind['same'],
): Kind {
  return {
    kind: `a channel of kind ${kind}`,
    secretField: `config.${secret.field}`,
    secret: secret.value,
    async store() {
      const given = { ...config(), [secret.field]: secret.value }
      return (await createChannel({ ctx, input: createChannelSchema.parse({ name: name(), kind, config: given }) })).id
    },
    uses: {
      update: (id, config) => updateChannel({ ctx, input: { id, patch: updateChannelSchema.parse({ config }) } }),
    },
    use: (id) => testChannel({ ctx, input: { id } }),
    otherwise,
    same,
    async stored(id) {
      const { config: settings, secretSealed } = await catalog.db.channel.findUniqueOrThrow({ where: { id } })
      return { settings, secretSealed }
    },
  }
}

const email = () =>
  channel(
    'email',
    { field: 'password', value: 'kept-mail-password' },
    () => ({ host: 'Localhost', port: home.port, user: 'us', from: 'us@example.com', to: ['ops@example.com'] }),
    {
      'another port': () => ({ port: stranger.port, security: 'none' }),
      'another host': () => ({ host: '127.0.0.1' }),
      'no TLS': () => ({ security: 'none' }),
    },
    {
      'the host in other letters': () => ({ host: 'LOCALHOST.' }),
      'TLS from the first byte': () => ({ security: 'tls' }),
      'another recipient': () => ({ to: ['other@example.com'] }),
    },
  )
const telegram = () =>
  channel(
    'telegram',
    { field: 'token', value: telegramToken },
    () => ({ chatId: '-100', baseUrl: url(home) }),
    {
      'another server': () => ({ baseUrl: url(stranger) }),
      'another path': () => ({ baseUrl: url(home, '/bots') }),
      "Telegram's own": () => ({ baseUrl: null }),
    },
    { 'a slash at the end': () => ({ baseUrl: url(home, '/') }), 'another chat': () => ({ chatId: '-200' }) },
  )
const pagerduty = () =>
  channel(
    'pagerduty',
    { field: 'routingKey', value: pagerdutyKey },
    () => ({ baseUrl: url(home) }),
    { 'another server': () => ({ baseUrl: url(stranger) }) },
    { 'a slash at the end': () => ({ baseUrl: url(home, '/') }) },
  )
const webhook = () =>
  channel(
    'webhook',
    { field: 'secret', value: 'kept-signing-secret' },
    () => ({ url: url(home, '/hook') }),
    { 'another server': () => ({ url: url(stranger, '/hook') }), 'another path': () => ({ url: url(home, '/other') }) },
    { 'a slash at the end': () => ({ url: url(home, '/hook/') }), 'another body': () => ({ format: 'slack' }) },
  )

function oidc(): Kind {
  const update = (patch: Patch) => updateOperations({ ctx, input: updateOperationsSchema.parse({ oidc: patch }) })
  return {
    kind: 'single sign-on',
    secretField: 'oidc.clientSecret',
    secret: 'kept-client-secret',
    async store() {
      await update({ issuer: url(home), clientId: 'holdfast', clientSecret: 'kept-client-secret' })
      return 'oidc'
    },
    uses: { update: (_id, patch) => update(patch) },
    use: () => testOidc({ ctx, input: { origin: 'http://127.0.0.1' } }),
    otherwise: {
      'another issuer': () => ({ issuer: url(stranger) }),
      'a realm of the issuer': () => ({ issuer: url(home, '/realms/other') }),
    },
    same: { 'a slash at the end': () => ({ issuer: url(home, '/') }), 'another label': () => ({ label: 'work' }) },
    async stored() {
      return catalog.db.setting.findMany({
        where: { key: { contains: 'oidc' } },
        orderBy: { key: 'asc' },
        select: { key: true, value: true },
      })
    },
  }
}

const kinds = [source, destination, email, telegram, pagerduty, webhook, oidc]

/** A request's body with the secret given anew. */
const withSecret = ({ secretField, secret }: Kind, patch: Patch): Patch => ({
  ...patch,
  [secretField.split('.')[1] ?? '']: secret,
})

for (const make of kinds) {
  const kind = make()
  describe(`the stored secret of ${kind.kind}`, () => {
    for (const [use, run] of Object.entries(kind.uses)) {
      it.each(Object.keys(kind.otherwise))(
        `is not used with %s: the ${use} asks for it again and nothing is sent (security 11)`,
        async (change) => {
          const id = await kind.store()
          const before = await kind.stored(id)
          const patch = kind.otherwise[change]?.() ?? {}
          const path = kind.secretField
          await expect(run(id, patch)).rejects.toMatchObject({
            code: 'secret-needed',
            facts: { errors: [{ path, message: expect.stringMatching(/^Enter the .* again: .* changed/) }] },
          })
          expect(await kind.stored(id)).toEqual(before)
          await kind.use(id)
          expect(stranger.received).toEqual([])
        },
      )
    }

    it('goes there once it is given again with the change', async () => {
      const id = await kind.store()
      const [first = {}] = Object.values(kind.otherwise).map((patch) => patch())
      await kind.uses['update']?.(id, withSecret(kind, first))
      await kind.use(id)
      expect(stranger.received.length).toBeGreaterThan(0)
    })

    it.each(Object.keys(kind.same))('stays with %s', async (change) => {
      const id = await kind.store()
      for (const run of Object.values(kind.uses)) await run(id, kind.same[change]?.() ?? {})
      expect(JSON.stringify(await kind.stored(id))).toMatch(/sealed/i)
    })
  })
}

describe('a thing without a stored secret', () => {
  it('moves freely, and so does one whose secret goes away with the move', async () => {
    const connection = { host: 'a.example.com', database: 'shop', user: 'backup' }
    const { id } = await createSource({ ctx, input: createSourceSchema.parse({ name: name(), connection }) })
    await updateSource({ ctx, input: { id, patch: { connection: { host: 'b.example.com' } } } })
    await updateSource({ ctx, input: { id, patch: { connection: { password: 'known' } } } })
    const moved = await updateSource({
      ctx,
      input: { id, patch: { connection: { host: 'c.example.com', password: '' } } },
    })
    expect(moved.connection).toMatchObject({ host: 'c.example.com', hasPassword: false })
  })

  it('cannot be emptied and filled again to lead a kept secret elsewhere (security 11)', async () => {
    const kind = oidc()
    const id = await kind.store()
    await kind.uses['update']?.(id, { issuer: null })
    await expect(kind.uses['update']?.(id, { issuer: url(stranger) })).rejects.toMatchObject({ code: 'secret-needed' })
    expect(stranger.received).toEqual([])
  })
})
