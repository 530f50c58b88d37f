import { describe, expect, it } from 'vitest'
import { pastedChanges, pastedWords } from '@/components/engines/postgres/pasted-values'

describe('a connection pasted into the form of a source', () => {
  it('goes into the fields that it names, the password into its own alone (security 10)', () => {
    const changes = pastedChanges('postgres://backup:s3cret@db.example.com/shop?sslmode=verify-full')
    expect(changes).toEqual({
      host: 'db.example.com',
      port: 5432,
      database: 'shop',
      user: 'backup',
      password: 's3cret',
      ssl: 'verify-full',
    })
    expect(pastedWords(changes ?? {})).toBe('Read from what was pasted: host, port, database, user, password, TLS.')
  })

  it('leaves the fields alone that it does not name, and says when it has no password', () => {
    const changes = pastedChanges('psql -U backup shop')
    expect(changes).toEqual({ user: 'backup', database: 'shop' })
    expect(pastedWords(changes ?? {})).toBe('Read from what was pasted: database, user. It holds no password.')
  })

  it('is none when it is a plain host', () => {
    expect(pastedChanges('db.example.com')).toBeNull()
  })
})
