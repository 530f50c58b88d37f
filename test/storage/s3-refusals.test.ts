import { createServer as createTlsServer } from 'node:https'
import { createServer, type Server } from 'node:net'
import { Readable } from 'node:stream'
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { s3ConfigSchema } from '@/lib/contracts/destinations/s3'
import { toFailure } from '@/lib/core/holdfast-error'
import type { DestinationSpec, Storage } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { makeCertificate } from '../helpers/servers/certificate'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket } from '../helpers/servers/s3'
import { refused, s3Error, startS3Answers, type S3Answer } from '../helpers/servers/s3-answers'
import { testS3 } from '../helpers/servers/servers'

const at = (endpoint: string, config: Record<string, unknown> = {}): DestinationSpec => ({
  ...{ id: 'x', name: 'x', kind: 's3', secrets: { secretAccessKey: 'a secret' } },
  config: s3ConfigSchema.parse({ endpoint, bucket: 'backups', forcePathStyle: true, accessKeyId: 'AKID', ...config }),
})

async function opened<T>(spec: DestinationSpec, act: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = openStorage(spec)
  try {
    return await act(storage)
  } finally {
    await storage.close()
  }
}
const probe = (spec: DestinationSpec) => opened(spec, (storage) => storage.probe(makeTestRun()))
const failureOf = (spec: DestinationSpec, act: (storage: Storage) => Promise<unknown>) =>
  opened(spec, act).then(() => null, toFailure)

/** Lets a server answer so for as long as it is used. */
async function answered(answer: S3Answer, act: (endpoint: string) => Promise<void>): Promise<void> {
  await using server = await startS3Answers(() => answer)
  await act(server.endpoint)
}

/** Every operation that may be a job's first: two of them begin with a HEAD, the last has a body at once. */
const operations: Record<string, (storage: Storage) => Promise<unknown>> = {
  head: (storage) => storage.head('k', makeTestRun()),
  put: (storage) => storage.put('k', Readable.from([Buffer.from('x')]), {}, makeTestRun()),
  list: async (storage) => {
    for await (const object of storage.list('', makeTestRun())) return object
    return null
  },
}

