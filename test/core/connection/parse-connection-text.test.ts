import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConnectionText } from '@/lib/core/connection/parse-connection-text'

const whole = { host: 'db.example.com', port: 6543, database: 'shop', user: 'backup', password: 's3cret' }

describe('a pasted connection', () => {
  it.each([
    ['a URL', 'postgres://backup:s3cret@db.example.com:6543/shop'],
    ['a URL of the long scheme, with blanks around it', '  postgresql://backup:s3cret@db.example.com:6543/shop\n'],
    ['a JDBC URL', 'jdbc:postgresql://db.example.com:6543/shop?user=backup&password=s3cret'],
    [
      'a URL with parameters that libpq does not know',
      'postgres://backup:s3cret@db.example.com:6543/shop?pgbouncer=true',
    ],
    [
      'a URL with the host among its parameters',
      'postgres:///shop?host=db.example.com&port=6543&user=backup&password=s3cret',
    ],
    ['a psql command line', 'PGPASSWORD=s3cret psql -h db.example.com -p 6543 -U backup -d shop'],
    [
      'long options',
      "export PGPASSWORD='s3cret'; psql --host=db.example.com --port 6543 --username=backup --dbname shop",
    ],
    [
      'options without blanks, and others among them',
      'PGPASSWORD="s3cret" /usr/bin/psql -qAt -hdb.example.com -p6543 -Ubackup -c "SELECT 1" shop',
    ],
    ['names in their places', 'PGPASSWORD=s3cret psql -h db.example.com -p 6543 shop backup'],
    ['a connection string of psql', 'psql "host=db.example.com port=6543 user=backup dbname=shop password=s3cret"'],
    ['a URL of psql', "psql 'postgres://backup:s3cret@db.example.com:6543/shop' -c 'SELECT 1'"],
    ['a URL of pg_dump', 'pg_dump -Fc -d postgres://backup:s3cret@db.example.com:6543/shop -f shop.dump'],
    ['a connection string alone', "host = db.example.com port=6543 user='backup' dbname=shop password='s3cret'"],
    ['a line of .env', 'DATABASE_URL="postgres://backup:s3cret@db.example.com:6543/shop"'],
    ['a line of .env for shells', "export DATABASE_URL='postgresql://backup:s3cret@db.example.com:6543/shop'"],
    [
      'several lines of .env',
      'PGHOST=db.example.com\nPGPORT=6543\nPGUSER=backup\nPGDATABASE=shop\nPGPASSWORD=s3cret\nNODE_ENV=production',
    ],
    ['a line of YAML', 'DATABASE_URL: "postgres://backup:s3cret@db.example.com:6543/shop"'],
    ['a command over two lines', 'PGPASSWORD=s3cret psql -h db.example.com \\\n  -p 6543 -U backup shop'],
  ])('is read from %s (security 10)', (_, text) => {
    expect(parseConnectionText(text)).toEqual(whole)
  })

  it.each([
    ['postgres://db', { host: 'db' }],
    ['postgres://u@[2001:db8::1]:5433/d', { host: '2001:db8::1', port: 5433, user: 'u', database: 'd' }],
    ['postgres://u@%2Frun%2Fpostgresql/d', { host: '/run/postgresql', user: 'u', database: 'd' }],
    [
      'postgres://u@a:1,b:2/d?sslmode=verify-full',
      { host: 'a', port: 1, otherHosts: true, user: 'u', database: 'd', ssl: 'verify-full' },
    ],
    ['postgres://h/d?ssl=true', { host: 'h', database: 'd', ssl: 'require' }],
    ['postgres://h/d?sslmode=allow', { host: 'h', database: 'd', ssl: 'prefer' }],
    ['postgres://u:a%40b%2Fc%3A@h/d', { user: 'u', password: 'a@b/c:', host: 'h', database: 'd' }],
    ["host=h password='it''s'", null],
    ["host=h password='it\\'s \\\\ fine'", { host: 'h', password: "it's \\ fine" }],
    ['hostaddr=10.0.0.1 user=u', { host: '10.0.0.1', user: 'u' }],
    ['psql -h h -U u -W', { host: 'h', user: 'u' }],
    ['PGPASSWORD=$DB_PASSWORD psql -h h', { host: 'h' }],
  ])('reads %s', (text, found) => {
    expect(parseConnectionText(text)).toEqual(found)
  })

  it.each([
    'postgres://backup:p@ss@db.example.com/shop',
    'postgres://backup:p/ss@db.example.com/shop',
    'postgres://backup:p:ss@db.example.com/shop',
    'postgres://backup:p%ss@db.example.com/shop',
  ])('never leaves a part of a badly encoded password in the host: %s (security 10)', (text) => {
    expect(parseConnectionText(text)).toMatchObject({ host: 'db.example.com', user: 'backup', database: 'shop' })
    expect(parseConnectionText(text)?.password).toMatch(/^p.*ss$/)
  })

  it.each([
    '',
    'db.example.com',
    '10.0.0.1',
    '/var/run/postgresql',
    '::1',
    'my shop database',
    'a=b',
    'https://example.com',
  ])('is not seen in %j', (text) => {
    expect(parseConnectionText(text)).toBeNull()
  })

  it('is read from any encoded URL as it was written, and never throws on anything (property)', () => {
    const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((each) => !each.includes('\0'))
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const [u, p, d] = [user, password, database].map((each) => encodeURIComponent(each.toWellFormed()))
        const found = parseConnectionText(`postgres://${u}:${p}@db.example.com:${port}/${d}`)
        const [wasUser, wasPassword, wasDatabase] = [user, password, database].map((each) => each.toWellFormed())
        expect(found).toEqual({
          host: 'db.example.com',
          port,
          user: wasUser,
          password: wasPassword,
          database: wasDatabase,
        })
      }),
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (anything) => {
        parseConnectionText(anything)
        parseConnectionText(`postgres://${anything}`)
        parseConnectionText(`psql ${anything}`)
      }),
    )
  })
})
