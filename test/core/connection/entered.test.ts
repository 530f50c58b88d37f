import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newChannelConfigSchemas } from '@/lib/contracts/alerting/channel-config'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { apiRoutes } from '@/lib/contracts/openapi'
import { updateOperationsSchema } from '@/lib/contracts/operations'
import { postgresContract } from '@/lib/contracts/engines/postgres'
import { createSourceSchema } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { parseInput } from '@/lib/services/parse-input'
import { asPostgres } from '@/test/helpers/as-postgres'

const pasted = 'postgres://backup:s3cret-canary@db.example.com/shop'
const withUser = 'https://key:s3cret-canary@host.example.com/'

const connection = { host: 'db.example.com', database: 'shop', user: 'backup' }
const source = { name: 'Shop', connection }
const s3 = { name: 'Bucket', kind: 's3', config: { bucket: 'backups' } }
const email = { host: 'mail.example.com', from: 'a@example.com', to: ['b@example.com'] }
const token = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'

/** Every field in which a place is entered, filled with a connection or an address that holds a password. */
const places: [where: string, schema: z.ZodType, value: unknown, path: string][] = [
  [
    'a source’s host',
    createSourceSchema,
    { ...source, connection: { ...connection, host: pasted } },
    'connection.host',
  ],
  [
    'a changed source’s host',
    z.object({ connection: postgresContract.enteredConnection }),
    { connection: { ...connection, host: pasted } },
    'connection.host',
  ],
  [
    'a source’s database',
    createSourceSchema,
    { ...source, connection: { ...connection, database: pasted } },
    'connection.database',
  ],
  [
    'a source’s user',
    createSourceSchema,
    { ...source, connection: { ...connection, user: pasted } },
    'connection.user',
  ],
  ['a source’s name', createSourceSchema, { ...source, name: pasted }, 'name'],
  [
    'a replica',
    createSourceSchema,
    { ...source, options: { replica: { host: pasted, port: 5432 } } },
    'options.replica.host',
  ],
  [
    'an S3 endpoint',
    createDestinationSchema,
    { ...s3, config: { bucket: 'backups', endpoint: withUser } },
    'config.endpoint',
  ],
  ['a mail server', newChannelConfigSchemas.email, { ...email, host: 'user:s3cret-canary@mail.example.com' }, 'host'],
  ['a syslog server', newChannelConfigSchemas.syslog, { host: pasted }, 'host'],
  ['a webhook', newChannelConfigSchemas.webhook, { url: withUser }, 'url'],
  ['a Bot API server', newChannelConfigSchemas.telegram, { chatId: '-100', token, baseUrl: withUser }, 'baseUrl'],
  [
    'an Events API server',
    newChannelConfigSchemas.pagerduty,
    { routingKey: 'a'.repeat(32), baseUrl: withUser },
    'baseUrl',
  ],
  ['an issuer', updateOperationsSchema, { oidc: { issuer: withUser } }, 'oidc.issuer'],
  ['an endpoint of CloudWatch', updateOperationsSchema, { cloudWatch: { endpoint: withUser } }, 'cloudWatch.endpoint'],
]

function refusalOf(schema: z.ZodType, value: unknown): HoldfastError | null {
  try {
    parseInput(schema, value)
    return null
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

describe('what is entered as a place', () => {
  it.each(places)(
    'is refused for %s when it holds a password, which nothing says again (security 10)',
    (_, schema, value, path) => {
      const refused = refusalOf(schema, value)
      expect(refused?.facts['errors']).toMatchObject([{ path }])
      expect(JSON.stringify([refused?.message, refused?.remedy, refused?.facts])).not.toContain('s3cret-canary')
    },
  )

  it.each([
    ['[::1]', '::1'],
    ['  db.example.com ', 'db.example.com'],
    ['/var/run/postgresql', '/var/run/postgresql'],
  ])('may be the host %s, kept as %s', (host, kept) => {
    const { connection: read } = asPostgres(
      createSourceSchema.parse({ ...source, connection: { ...connection, host } }),
    )
    expect(read.host).toBe(kept)
  })

  it('may leave out the servers that channels have by themselves', () => {
    expect(newChannelConfigSchemas.telegram.parse({ chatId: '-100', token }).baseUrl).toBe('https://api.telegram.org')
  })
})

/** Values that have the canary wherever the schema takes something that a person could paste into. */
function filled(schema: unknown, depth = 0): unknown[] {
  const node = z.record(z.string(), z.unknown()).catch({}).parse(schema)
  const options = [node['anyOf'], node['oneOf']].flatMap((each) => (Array.isArray(each) ? each : []))
  if (options.length > 0) return options.flatMap((option) => filled(option, depth))
  if (node['const'] !== undefined) return [node['const']]
  if (node['type'] === 'array') return filled(node['items'], depth + 1).map((item) => [item])
  if (node['type'] !== 'object' || depth > 6) return ['s3cret-canary', pasted]
  const properties = Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(node['properties']))
  const each = properties.map(([name, property]) => filled(property, depth + 1).map((value) => [name, value] as const))
  const most = Math.max(1, ...each.map((values) => values.length))
  return Array.from({ length: most }, (_, at) =>
    Object.fromEntries(each.flatMap((values) => (values.length > 0 ? [values[at % values.length] ?? ['', '']] : []))),
  )
}

const bodies = apiRoutes.flatMap(({ method, path, body }) => (body ? [[`${method} ${path}`, body] as const] : []))

describe('the answer to a body that is refused', () => {
  it('is asked of many operations', () => {
    expect(bodies.length).toBeGreaterThan(20)
  })

  it.each(bodies)('of %s says nothing again of what was entered (security 10)', (_, body) => {
    for (const value of filled(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }))) {
      const refused = refusalOf(body, value)
      expect(JSON.stringify([refused?.message, refused?.remedy, refused?.facts])).not.toContain('s3cret-canary')
    }
  })
})