/** As the stores' documentations and their own code have them. */
const answers: [store: string, answer: S3Answer, code: string, message: RegExp, remedy: RegExp][] = [
  [
    'AWS: signed for another region',
    {
      head: { status: 400, headers: { 'content-type': 'application/xml' } },
      other: refused(
        400,
        s3Error(
          'AuthorizationHeaderMalformed',
          "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
          '<Region>eu-central-1</Region>',
        ),
      ).other,
    },
    'storage-failed',
    /is in the region eu-central-1, not us-east-1/,
    /Set the region to eu-central-1/,
  ],
  [
    'AWS: a bucket of another region, with the header',
    refused(301, s3Error('PermanentRedirect', 'The bucket you are attempting to access must be addressed elsewhere.'), {
      'x-amz-bucket-region': 'eu-west-3',
    }),
    'storage-failed',
    /is in the region eu-west-3/,
    /Set the region to eu-west-3/,
  ],
  [
    'AWS: a new bucket that is still redirected',
    refused(
      307,
      s3Error(
        'TemporaryRedirect',
        'Please re-send this request to the specified temporary endpoint.',
        '<Endpoint>backups.s3-ap-south-1.amazonaws.com</Endpoint>',
      ),
    ),
    'storage-failed',
    /not in the region us-east-1/,
    /Set the bucket's region/,
  ],
  [
    'AWS: an unknown key',
    refused(403, s3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')),
    'storage-denied',
    /does not know this access key/,
    /Correct the access key id/,
  ],
  [
    'AWS: a wrong secret',
    refused(403, s3Error('SignatureDoesNotMatch', 'The request signature we calculated does not match.')),
    'storage-denied',
    /secret access key is wrong/,
    /secret that belongs to the access key id/,
  ],
  [
    'AWS: an expired token',
    refused(400, s3Error('ExpiredToken', 'The provided token has expired.')),
    'storage-denied',
    /session token is expired/,
    /Renew the credentials/,
  ],
  [
    'AWS: a clock that is off',
    refused(
      403,
      s3Error('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'),
      { date: new Date(Date.now() - 3 * 3_600_000).toUTCString() },
    ),
    'storage-denied',
    /clock is 3 hours ahead of the store's/,
    /Set the clock/,
  ],
  [
    'AWS: a missing permission',
    refused(
      403,
      s3Error(
        'AccessDenied',
        'User: arn:aws:iam::123:user/b is not authorized to perform: s3:GetObject because no identity-based policy allows it',
      ),
    ),
    'storage-denied',
    /refused access to the bucket backups \(\w+\): User: arn:aws:iam::123:user\/b is not authorized/,
    /Give the key s3:(GetObject, and s3:ListBucket|ListBucket)/,
  ],
  [
    'AWS: no such bucket',
    refused(404, s3Error('NoSuchBucket', 'The specified bucket does not exist', '<BucketName>backups</BucketName>')),
    'storage-not-found',
    /There is no bucket "backups"/,
    /Create the bucket, or correct its name$/,
  ],
  [
    'MinIO: signed for another region',
    refused(
      400,
      s3Error(
        'AuthorizationHeaderMalformed',
        "The authorization header is malformed; the region is wrong; expecting 'home-1'.",
        '<Region>home-1</Region>',
      ),
    ),
    'storage-failed',
    /is in the region home-1/,
    /Set the region to home-1/,
  ],
  [
    'MinIO: a name that its disks cannot have',
    refused(400, s3Error('XMinioInvalidObjectName', 'Object name contains unsupported characters.')),
    'storage-failed',
    /does not take names with this prefix/,
    /shorter prefix/,
  ],
  [
    'Ceph: a refusal without a message',
    refused(403, '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'),
    'storage-denied',
    /refused access to the bucket backups \(\w+\)$/,
    /Check the key and its permissions/,
  ],
  [
    'Garage: another scope',
    refused(
      400,
      s3Error(
        'AuthorizationHeaderMalformed',
        'Authorization header malformed, unexpected scope: 20260101/us-east-1/s3/aws4_request, expected: 20260101/garage/s3/aws4_request',
        '<Region>garage</Region>',
      ),
    ),
    'storage-failed',
    /is in the region garage/,
    /Set the region to garage/,
  ],
  [
    'Garage: an unknown key, told in words alone',
    refused(403, s3Error('AccessDenied', 'Forbidden: No such key: AKID')),
    'storage-denied',
    /Forbidden: No such key: AKID/,
    /Check the key/,
  ],
  [
    'R2: a key that cannot be one',
    refused(400, s3Error('InvalidArgument', 'Credential access key has length 4, should be 32')),
    'storage-failed',
    /Credential access key has length 4, should be 32/,
    /Compare the settings of the destination/,
  ],
  [
    'R2: a region that it does not have',
    refused(400, s3Error('InvalidRegionName', "The region name 'us-east-9' is not valid. Must be one of: auto, weur")),
    'storage-failed',
    /not in the region us-east-1: .*Must be one of: auto, weur/,
    /Set the bucket's region/,
  ],
  [
    'R2: a token without rights',
    refused(401, s3Error('Unauthorized', 'Unauthorized')),
    'storage-denied',
    /refused access to the bucket backups \(\w+\): Unauthorized/,
    /Check the key and its permissions/,
  ],
  [
    'B2: an application key of another bucket',
    refused(403, s3Error('AccessDenied', 'not entitled')),
    'storage-denied',
    /not entitled/,
    /Check the key and its permissions/,
  ],
  [
    'B2: a malformed key',
    refused(403, s3Error('InvalidAccessKeyId', 'Malformed Access Key Id')),
    'storage-denied',
    /does not know this access key/,
    /Correct the access key id/,
  ],
  [
    'Wasabi: a bucket of another region',
    refused(
      301,
      s3Error(
        'PermanentRedirect',
        'The bucket you are attempting to access must be addressed using the specified endpoint.',
        '<Endpoint>s3.eu-central-1.wasabisys.com</Endpoint><Bucket>backups</Bucket>',
      ),
    ),
    'storage-failed',
    /not in the region us-east-1/,
    /Set the bucket's region/,
  ],
  [
    'a store that says nothing, with a clock that is off',
    {
      head: { status: 403, headers: { date: new Date(Date.now() + 40 * 60_000).toUTCString() } },
      other: { status: 403, headers: { date: new Date(Date.now() + 40 * 60_000).toUTCString() }, body: '' },
    },
    'storage-denied',
    /clock is (39|40) minutes behind the store's/,
    /Set the clock/,
  ],
  [
    'a store that says nothing at all',
    { head: { status: 403 }, other: { status: 403, body: '' } },
    'storage-denied',
    /refused access to the bucket backups \(\w+\)$/,
    /Check the key and its permissions/,
  ],
  [
    'a store that read the host as the bucket',
    refused(404, s3Error('NoSuchBucket', 'No such bucket', '<BucketName>holdfast</BucketName>')),
    'storage-not-found',
    /There is no bucket "backups"/,
    /the store looked for "holdfast"/,
  ],
]

const page = '<!doctype html><html><head><title>MinIO Console</title></head><body><br></body></html>'
const html = { 'content-type': 'text/html; charset=utf-8' }
const all = (status: number, headers: Record<string, string>, body: string): S3Answer => ({
  head: { status, headers },
  other: { status, headers, body },
})

/** What answers at addresses that people take for the store's. */
const strangers: [what: string, answer: S3Answer, message: RegExp, remedy: RegExp][] = [
  ['a console that answers every path with its page', all(200, html, page), /answered with a web page/, /S3 API/],
  ['a console that refuses', all(403, html, page), /403 with a web page \("MinIO Console"\)/, /9001 and S3 at 9000/],
  ['a console that does not know PUT', all(405, html, '<html><body>Not Allowed'), /405 with a web page/, /S3 API/],
  [
    'a console behind a sign-in',
    all(302, { ...html, location: 'https://signin.example.com/x?token=1' }, '<html>Found'),
    /sends on to https:\/\/signin\.example\.com$/,
    /address of the S3 API/,
  ],
  [
    'a web server that sends plain HTTP on',
    all(301, { ...html, location: 'https://s3.example.com/backups/k' }, '<html>Moved'),
    /sends on to https:\/\/s3\.example\.com/,
    /perhaps https:\/\/s3\.example\.com/,
  ],
  ['another API', all(403, { 'content-type': 'application/json' }, '{"message":"no"}'), /no answer of S3/, /S3 API/],
  ['a router', all(404, { 'content-type': 'text/plain' }, '404 page not found'), /"404 page not found"/, /S3 API/],
  [
    'a limit of a proxy',
    all(413, html, '<html><title>413 Too Large</title>'),
    /takes no request of this size/,
    /nginx/,
  ],
]

describe('what a store refuses is told by its reason, with and without a body', () => {
  for (const [name, operation] of Object.entries(operations)) {
    it.each(answers)(`${name} at %s`, async (_, answer, code, message, remedy) => {
      await answered(answer, async (endpoint) => {
        const failure = await failureOf(at(endpoint), operation)
        expect(failure).toMatchObject({ code })
        expect(failure?.message).toMatch(message)
        expect(failure?.remedy).toMatch(remedy)
      })
    })

    it.each(strangers)(`${name} at %s`, async (_, answer, message, remedy) => {
      await answered(answer, async (endpoint) => {
        const failure = await failureOf(at(endpoint), operation)
        expect(failure).toMatchObject({ code: 'storage-failed' })
        expect(failure?.message).toMatch(message)
        expect(failure?.remedy).toMatch(remedy)
      })
    })
  }

  it('a GET that is let through says nothing about the refusal, which stays one', async () => {
    const answer: S3Answer = { head: { status: 403 }, other: { status: 404, body: s3Error('NoSuchKey', 'none') } }
    await answered(answer, async (endpoint) => {
      const failure = await failureOf(at(endpoint), (storage) => storage.head('k', makeTestRun()))
      expect(failure).toMatchObject({ code: 'storage-denied' })
    })
  })

  it('an empty answer is no web page, whatever it calls itself', async () => {
    const empty = { status: 200, headers: { 'content-type': 'text/html', 'content-length': '0' } }
    await answered({ head: empty, other: { ...empty, body: '' } }, async (endpoint) => {
      const deleted = await opened(at(endpoint), (storage) => storage.delete(['k'], makeTestRun()))
      expect(deleted).toEqual([{ key: 'k', result: 'deleted' }])
    })
  })

  it('an object that is not there is no refusal, and no GET is spent on it', async () => {
    await using server = await startS3Answers(({ url = '' }) =>
      /^\/backups\/?$/.test(url) ? all(200, {}, '') : all(404, {}, s3Error('NoSuchKey', 'none')),
    )
    const head = await opened(at(server.endpoint), (storage) => storage.head('k', makeTestRun()))
    expect(head).toBeNull()
    expect(server.requests.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'HEAD'])
  })
})

