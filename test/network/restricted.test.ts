import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { HeadBucketCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { s3ConfigSchema } from '@/lib/contracts/destinations/s3'
import { RestrictedHttpAgent, RestrictedHttpsAgent } from '@/lib/network/restricted-agent'
import { RestrictedSocket } from '@/lib/network/restricted-socket'
import { requestOnce } from '@/lib/network/request-once'
import { notifierDrivers } from '@/lib/notify'
import { oidcProvider } from '@/lib/server/sign-in/oidc-provider'
import { readCertificate } from '@/lib/services/watch/certificate/read-certificate'
import { makeClient } from '@/lib/storage/s3/connection/client'
import { answerNames } from '../helpers/servers/name-service'

const signal = new AbortController().signal
const metadata = '169.254.169.254'
const notification = {
  phase: 'test' as const,
  alertId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  event: 'backup-failed',
  severity: 'critical' as const,
  title: 'Test',
  body: 'Test',
  facts: {},
  at: new Date('2026-11-21T02:00:00Z'),
  url: 'https://holdfast.example.com/admin/alerts',
}
const send = (kind: 'webhook' | 'email' | 'syslog', config: Record<string, unknown>, secret: string | null = null) =>
  notifierDrivers[kind].send({ name: 'Ops', secret, config }, notification, signal)

/** Everything that connects to an address somebody entered, but the engines, by the host it connects to. */
const connectors: Record<string, (host: string, port: number) => Promise<unknown>> = {
  'a socket': (host, port) =>
    new Promise((resolve, reject) => {
      const socket = new RestrictedSocket()
      socket.once('error', reject)
      socket.connect(port, host, () => resolve(socket.destroy()))
    }),
  'a request': (host, port) =>
    requestOnce(new URL(`http://${host}:${port}/`), { body: null, headers: {}, maxAnswerBytes: 100, signal }),
  'an S3 client': async (host, port) => {
    const config = { bucket: 'backups', endpoint: `http://${host}:${port}`, forcePathStyle: true, accessKeyId: 'A' }
    const client = makeClient(s3ConfigSchema.parse(config), 'secret', 1_000)
    try {
      return await client.send(new HeadBucketCommand({ Bucket: 'backups' }))
    } finally {
      client.destroy()
    }
  },
  'a mail': (host, port) =>
    send('email', { host, port, security: 'none', from: 'a@example.com', to: ['b@example.com'] }),
  'a syslog message by TCP': (host, port) => send('syslog', { host, port, transport: 'tcp' }),
  'a syslog datagram': (host, port) => send('syslog', { host, port, transport: 'udp' }),
  'a watch of a certificate': (host, port) => readCertificate({ host, port, greeting: 'tls' }, signal),
}

describe('what connects to an address that somebody entered', () => {
  it.each(Object.entries(connectors))(
    'refuses the metadata service at the moment of connecting: %s (security 12, security 15)',
    async (_, connect) => {
      // What it was when it was entered, what it is now, and what a later look would find.
      using _names = answerNames({ 'rebound.test': [[metadata], ['127.0.0.1']] })
      await expect(connect('rebound.test', 80)).rejects.toMatchObject({
        code: 'address-refused',
        message: expect.stringContaining(metadata),
      })
    },
  )

  it.each(Object.entries(connectors))('refuses it as one of several answers: %s (security 15)', async (_, connect) => {
    using _names = answerNames({ 'several.test': [['127.0.0.1', '::ffff:a9fe:a9fe']] })
    await expect(connect('several.test', 80)).rejects.toMatchObject({ code: 'address-refused' })
  })

  it.each(Object.entries(connectors))('refuses it by number: %s (security 15)', async (_, connect) => {
    await expect(connect(metadata, 80)).rejects.toMatchObject({
      code: expect.stringMatching(/^(address|notify)-refused$/),
    })
  })

  it('reaches what a name really leads to', async () => {
    const server = createHttpServer((_, response) => response.end('here'))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    using _names = answerNames({ 'good.test': [['127.0.0.1']] })
    const answer = await requestOnce(new URL(`http://good.test:${port}/`), {
      body: null,
      headers: {},
      maxAnswerBytes: 100,
      signal,
    })
    expect(answer).toMatchObject({ status: 200, text: 'here' })
    server.close()
  })

  it('follows no redirect to it (security 15)', async () => {
    const server = createHttpServer((_, response) => response.writeHead(302, { location: `http://${metadata}/` }).end())
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const answer = await requestOnce(new URL(`http://127.0.0.1:${port}/`), {
      body: null,
      headers: {},
      maxAnswerBytes: 100,
      signal,
    })
    expect(answer.status).toBe(302)
    server.close()
  })

  it('is also the sign-in with an identity provider (security 15)', () => {
    const provider = (issuer: string) =>
      oidcProvider({
        issuer,
        clientId: 'c',
        clientSecret: 's',
        label: 'SSO',
        scopes: '',
        groupsClaim: 'groups',
      } as never)
    expect(provider('https://id.example').httpOptions?.agent).toBeInstanceOf(RestrictedHttpsAgent)
    expect(provider('http://id.example').httpOptions?.agent).toBeInstanceOf(RestrictedHttpAgent)
  })
})

it('a socket reaches a server by its name', async () => {
  using _names = answerNames({ 'good.test': [['127.0.0.1']] })
  const server = createServer((socket) => socket.end('hello'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const socket = new RestrictedSocket().connect(port, 'good.test')
  const text = await socket.setEncoding('utf8').toArray()
  expect(text.join('')).toBe('hello')
  server.close()
})
