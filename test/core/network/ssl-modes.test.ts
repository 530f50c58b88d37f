import { describe, expect, it } from 'vitest'
import { createSourceSchema } from '@/lib/contracts/source'
import { sslModes } from '@/lib/core/network/ssl-modes'
import { sslConsequences, unverifiedWords } from '@/lib/core/network/ssl-modes'
import { asPostgres } from '@/test/helpers/as-postgres'

const sslOf = (connection: Record<string, unknown>) =>
  asPostgres(
    createSourceSchema.parse({ name: 'shop', connection: { database: 'shop', user: 'backup', ...connection } }),
  ).connection.ssl

describe('a new source for which nobody chose a TLS mode', () => {
  it.each([
    ['db.example.com', 'verify-full'],
    ['10.0.0.5', 'verify-full'],
    ['192.168.1.5', 'verify-full'],
    ['db', 'verify-full'],
    ['2001:db8::5', 'verify-full'],
    ['0.0.0.0', 'verify-full'],
    ['127.0.0.1.example.com', 'verify-full'],
    ['localhost', 'prefer'],
    [' localhost ', 'prefer'],
    ['127.0.0.1', 'prefer'],
    ['127.8.0.1', 'prefer'],
    ['::1', 'prefer'],
    ['/var/run/postgresql', 'prefer'],
  ])('at %j gets %s (security 15)', (host, mode) => expect(sslOf({ host })).toBe(mode))

  it.each(sslModes)('keeps %s where it is named', (ssl) => {
    expect(sslOf({ host: 'db.example.com', ssl })).toBe(ssl)
    expect(sslOf({ host: '127.0.0.1', ssl })).toBe(ssl)
  })
})

it('a weaker mode is told as a fact, unless the server is on this machine (security 15)', () => {
  const told = (host: string) => sslModes.filter((mode) => unverifiedWords(host, mode) !== null)
  expect(told('db.example.com')).toEqual(['disable', 'prefer', 'require'])
  expect(told('127.0.0.1')).toEqual([])
  expect(told('/run/postgresql')).toEqual([])
  for (const mode of sslModes) expect(sslConsequences[mode]).toMatch(/^(Encrypted|Not encrypted).*\.$/)
})