describe('a real store tells the same apart', () => {
  afterEach(() => void vi.useRealTimers())

  it.each<[string, Record<string, unknown>, string | undefined, string, RegExp]>([
    ['an unknown key', { accessKeyId: 'AKNOBODY' }, undefined, 'storage-denied', /does not know this access key/],
    ['a wrong secret', {}, 'not-the-secret', 'storage-denied', /secret access key is wrong/],
    ['a missing bucket', { bucket: 'holdfast-none' }, undefined, 'storage-not-found', /no bucket "holdfast-none"/],
  ])('%s, asked for with a HEAD', async (_, config, secret, code, message) => {
    const bucket = await makeBucket()
    const failure = await failureOf(bucket.spec(config, secret), (storage) => storage.head('k', makeTestRun()))
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) })
    bucket.close()
  })

  it.each([
    [3, '3 hours ahead of'],
    [-3, '3 hours behind'],
  ])('a clock that is off by %i hours', async (hours, said) => {
    const bucket = await makeBucket()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 })
    const failure = await failureOf(bucket.spec(), (storage) => storage.head('k', makeTestRun()))
    expect(failure).toMatchObject({ code: 'storage-denied', message: expect.stringContaining(said) })
    bucket.close()
  })

  it('a key without a right to the bucket', async () => {
    const bucket = await makeBucket()
    const resource = `arn:aws:s3:::${bucket.name}/*`
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: resource }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] })
    await bucket.client.send(new PutBucketPolicyCommand({ Bucket: bucket.name, Policy }))
    const { error } = await probe(bucket.spec())
    expect(error).toMatchObject({
      code: 'storage-denied',
      message: expect.stringContaining(`refused access to the bucket ${bucket.name} (PutObject)`),
      remedy: expect.stringContaining('Give the key s3:PutObject.'),
    })
    bucket.close()
  })
})

