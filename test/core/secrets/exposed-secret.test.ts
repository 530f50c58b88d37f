import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareHost, whyNoHost } from '@/lib/core/network/why-no-host'
import { exposedPaths, exposesSecret, maskExposed, maskExposedText } from '@/lib/core/secrets/exposed-secret'

describe('a password that was pasted with a connection', () => {
  it.each([
    ['postgres://u:s3cret@h/d', 'postgres://u:(redacted)@h/d'],
    ['postgres://:s3cret@h', 'postgres://:(redacted)@h'],
    [
      'cannot reach "https://key:s3c/r@t@s3.example.com": refused',
      'cannot reach "https://key:(redacted)@s3.example.com": refused',
    ],
    [
      'postgres://h/d?user=u&password=s3cret&sslmode=require',
      'postgres://h/d?user=u&password=(redacted)&sslmode=require',
    ],
    ['PGPASSWORD=s3cret psql -h h', 'PGPASSWORD=(redacted) psql -h h'],
    ["host=h password = 's3 cret' dbname=d", 'host=h password = (redacted) dbname=d'],
  ])('is taken out of %s (security 10)', (text, masked) => {
    expect(maskExposedText(text)).toBe(masked)
    expect(maskExposedText(masked)).toBe(masked)
  })

  it.each([
    'db.example.com',
    'https://example.com/a:b',
    'https://user@example.com',
    'https://hooks.example.com:8443/x?to=a@example.com',
    'mail me@example.com at 10:30',
    "SELECT count(*) FROM users WHERE password = 'x'",
    'postgres://u:***@h',
    'the password was changed',
  ])('is not seen in %s', (text) => {
    expect(exposesSecret(text)).toBe(false)
  })

  it('is found wherever it stands in a value, and the rest stays as it is (security 10)', () => {
    const value = { host: 'postgres://u:p@h', port: 5432, list: ['a', { to: 'host=h password=p' }], none: null }
    expect(exposedPaths(value)).toEqual(['host', 'list.1.to'])
    expect(maskExposed(value)).toEqual({
      host: 'postgres://u:(redacted)@h',
      port: 5432,
      list: ['a', { to: 'host=h password=(redacted)' }],
      none: null,
    })
  })

  it('is taken out of any URL, and a masked text says so once for all (property; security 10)', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9._~-]{1,20}$/)
    const password = fc
      .stringMatching(/^[!-~]{1,40}$/)
      .filter((text) => !/^\d{1,5}[/?#]/.test(text) && !['***', '(redacted)', '(secret)'].includes(text))
    fc.assert(
      fc.property(part, password, part, (user, secret, host) => {
        const masked = maskExposedText(`could not open postgres://${user}:${secret}@${host}/d`)
        expect(masked).toContain(`://${user}:(redacted)@${host}/d`)
        expect(maskExposedText(masked)).toBe(masked)
      }),
    )
  })

  it('costs little, however long and odd the text is', () => {
    for (const unit of ['://a:', 'password=', "password='\\", '://:@', 'host=', '@', 'PGPASSWORD  ']) {
      const text = unit.repeat(Math.ceil(200_000 / unit.length))
      const started = performance.now()
      maskExposedText(text)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
  })
})

describe('a host', () => {
  it.each([
    'db',
    'db.example.com',
    'db.example.com.',
    '10.0.0.1',
    '::1',
    '2001:db8::1',
    'fe80::1%eth0',
    '/var/run/postgresql',
    'müller.example',
    'a_b',
  ])('may be %s', (host) => {
    expect(whyNoHost(host)).toBeNull()
  })

  it.each([
    'postgres://u:p@h/d',
    'u:p@h',
    'u@h',
    'h:5432',
    'h/d',
    'host=h',
    'psql -h h',
    'two words',
    'h\tx',
    'h?x',
    'a\u0000b',
    '/run/u:p@h',
  ])('is not %j (security 10)', (text) => {
    expect(whyNoHost(text)).not.toBeNull()
  })

  it('stands without the brackets that URLs need', () => {
    expect(['[::1]', '[2001:db8::1]', '::1', '[x]y', 'h'].map(bareHost)).toEqual([
      '::1',
      '2001:db8::1',
      '::1',
      '[x]y',
      'h',
    ])
  })
})
