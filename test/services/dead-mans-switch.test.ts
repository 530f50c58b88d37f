import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ping } from '@/lib/notify/ping'
import type { ServiceContext } from '@/lib/services/context'
import { pingDeadMansSwitch } from '@/lib/services/incident/dead-mans-switch'
import { getDeadMansSwitch } from '@/lib/services/incident/get-dead-mans-switch'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import { markTick } from '@/lib/services/incident/tick-mark'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { startHttpReceiver, type HttpReceiver } from '../helpers/servers/http-receiver'
import { testContext, type TestClock } from '../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext & { clock: TestClock }
let receiver: HttpReceiver
const workerId = randomUUID()

beforeAll(async () => {
  catalog = await freshCatalog()
  receiver = await startHttpReceiver()
  ctx = testContext(catalog.db)
  const at = ctx.clock.now()
  await catalog.db.worker.create({
    data: { id: workerId, host: 'here', processKey: 'key', pid: 1, version: '1', startedAt: at, heartbeatAt: at },
  })
})
afterAll(async () => {
  await receiver.close()
  await catalog.drop()
})
beforeEach(async () => {
  receiver.requests.length = 0
  receiver.answer = (_, response) => void response.end('OK')
  await catalog.db.setting.deleteMany({ where: { key: 'dead-mans-switch-state' } })
  const deadManSwitch = { url: `${receiver.url}/ping/check-id?rid=1`, intervalSeconds: 60 }
  await updateOperations({ ctx, input: { deadManSwitch } })
  await allWell()
})

const now = () => ctx.clock.now()
const call = () => pingDeadMansSwitch({ ctx, now: now(), ping, signal: new AbortController().signal })
const paths = () => receiver.requests.map(({ method, path }) => `${method} ${path}`)
const heartbeat = () => catalog.db.worker.update({ where: { id: workerId }, data: { heartbeatAt: now() } })
async function allWell() {
  await heartbeat()
  await markTick(catalog.db, now())
}
async function afterMinutes(minutes: number, well: () => Promise<unknown> = allWell) {
  ctx.clock.advance(minutes * 60_000)
  await well()
}

describe("the dead man's switch", () => {
  it('is called once an interval while all is well, by several workers too', async () => {
    expect((await Promise.all([call(), call(), call()])).toSorted()).toEqual(['not-due', 'not-due', 'pinged'])
    ctx.clock.advance(30_000)
    expect(await call()).toBe('not-due')
    await afterMinutes(1)
    expect(await call()).toBe('pinged')
    expect(paths()).toEqual(['GET /ping/check-id?rid=1', 'GET /ping/check-id?rid=1'])
    expect((await getDeadMansSwitch({ ctx })).lastPingAt).toBe(now().toISOString())
  })

  it('reports trouble once and then no more, when schedules are not looked at, until they are again', async () => {
    expect(await call()).toBe('pinged')
    for (let minute = 0; minute < 6; minute += 1) {
      await afterMinutes(1, heartbeat)
      await call()
    }
    const after = paths()
    expect(after.at(-1)).toBe('GET /ping/check-id/fail?rid=1')
    expect(after.filter((path) => path.includes('/fail'))).toHaveLength(1)
    expect((await getDeadMansSwitch({ ctx })).troubles).toEqual(['Schedules have not been looked at for 6 minutes.'])
    await afterMinutes(1)
    expect(await call()).toBe('pinged')
    expect(paths().at(-1)).toBe('GET /ping/check-id?rid=1')
  })

  it('is not called as well when no worker lives', async () => {
    await afterMinutes(2, () => markTick(catalog.db, now()))
    expect(await call()).toBe('trouble')
    expect((await getDeadMansSwitch({ ctx })).troubles).toEqual(['No worker is running.'])
  })

  it('is not called as well when alerts reach nobody', async () => {
    const opened = now()
    const incident = { event: 'backup-failed', severity: 'critical', subjectId: 'x', sourceId: null } as const
    await catalog.db.channel.create({ data: { name: 'dead', kind: 'webhook', config: { url: receiver.url } } })
    await catalog.db.$transaction((tx) => raiseIncident(tx, { ...incident, title: 'It', body: 'failed' }, opened))
    await catalog.db.alertDelivery.updateMany({ data: { attempts: 3, nextAt: new Date(opened.getTime() + 3_600_000) } })
    expect(await call()).toBe('pinged')
    await afterMinutes(6)
    expect(await call()).toBe('trouble')
    expect((await getDeadMansSwitch({ ctx })).troubles).toEqual(['Alerts that reached nobody: 1.'])
    await catalog.db.alertDelivery.updateMany({ data: { state: 'sent', sentAt: now() } })
    await afterMinutes(1)
    expect(await call()).toBe('pinged')
    await catalog.db.alert.deleteMany()
    await catalog.db.channel.deleteMany()
  })

  it('that cannot be reached is reported after three calls, and again when it can', async () => {
    receiver.answer = (_, response) => void response.writeHead(503).end()
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await catalog.db.alert.count({ where: { resolvedAt: null } })).toBe(0)
      expect(await call()).toBe('unreachable')
      await afterMinutes(1)
    }
    const open = await catalog.db.alert.findMany({ where: { resolvedAt: null } })
    expect(open).toMatchObject([{ event: 'channel-failed', key: 'channel-failed:dead-mans-switch' }])
    receiver.answer = (_, response) => void response.end('OK')
    expect(await call()).toBe('pinged')
    expect(await catalog.db.alert.count({ where: { resolvedAt: null } })).toBe(0)
  })

  it('and CloudWatch may not be the metadata service of the machine (security 15)', async () => {
    const url = 'http://[::ffff:169.254.169.254]/latest'
    for (const input of [{ deadManSwitch: { url } }, { cloudWatch: { endpoint: url } }])
      await expect(updateOperations({ ctx, input })).rejects.toMatchObject({ code: 'address-refused' })
  })

  it('is off without an address', async () => {
    await updateOperations({ ctx, input: { deadManSwitch: { url: null } } })
    expect(await call()).toBe('off')
    expect(paths()).toEqual([])
  })
})
