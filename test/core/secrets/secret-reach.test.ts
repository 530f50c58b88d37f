import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelKinds, channelSecrets } from '@/lib/contracts/alerting/channel-config'
import { operationsSchema, sectionReach } from '@/lib/contracts/operations'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { engineContracts } from '@/lib/contracts/engines/index'
import { passwordReach as postgres, postgresContract } from '@/lib/contracts/engines/postgres'
import { engines } from '@/lib/engines/index'
import { normalHost, normalUrl } from '@/lib/core/secrets/same-place'
import { requireSameReach, type SecretReach } from '@/lib/core/secrets/secret-reach'

const declared: [string, SecretReach | null | undefined][] = [
  ...Object.entries({ ...engineContracts, ...destinationContracts }).flatMap(([kind, { secrets }]) =>
    secrets.map(({ name, reach }): [string, SecretReach] => [`${kind} ${name}`, reach]),
  ),
  ...channelKinds.map((kind): [string, SecretReach | null] => [`channel ${kind}`, channelSecrets[kind]?.reach ?? null]),
  ...operationsSchema
    .keyof()
    .options.map((name): [string, SecretReach | null] => [`setting ${name}`, sectionReach[name]]),
]

/** Fields that read like a place, or like what protects the way to it. */
const placeLike = /host|port$|url|endpoint|issuer|region|server$|replica|proxy|address|ssl|tls|security|^ca$|cert/i

describe('where a stored secret goes', () => {
  it('is declared for every engine that is built in (security 11)', () => {
    expect(Object.keys(engineContracts).sort()).toEqual(Object.keys(engines).sort())
  })

  it.each(declared)('is declared for %s (security 11)', (_name, reach) => {
    expect(reach).toBeDefined()
  })

  it.each(declared.flatMap(([name, reach]) => (reach ? [[name, reach] as const] : [])))(
    'is told by every field of %s that reads like a place or a protection (security 11)',
    (_name, { fields }) => {
      const overlooked = Object.entries(fields).filter(([field, says]) => placeLike.test(field) && says === 'aside')
      expect(overlooked).toEqual([])
    },
  )

  it('is told by every option of a source that reads like a place (security 11)', () => {
    const options = Object.keys(postgresContract.options.shape).filter((field) => placeLike.test(field))
    expect(options).toEqual(Object.keys(postgres.fields).filter((field) => options.includes(field)))
    expect(options).toContain('replica')
  })
})

const place = { host: 'db.example.com', port: 5432, database: 'shop', user: 'backup' }

describe('the TLS of a source', () => {
  const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
  it.each(modes.flatMap((from, was) => modes.map((to, is) => [from, to, is < was] as const)))(
    'from %s to %s needs the password anew: %s (security 11)',
    (from, to, needed) => {
      const change = () => requireSameReach(postgres, { ...place, ssl: from }, { ...place, ssl: to })
      if (needed) expect(change).toThrow(expect.objectContaining({ code: 'secret-needed' }))
      else expect(change).not.toThrow()
    },
  )

  it('does not count on a socket, where there is none, and does again once a replica is reached', () => {
    const socket = { ...place, host: '/run/postgresql' }
    const replica = { host: 'standby.example.com', port: 5432 }
    expect(postgres.changes({ ...socket, ssl: 'verify-full' }, { ...socket, ssl: 'disable' })).toEqual([])
    const withReplica = (ssl: string) => ({ ...socket, replica, ssl })
    expect(postgres.changes(withReplica('verify-full'), withReplica('disable'))).toEqual([
      { called: 'the TLS mode', kind: 'weaker' },
    ])
  })

  it('may name an authority where nobody was asked before, but no other one afterwards', () => {
    const asked = { ...place, ssl: 'require', sslRootCert: 'ours' }
    expect(postgres.changes({ ...place, ssl: 'require' }, asked)).toEqual([])
    expect(postgres.changes(asked, { ...asked, sslRootCert: 'theirs' })).toMatchObject([{ kind: 'trust' }])
    expect(postgres.changes({ ...place, ssl: 'verify-full' }, { ...asked, ssl: 'verify-full' })).toMatchObject([
      { kind: 'trust' },
    ])
  })

  it('takes settings that cannot be read as another place', () => {
    expect(postgres.changes({ host: 7 }, place)).toMatchObject([{ kind: 'moved' }])
  })
})

describe('the same place', () => {
  it.each([
    ['DB.Example.com', 'db.example.com'],
    ['db.example.com.', 'db.example.com'],
    [' db.example.com ', 'db.example.com'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['/run/postgresql/', '/run/postgresql'],
  ])('has the host %s as %s', (typed, host) => {
    expect(normalHost(typed)).toBe(host)
  })

  it.each([
    ['db.example.com', 'db2.example.com'],
    ['db.example.com', 'db.example.com.evil.org'],
    ['/run/a', '/run/A'],
    ['127.0.0.1', 'localhost'],
    ['::1', '::2'],
  ])('is not shared by %s and %s', (one, other) => {
    expect(normalHost(one)).not.toBe(normalHost(other))
  })

  it.each([
    ['https://S3.example.com:443/', 'https://s3.example.com'],
    ['http://s3.example.com.:80', 'http://s3.example.com'],
    ['https://s3.example.com/a/', 'https://s3.example.com/a'],
  ])('has the address %s as %s', (one, other) => {
    expect(normalUrl(one)).toBe(normalUrl(other))
  })

  it('never joins two hosts that a server could tell apart, whatever case and dots (property)', () => {
    const host = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?(\.[a-zA-Z]{2,5}){0,2}\.?$/)
    const plain = (text: string) => text.toLowerCase().replace(/\.$/, '')
    fc.assert(fc.property(host, host, (a, b) => (normalHost(a) === normalHost(b)) === (plain(a) === plain(b))))
  })
})
