import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { redact } from '@/lib/process/redact'
import { StderrTail } from '@/lib/process/stderr-tail'
import { makeRandom } from '../helpers/random'

const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----'

describe('redact', () => {
  it.each([
    ['a secret anywhere', 'login hunter2! failed', ['hunter2!'], 'login *** failed'],
    ['its URL-encoded form', 'at p%40ss%2Fword', ['p@ss/word'], 'at ***'],
    ['its form in JSON', '{"text":"it was a\\"b"}', ['a"b'], '{"text":"it was ***"}'],
    ['the longer of two secrets first', 'abcdef', ['abc', 'abcdef'], '***'],
    ['a password in a URL', 'postgresql://joe:s3cret@db:5432/x', [], 'postgresql://joe:***@db:5432/x'],
    ['each of several URLs', 'a://b:c@d e://f:g@h', [], 'a://b:***@d e://f:***@h'],
    ['a password with an @', 'redis://:p@ss@db', [], 'redis://:***@db'],
    ['a password with a slash, which no URL may hold', 'mysql://joe:p/a/s@db/x', [], 'mysql://joe:***@db/x'],
    ['a password that looks like a setting', 'mysql://joe:secret=x@db/x', [], 'mysql://joe:***@db/x'],
    ['a conninfo password', "host=db password='a b\\'c' user=joe", [], 'host=db password=*** user=joe'],
    ['an environment password', 'PGPASSWORD=abc pg_dump', [], 'PGPASSWORD=*** pg_dump'],
    ['a password with backslashes', 'password=a\\b\\c user=joe', [], 'password=*** user=joe'],
    ['a secret in a query', '/x?token=abc&page=2', [], '/x?token=***&page=2'],
    ['a signature in a query', '/x?sv=1&sig=a%2Fb&se=2', [], '/x?sv=1&sig=***&se=2'],
    ['keys of a configuration', 'aws_secret_access_key = abc/def', [], 'aws_secret_access_key = ***'],
    ['JSON', '{"Password": "a\\"b", "user":"joe"}', [], '{"Password": "***", "user":"joe"}'],
    [
      'JSON in JSON',
      '{"a":"{\\"token\\":\\"x\\\\\\"y\\",\\"b\\":1}"}',
      [],
      '{"a":"{\\"token\\":\\"***\\",\\"b\\":1}"}',
    ],
    ['numbers in JSON', '{"secret":12345,"b":1}', [], '{"secret":***,"b":1}'],
    ['YAML', "clientSecret: 'a b'\nuser: joe", [], "clientSecret: '***'\nuser: joe"],
    ['a value that was cut off', 'password="abc def', [], 'password=***'],
    ['a header', 'Authorization: Basic am9lOng=\nHost: db', [], 'Authorization: ***\nHost: db'],
    ['a header in JSON', '{"authorization":"Bearer abc","b":1}', [], '{"authorization":"***","b":1}'],
    ['a cookie', 'cookie: a=b; c=d\nHost: db', [], 'cookie: ***\nHost: db'],
    ['a bearer without its header', 'refused Bearer eyJhbGciOi.J9_x', [], 'refused Bearer ***'],
    ['an access key', 'key AKIAIOSFODNN7EXAMPLE is unknown', [], 'key *** is unknown'],
    ['a token of Holdfast', 'with hf_0123456789abcdefghij end', [], 'with *** end'],
    ['a private key', `before ${pem} after`, [], 'before *** after'],
    ['a private key that was cut off', `before ${pem.slice(0, 40)}`, [], 'before ***'],
    ['the rest of a private key', `${pem.slice(40)}\nafter`, [], '***\nafter'],
    ['an age identity', 'key AGE-SECRET-KEY-1QQPZ8 end', [], 'key *** end'],
  ])('masks %s (security 10)', (_, text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected)
  })

  it.each([
    'user joe at 10:30:12 on host db',
    'http://db:5432/path@x and http://[::1]:80/ and http://[::1]/a@b',
    'password authentication failed for user "joe"',
    'The password: it was refused',
    'Basic authentication is required',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'ssh://joe@db:22/x',
  ])('leaves "%s" as it is', (text) => {
    expect(redact(text, [''])).toBe(text)
  })

  it('finds what came in several pieces on stderr, also behind the place where the tail was cut (security 10)', async () => {
    const said = `${'x'.repeat(150_000)}\n${'noise\n'.repeat(5)}at postgresql://joe:s3cret@db/x\nPGPASSWORD=hunter2 failed\n${pem}\nend`
    const pieces = Array.from({ length: Math.ceil(said.length / 977) }, (_, i) =>
      Buffer.from(said.slice(i * 977, (i + 1) * 977)),
    )
    const tail = new StderrTail(Readable.from(pieces), ['hunter2'])
    await tail.ended
    expect(tail.text()).toBe(`${'noise\n'.repeat(5)}at postgresql://joe:***@db/x\nPGPASSWORD=*** failed\n***\nend`)
  })

  it('takes work in proportion to the text, whatever the text is made of (security 10)', () => {
    // Pieces of what the patterns look for: together they make every way to begin a match and not to end it.
    const pieces = [
      ...['a', '.', ' ', '\n', '\\', '"', "'", ':', '=', '/', '@', '-', '1'],
      ...['://', 'password', 'password=', 'password="', "secret='", '"token":"', '\\"token\\":\\"', 'pass ', 'cookie:'],
      ...[
        '-----BEGIN PRIVATE KEY-----',
        '-----END PRIVATE KEY-----',
        '-----BEGIN A',
        'bearer ',
        'hf_',
        'AKIA',
        'AGE-SECRET-KEY-',
      ],
      ...['postgres://u:', 'a://[', 'Authorization: ', 'sig=', '\\\\\\"'],
    ]
    const random = makeRandom(8)
    const shapes = [
      ...pieces.flatMap((first) => pieces.map((second) => first + second)),
      ...Array.from({ length: 200 }, () =>
        Array.from({ length: 3 + random.below(3) }, () => random.pick(pieces)).join(''),
      ),
    ]
    const slow = shapes.filter((shape) => {
      const large = cpuOf(shape, 128)
      // Eight times the text: quadratic work would be 64 times as much. Below this it is a matter of noise.
      return large > 50_000 && large > 24 * cpuOf(shape, 16)
    })
    expect(slow).toEqual([])
  })
})

/** Microseconds for so many KiB of the piece, the quickest of three: what else the machine does is not our work. */
function cpuOf(shape: string, kib: number): number {
  const text = shape.repeat(Math.ceil((kib * 1024) / shape.length))
  let least = Infinity
  for (let attempt = 0; attempt < 3 && least > 50_000 / 24; attempt += 1) {
    const before = process.cpuUsage()
    redact(text, ['known'])
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}
