import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ServiceContext } from '@/lib/services/context'
import { pushCloudWatch } from '@/lib/services/metrics/push-cloudwatch'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testContext } from '../helpers/catalog/service-context'
import { startTold, type Told } from '../helpers/told'

/** PutMetricData in AWS JSON 1.0, as the service documents it. */
const putSchema = z.strictObject({
  Namespace: z.string().min(1).max(255),
  MetricData: z
    .array(
      z.strictObject({
        MetricName: z.string().min(1).max(255),
        Value: z.number(),
        Unit: z.enum(['Count', 'Seconds', 'Bytes']),
        Timestamp: z.number(),
        Dimensions: z
          .array(z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1_024) }))
          .max(30)
          .optional(),
      }),
    )
    .min(1)
    .max(1_000),
})

describe('CloudWatch', () => {
  let catalog: FreshCatalog
  let ctx: ServiceContext
  let told: Told
  let server: Server
  let status = 200
  const received: { target: string; authorization: string; put: z.infer<typeof putSchema> }[] = []
  const signal = new AbortController().signal
  const now = new Date()

  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'not-to-be-seen' })
    catalog = await freshCatalog()
    ctx = testContext(catalog.db)
    told = await startTold(ctx)
    server = createServer((request, response) => {
      void buffer(request).then((bytes) => {
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
        received.push({
          target: String(request.headers['x-amz-target']),
          authorization: String(request.headers.authorization),
          put: putSchema.parse(JSON.parse(body.toString('utf8'))),
        })
        const error = { __type: 'AccessDenied', message: 'not authorized to perform cloudwatch:PutMetricData' }
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
        response.end(status === 200 ? '{}' : JSON.stringify(error))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await catalog.db.source.create({ data: { name: 'shop', engine: 'postgres', connection: {}, options: {} } })
    await catalog.db.worker.create({
      data: { id: randomUUID(), host: 'h', processKey: 'k', pid: 1, version: '1', startedAt: now, heartbeatAt: now },
    })
    await push()
    expect(received).toEqual([])
    await updateOperations({
      ctx,
      input: {
        cloudWatch: { enabled: true, region: 'eu-south-1', namespace: 'Backups', endpoint: `http://127.0.0.1:${port}` },
      },
    })
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await told.close()
    await catalog.drop()
  })
  beforeEach(() => {
    received.length = 0
    status = 200
  })

  /** The minute's turn, as if a minute had passed. */
  async function push(): Promise<void> {
    await catalog.db.setting.deleteMany({ where: { key: 'turn.cloudwatch' } })
    await pushCloudWatch({ ctx, now, signal })
  }

  it('is sent the main gauges, signed, by one of many workers in a minute', async () => {
    await push()
    await Promise.all(Array.from({ length: 4 }, () => pushCloudWatch({ ctx, now, signal })))
    expect(received).toHaveLength(1)
    const [{ target, authorization, put } = { target: '', authorization: '', put: null }] = received
    expect(target).toBe('GraniteServiceVersion20100801.PutMetricData')
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-south-1\/monitoring\/aws4_request/)
    expect(put?.Namespace).toBe('Backups')
    const value = (name: string) => put?.MetricData.find((datum) => datum.MetricName === name)
    expect(value('WorkersAlive')).toMatchObject({ Value: 1, Unit: 'Count' })
    expect(value('BackupFailing')).toMatchObject({ Value: 0, Dimensions: [{ Name: 'Source', Value: 'shop' }] })
    // Never backed up: there is nothing to measure, and zero would be a lie.
    expect(value('Exposure')).toBeUndefined()
  })

  it('gets many sources in requests that it takes', async () => {
    const names = Array.from({ length: 600 }, (_, at) => `source ${at}`)
    await catalog.db.source.createMany({
      data: names.map((name) => ({ name, engine: 'postgres', connection: {}, options: {} })),
    })
    await push()
    const sources = received.flatMap(({ put }) => put.MetricData).filter((datum) => datum.Dimensions)
    expect(new Set(sources.map((datum) => datum.Dimensions?.[0]?.Value)).size).toBe(500)
  })

  it('that refuses is reported after the third time, once, and its recovery as well; nothing else suffers', async () => {
    status = 403
    for (let round = 0; round < 2; round += 1) await push()
    expect(await told.of('channel-failed')).toEqual([])
    for (let round = 0; round < 3; round += 1) await push()
    expect(await told.of('channel-failed')).toEqual(['opened'])
    expect(told.texts('channel-failed')[0]).toContain('AccessDenied')
    expect(told.texts('channel-failed')[0]).not.toContain('not-to-be-seen')
    status = 200
    await push()
    expect(await told.of('channel-failed')).toEqual(['opened', 'resolved'])
  })

  it('is left alone once it is switched off', async () => {
    status = 403
    for (let round = 0; round < 3; round += 1) await push()
    await updateOperations({ ctx, input: { cloudWatch: { enabled: false } } })
    received.length = 0
    await push()
    expect(received).toEqual([])
    expect((await told.of('channel-failed')).at(-1)).toBe('resolved')
  })
})
