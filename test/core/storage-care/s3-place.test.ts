import { describe, expect, it } from 'vitest'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { enteredS3ConfigSchema, s3ConfigSchema } from '@/lib/contracts/destinations/s3'
import { logKey } from '@/lib/core/repository/log-paths'
import { backupFolder, partFile } from '@/lib/core/repository/paths'
import { mostNameBytes } from '@/lib/core/repository/safe-name'
import { mostPrefixBytes } from '@/lib/core/storage/why-no-prefix'

const base = { bucket: 'backups', endpoint: 'https://s3.example.com' }
const read = (config: Record<string, unknown>) =>
  createDestinationSchema.parse({ name: 'x', kind: 's3', config: { ...base, ...config } }).config
const refusals = (config: Record<string, unknown>) => {
  const result = enteredS3ConfigSchema.safeParse({ ...base, ...config })
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('what people enter as the place of a bucket', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ endpoint: 's3.example.com' }, { endpoint: 'https://s3.example.com' }],
    [{ endpoint: 'minio:9000' }, { endpoint: 'https://minio:9000' }],
    [{ endpoint: ' https://s3.example.com/ ' }, { endpoint: 'https://s3.example.com/' }],
    [{ endpoint: '[::1]:9000' }, { endpoint: 'https://[::1]:9000' }],
    [{ endpoint: 'http://10.0.0.5:9000' }, { endpoint: 'http://10.0.0.5:9000' }],
    // Supabase and gateways behind a path have S3 there.
    [{ endpoint: 'https://x.supabase.co/storage/v1/s3' }, { endpoint: 'https://x.supabase.co/storage/v1/s3' }],
    [{ endpoint: 'https://minio.example.com', bucket: 'minio' }, { bucket: 'minio' }],
    [{ bucket: 's3://backups' }, { bucket: 'backups' }],
    [{ bucket: ' S3://backups/ ' }, { bucket: 'backups' }],
    [{ bucket: 'my.dotted.bucket' }, { bucket: 'my.dotted.bucket' }],
    [{ bucket: 'a'.repeat(63) }, { bucket: 'a'.repeat(63) }],
    [{ bucket: '123' }, { bucket: '123' }],
    [{ bucket: 'point-abc-s3alias', endpoint: undefined }, { bucket: 'point-abc-s3alias' }],
    [{ bucket: 'express--euw1-az1--x-s3', endpoint: undefined }, { bucket: 'express--euw1-az1--x-s3' }],
    [{ bucket: 'My_Bucket', forcePathStyle: true }, { bucket: 'My_Bucket' }],
    [{ bucket: 'tenant:bucket', forcePathStyle: true }, { bucket: 'tenant:bucket' }],
    [{ prefix: '/backups/prod/' }, { prefix: 'backups/prod' }],
    [{ prefix: ' prod ' }, { prefix: 'prod' }],
    [{ prefix: 'größe/日本' }, { prefix: 'größe/日本' }],
    [{ prefix: 'a b/..c/.d' }, { prefix: 'a b/..c/.d' }],
    [{ prefix: '/' }, { prefix: '' }],
  ])('%j is understood', (entered, kept) => {
    const config = read(entered)
    expect(config).toMatchObject(kept)
    // And what was kept is read again as it is.
    expect(s3ConfigSchema.parse(config)).toMatchObject(kept)
    expect(read(config)).toEqual(config)
  })

  it.each<[Record<string, unknown>, string, RegExp]>([
    [{ bucket: '' }, 'bucket', /Enter the name of the bucket/],
    [{ bucket: 'ab' }, 'bucket', /3 to 63 characters/],
    [{ bucket: 'a'.repeat(64) }, 'bucket', /3 to 63 characters/],
    [{ bucket: 's3://backups/prod' }, 'bucket', /alone: .*behind its name is the prefix/],
    [{ bucket: 'backups/prod' }, 'bucket', /behind its name is the prefix/],
    [{ bucket: 'https://backups.s3.amazonaws.com' }, 'bucket', /its address is the endpoint/],
    [{ bucket: 'arn:aws:s3:::backups' }, 'bucket', /name of the bucket alone/],
    [{ bucket: 'My-Bucket' }, 'bucket', /lower-case letters.*turn on path-style/],
    [{ bucket: 'my_bucket' }, 'bucket', /lower-case letters.*turn on path-style/],
    [{ bucket: 'my_bucket', endpoint: undefined, forcePathStyle: true }, 'bucket', /lower-case letters[^.]*$/],
    [
      { bucket: 'my_bucket', endpoint: 'https://s3.eu-west-1.amazonaws.com', forcePathStyle: true },
      'bucket',
      /lower-case letters[^.]*$/,
    ],
    [{ bucket: '-backups' }, 'bucket', /begins and ends with a letter or digit/],
    [{ bucket: 'backups.' }, 'bucket', /begins and ends with a letter or digit/],
    [{ bucket: 'a..b' }, 'bucket', /two dots in a row/],
    [{ bucket: '192.168.1.4' }, 'bucket', /this is an address/],
    [{ bucket: 'xn--backups' }, 'bucket', /keeps names that begin like this/],
    [{ bucket: 'back ups', forcePathStyle: true }, 'bucket', /lower-case letters/],
    [{ bucket: 'bäckups', forcePathStyle: true }, 'bucket', /lower-case letters/],
    [{ prefix: 'a//b' }, 'prefix', /one slash/],
    [{ prefix: 'a/../b' }, 'prefix', /only dots/],
    [{ prefix: './a' }, 'prefix', /only dots/],
    [{ prefix: 's3://backups/prod' }, 'prefix', /stands behind the name of the bucket/],
    [{ prefix: 'a\\b' }, 'prefix', /no backslashes/],
    [{ prefix: 'a\u0007b' }, 'prefix', /no control characters/],
    [{ prefix: 'x'.repeat(256) }, 'prefix', /between two slashes it may have 255 bytes/],
    [{ prefix: 'ü'.repeat(128) }, 'prefix', /between two slashes it may have 255 bytes/],
    [{ prefix: Array.from({ length: 9 }, () => 'é'.repeat(50)).join('/') }, 'prefix', /may have \d+ bytes, so that/],
    [{ endpoint: 'ftp://s3.example.com' }, 'endpoint', /Enter a URL such as/],
    [{ endpoint: 'not a host' }, 'endpoint', /Enter a URL such as/],
    [{ endpoint: 'https://s3.example.com/backups' }, 'endpoint', /name of the bucket out of the endpoint/],
    [{ endpoint: 'https://s3.example.com/backups/' }, 'endpoint', /name of the bucket out of the endpoint/],
    [{ endpoint: 'https://backups.s3.eu-west-1.amazonaws.com' }, 'endpoint', /name of the bucket out/],
    [{ endpoint: 'backups.s3.amazonaws.com' }, 'endpoint', /name of the bucket out/],
    [{ endpoint: 'https://s3.example.com/?list-type=2' }, 'endpoint', /behind a \? or #/],
    [{ endpoint: 'https://minio.example.com/#/buckets' }, 'endpoint', /behind a \? or #/],
    [{ endpoint: 'https://eu-west-1.console.aws.amazon.com/s3/home' }, 'endpoint', /web console of AWS/],
  ])('%j is refused for its %s', (entered, field, message) => {
    const found = refusals(entered)
    expect(found).toEqual([expect.stringMatching(message)])
    expect(found[0]?.startsWith(`${field}: `)).toBe(true)
  })

  it('has room for the longest name behind the longest prefix', () => {
    const id = crypto.randomUUID()
    const files = [
      partFile('archive.dump', 'bzip2', 'age'),
      partFile('data-16.dump', 'bzip2', 'age'),
      'identity-012345678901-9.age',
    ]
    const name = 'x'.repeat(mostNameBytes)
    const stored = { segment: { number: 1, name }, compression: 'bzip2', encryption: 'age' } as const
    const timeline = { sourceId: id, identity: name, timeline: name }
    const keys = [
      ...[...files, 'manifest.sig.json', 'RESTORE.md'].map((file) => backupFolder(id, id, new Date()) + file),
      logKey(timeline, { kind: 'segment', ...stored }),
      logKey(timeline, { kind: 'slice', from: 0, to: Number.MAX_SAFE_INTEGER, ...stored }),
      logKey(timeline, { kind: 'later-identity', period: 99_999_999, recipientId: '012345678901', attempt: 9 }),
    ]
    for (const key of keys) {
      expect(Buffer.byteLength(`${'x'.repeat(mostPrefixBytes)}/${key}`)).toBeLessThanOrEqual(1_024)
    }
  })
})
