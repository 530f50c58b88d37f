import { describe, expect, it } from 'vitest'
import { typedHostChanges, pastedWords } from '@/components/engines/postgres/pasted-values'
import { newChannelConfigSchemas } from '@/lib/contracts/alerting/channel-config'
import { postgresContract } from '@/lib/contracts/engines/postgres'
import { createSourceSchema } from '@/lib/contracts/source'
import { asPostgres } from '@/test/helpers/as-postgres'

const connection = { host: 'db.example.com', database: 'shop', user: 'backup' }

/** Every way in which a host gets into the catalog. */
const entrances: Record<string, (host: string) => { success: boolean; host: unknown; message: string | undefined }> = {
  'a new source': (host) => {
    const read = createSourceSchema.safeParse({ name: 'x', connection: { ...connection, host } })
    return {
      success: read.success,
      host: read.data && asPostgres(read.data).connection.host,
      message: read.error?.issues[0]?.message,
    }
  },
  'a changed source': (host) => {
    const read = postgresContract.enteredConnection.safeParse({ ...connection, host })
    return { success: read.success, host: read.data?.host, message: read.error?.issues[0]?.message }
  },
  'a replica': (host) => {
    const read = createSourceSchema.safeParse({ name: 'x', connection, options: { replica: { host, port: 5432 } } })
    return {
      success: read.success,
      host: read.data && asPostgres(read.data).options.replica?.host,
      message: read.error?.issues[0]?.message,
    }
  },
  'a mail server': (host) => {
    const read = newChannelConfigSchemas.email.safeParse({ host, from: 'a@example.com', to: ['b@example.com'] })
    return { success: read.success, host: read.data?.host, message: read.error?.issues[0]?.message }
  },
}

describe.each(Object.entries(entrances))('the host of %s', (_, enter) => {
  it.each([
    ['db', 'db'],
    ['db.example.com', 'db.example.com'],
    ['  db.example.com ', 'db.example.com'],
    ['db.example.com.', 'db.example.com'],
    ['db.example.com/', 'db.example.com'],
    ['my_db-1', 'my_db-1'],
    ['bücher.example', 'bücher.example'],
    ['10.0.0.5', '10.0.0.5'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['[db]', 'db'],
    ['[2001:db8::1]/', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['::ffff:10.0.0.5', '::ffff:10.0.0.5'],
    ['/var/run/postgresql', '/var/run/postgresql'],
    ['/var/run/postgresql/', '/var/run/postgresql'],
    ['/', '/'],
  ])('%j is understood as %j', (typed, kept) => {
    expect(enter(typed)).toMatchObject({ success: true, host: kept })
  })

  it.each([
    ['db:5432', /port has a field of its own/],
    ['10.0.0.5:5432', /port has a field of its own/],
    ['db:', /port has a field of its own/],
    ['[::1]:5432', /port has a field of its own/],
    ['postgres://db/shop', /without a scheme/],
    ['https://db.example.com', /without a scheme/],
    ['backup@db', /user has a field of its own/],
    ['@/tmp/x', /sockets without a file/],
    ['db1,db2', /one host, not several/],
    ['db1:5432,db2:5432', /one host, not several/],
    ['db.example.com/shop', /what stands behind a slash/],
    ['db example', /without blanks/],
    ['host=db user=x', /without blanks/],
    ['host=db', /no URL, no options/],
    ['db?ssl=true', /no URL, no options/],
    ['"db"', /no quotes/],
    ['/var/run/postgresql/.s.PGSQL.5432', /without its file/],
    ['[db', /IPv6 address as it is/],
    ['::1]', /IPv6 address as it is/],
    ['a..b', /between two dots stand 1 to 63/],
    ['.db', /between two dots stand 1 to 63/],
    [`${'a'.repeat(64)}.example.com`, /between two dots stand 1 to 63/],
  ])('%j is refused with what to enter instead', (typed, message) => {
    expect(enter(typed)).toMatchObject({ success: false, message: expect.stringMatching(message) })
  })
})

describe('a host that is typed into the form of a source', () => {
  it.each([
    ['db:5433', { host: 'db', port: 5433 }],
    ['[::1]:5433', { host: '::1', port: 5433 }],
    ['[::1]', { host: '::1' }],
    ['backup@db.example.com', { host: 'db.example.com', user: 'backup' }],
    ['backup@db.example.com:6432', { host: 'db.example.com', user: 'backup', port: 6432 }],
    ['https://db.example.com/', { host: 'db.example.com' }],
    ['http://db.example.com:5432', { host: 'db.example.com', port: 5432 }],
    ['db.example.com.', { host: 'db.example.com' }],
    ['postgres://backup@db:5433/shop', { host: 'db', port: 5433, user: 'backup', database: 'shop' }],
  ])('%j goes into the fields that it names', (typed, changes) => {
    expect(typedHostChanges(typed)).toEqual(changes)
  })

  it.each(['db', '10.0.0.5', '::1', '/var/run/postgresql', 'db1,db2', 'a b:1', '', 'db:port'])(
    '%j is left as it is typed',
    (typed) => {
      expect(typedHostChanges(typed)).toBeNull()
    },
  )

  it('of several hosts takes the first, and says so', () => {
    const text = 'postgres://backup@db1:5433,db2:5434/shop'
    const changes = typedHostChanges(text) ?? {}
    expect(changes).toMatchObject({ host: 'db1', port: 5433 })
    expect(pastedWords(changes, text)).toContain('It names several hosts: the first was taken.')
  })
})
