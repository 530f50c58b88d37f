import { describe, expect, it } from 'vitest'
import { postgresContract } from '@/lib/contracts/engines/postgres'
import { keptSecretHint, storedSecretHint } from '@/lib/client/stored-secret-hint'

const stored = { host: 'db.example.com', port: 5432, database: 'shop', user: 'backup', ssl: 'require' }

describe('the hint beside a stored password', () => {
  it.each([
    ['as it is stored', {}, keptSecretHint],
    ['the host in other letters', { host: 'DB.example.com.' }, keptSecretHint],
    ['another user', { user: 'other' }, keptSecretHint],
    ['another host', { host: 'db2.example.com' }, 'Enter it again: the host or port changed'],
    [
      'another port and less TLS',
      { port: 5433, ssl: 'disable' },
      'Enter it again: the host or port, the TLS mode changed',
    ],
    ['a replica', { replica: { host: 'b', port: 1 } }, 'Enter it again: the host or port changed'],
  ])('says for %s what the server will say (security 11)', (_, typed, hint) => {
    expect(storedSecretHint(postgresContract.secrets[0]?.reach, stored, typed)).toBe(hint)
  })
})