describe('an endpoint that speaks another protocol', () => {
  const listening = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }

  it('TLS where plain HTTP was entered: by a handshake, whatever it answers', async () => {
    const server = createTlsServer(await makeCertificate())
    const endpoint = `http://127.0.0.1:${await listening(server)}`
    const { error } = await probe(at(endpoint))
    expect(error).toMatchObject({
      message: `${endpoint} speaks TLS on this port`,
      remedy: 'Let the endpoint begin with https://',
    })
    server.close()
  })

  it('plain HTTP where TLS was entered', async () => {
    const { error } = await probe(at(testS3().endpoint.replace('http:', 'https:')))
    expect(error).toMatchObject({
      code: 'storage-unreachable',
      message: expect.stringContaining('does not speak TLS on this port'),
      remedy: expect.stringContaining('begin with http://'),
    })
  })

  it('something that is no HTTP at all', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.2\r\n'))
    const { error } = await probe(at(`http://127.0.0.1:${await listening(server)}`))
    expect(error).toMatchObject({ code: 'storage-unreachable', remedy: expect.stringContaining('Check the endpoint') })
    server.close()
  })

  it('a certificate that nobody here vouches for', async () => {
    const server = createTlsServer(await makeCertificate())
    const { error } = await probe(at(`https://127.0.0.1:${await listening(server)}`))
    expect(error).toMatchObject({
      code: 'storage-unreachable',
      message: expect.stringContaining('was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)'),
      remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    })
    server.close()
  })

  it('a host that is only known without the bucket in front of it', async () => {
    const spec = at('http://store.invalid', { forcePathStyle: false })
    const { error } = await probe(spec)
    expect(error).toMatchObject({
      code: 'storage-unreachable',
      remedy: expect.stringContaining(
        'backups.store.invalid is not known to the network, turn on path-style addresses',
      ),
    })
  })
})
