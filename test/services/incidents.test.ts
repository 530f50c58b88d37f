import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import { createSourceSchema } from '@/lib/contracts/source'
import { acknowledgeAlert } from '@/lib/services/alert/acknowledge-alert'
import { listAlerts } from '@/lib/services/alert/list-alerts'
import { createChannel } from '@/lib/services/channel/create-channel'
import { getChannel } from '@/lib/services/channel/get-channel'
import { listDeliveries } from '@/lib/services/channel/list-deliveries'
import { testChannel } from '@/lib/services/channel/test-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'
import type { ServiceContext } from '@/lib/services/context'
import { deliverNotifications } from '@/lib/services/incident/deliver-notifications'
import { raiseIncident, type Incident } from '@/lib/services/incident/raise-incident'
import { remind } from '@/lib/services/incident/remind'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { createSource } from '@/lib/services/source/create-source'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { startHttpReceiver, type HttpReceiver } from '../helpers/servers/http-receiver'
import { as, testClock, testContext, type TestClock } from '../helpers/catalog/service-context'
import { pagerdutyKey, startPagerduty } from '../helpers/servers/service-receivers'
import { startSmtp } from '../helpers/servers/smtp'
import { waitFor } from '../helpers/wait-for'

const hour = 3_600_000

let catalog: FreshCatalog
let ctx: ServiceContext & { clock: TestClock }
let receiver: HttpReceiver
let sourceId: string
let names = 0

beforeAll(async () => {
  catalog = await freshCatalog()
  // Ahead of the catalog's clock, by which what is not held back is due at once.
  ctx = testContext(catalog.db, { clock: testClock(new Date(Date.now() + hour)) })
  const connection = { host: '127.0.0.1', database: 'shop', user: 'backup' }
  const input = createSourceSchema.parse({ name: 'shop', connection, tags: ['production'] })
  sourceId = (await createSource({ ctx, input })).id
})
afterAll(() => catalog.drop())
beforeEach(async () => {
  await catalog.db.alert.deleteMany()
  await catalog.db.channel.updateMany({ data: { enabled: false, deletedAt: new Date() } })
  receiver = await startHttpReceiver()
  return () => receiver.close()
})

const addHook = async (routing: object = {}, to: HttpReceiver = receiver) => {
  const input = { name: `hook ${++names}`, kind: 'webhook', config: { url: to.url }, routing }
  return (await createChannel({ ctx, input: createChannelSchema.parse(input) })).id
}
const now = () => ctx.clock.now()
const raise = (change: Partial<Incident> = {}) =>
  catalog.db.$transaction((tx) =>
    raiseIncident(
      tx,
      {
        event: 'backup-failed',
        severity: 'critical',
        subjectId: sourceId,
        sourceId,
        title: 'It failed',
        body: 'Why',
        ...change,
      },
      now(),
    ),
  )
const resolve = (event: AlertEvent = 'backup-failed', subjectId = sourceId) =>
  catalog.db.$transaction((tx) => resolveIncident(tx, [event], subjectId, now()))
const deliver = () => deliverNotifications({ ctx, signal: new AbortController().signal, now: now() })
const told = (to: HttpReceiver = receiver) =>
  to.requests.map(({ body }) => {
    const { phase, title }: { phase: string; title: string } = JSON.parse(body)
    return `${phase} ${title}`
  })

describe('an incident', () => {
  it('is told once however often it happens, and once when it is over', async () => {
    await addHook()
    for (let time = 0; time < 5; time += 1) {
      await raise()
      await deliver()
    }
    await resolve()
    await resolve()
    await deliver()
    await deliver()
    expect(told()).toEqual(['opened It failed', 'resolved Recovered: It failed'])
    expect((await listAlerts({ ctx, input: { limit: 9 } })).items[0]).toMatchObject({ count: 5 })
  })

  it('is told once when several workers deliver at the same moment', async () => {
    await addHook()
    const subjects = Array.from({ length: 12 }, (_, index) => `subject-${index}`)
    for (const subjectId of subjects) await raise({ subjectId, sourceId: null, title: subjectId })
    await Promise.all(Array.from({ length: 8 }, deliver))
    expect(told().toSorted()).toEqual(subjects.map((subject) => `opened ${subject}`).toSorted())
  })

  it('goes to the channels whose routing asks for it', async () => {
    const quiet = await startHttpReceiver()
    await addHook({ minSeverity: 'critical', tags: ['production'] })
    await addHook({ tags: ['test'] }, quiet)
    await addHook({ events: ['backup-slow'] }, quiet)
    await raise()
    await raise({ event: 'backup-partial', severity: 'warning' })
    await deliver()
    expect(told()).toEqual(['opened It failed'])
    await raise({ event: 'backup-slow', severity: 'warning', title: 'It is slow' })
    await deliver()
    expect(told(quiet)).toEqual(['opened It is slow'])
    await quiet.close()
  })

  it('that becomes critical is told to those who only hear of that', async () => {
    await addHook({ minSeverity: 'critical' })
    await raise({ severity: 'warning' })
    await deliver()
    expect(told()).toEqual([])
    await raise({ severity: 'critical' })
    await raise({ severity: 'warning' })
    await deliver()
    expect(told()).toEqual(['opened It failed'])
    expect((await listAlerts({ ctx, input: { limit: 9 } })).items[0]).toMatchObject({ severity: 'critical' })
  })

  it('is not told as over where that is not wanted', async () => {
    await addHook({ recovery: false })
    await raise()
    await deliver()
    await resolve()
    await deliver()
    expect(told()).toEqual(['opened It failed'])
  })
})

describe('quiet hours', () => {
  /** Hours that lie around this moment. */
  const around = () => {
    const clock = (ms: number) => new Date(now().getTime() + ms).toISOString().slice(11, 16)
    return { from: clock(-hour), to: clock(2 * hour), timeZone: 'UTC' }
  }

  it('hold a warning back until they end, and let a critical alert through', async () => {
    await addHook({ quietHours: around() })
    await raise({ severity: 'warning', title: 'A warning' })
    await raise({ event: 'backup-missed', title: 'It is critical' })
    await deliver()
    expect(told()).toEqual(['opened It is critical'])
    ctx.clock.advance(2 * hour + 60_000)
    await deliver()
    expect(told()).toEqual(['opened It is critical', 'opened A warning'])
  })

  it('swallow what is over before they end', async () => {
    const id = await addHook({ quietHours: around() })
    await raise({ severity: 'warning' })
    ctx.clock.advance(hour / 2)
    await resolve()
    ctx.clock.advance(3 * hour)
    await deliver()
    expect(told()).toEqual([])
    const history = await listDeliveries({ ctx, input: { id, limit: 9 } })
    expect(history.items).toMatchObject([{ phase: 'opened', state: 'skipped', attempts: 0 }])
  })
})

describe('reminders', () => {
  it('come again and again until someone acknowledges, and the end is told all the same', async () => {
    await addHook({ remindHours: 4 })
    await raise()
    await deliver()
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await remind({ ctx, now: now() })).toBe(0)
      ctx.clock.advance(4 * hour + 1_000)
      // Two workers tick at the same moment.
      await Promise.all([remind({ ctx, now: now() }), remind({ ctx, now: now() })])
      await deliver()
    }
    expect(told().filter((line) => line.startsWith('reminder'))).toHaveLength(2)
    expect(receiver.requests.at(-1)?.body).toContain('For 8 hours: Why')

    const [alert] = (await listAlerts({ ctx, input: { limit: 9 } })).items
    const seen = await acknowledgeAlert({ ctx: as(ctx, 'operator'), input: { id: alert?.id ?? '' } })
    expect(seen).toMatchObject({ acknowledgedBy: 'a operator' })
    ctx.clock.advance(9 * hour)
    expect(await remind({ ctx, now: now() })).toBe(0)
    await resolve()
    await deliver()
    expect(told().at(-1)).toBe('resolved Recovered: It failed')
  })

  it('do not come where they are not wanted', async () => {
    await addHook({ remindHours: null })
    await raise()
    await deliver()
    ctx.clock.advance(1_000 * hour)
    expect(await remind({ ctx, now: now() })).toBe(0)
  })
})

describe('acknowledging', () => {
  it('is an operator’s, is put down once with who did it, and is refused for what is over', async () => {
    await raise()
    const [alert] = (await listAlerts({ ctx, input: { limit: 9 } })).items
    const input = { id: alert?.id ?? '' }
    await expect(acknowledgeAlert({ ctx: as(ctx, 'viewer'), input })).rejects.toMatchObject({ code: 'forbidden' })
    await acknowledgeAlert({ ctx: as(ctx, 'operator'), input })
    const again = await acknowledgeAlert({ ctx: as(ctx, 'admin'), input })
    expect(again.acknowledgedBy).toBe('a operator')
    const audit = await catalog.db.auditEvent.count({ where: { action: 'alert.acknowledge', subjectId: input.id } })
    expect(audit).toBe(1)
    await resolve()
    await expect(acknowledgeAlert({ ctx, input })).rejects.toMatchObject({ code: 'already-finished' })
  })

  it('keeps an incident from channels that are added afterwards, from its next time to its end; a new one is told to them', async () => {
    await addHook()
    await raise({ severity: 'warning' })
    await deliver()
    const [alert] = (await listAlerts({ ctx, input: { limit: 9 } })).items
    await acknowledgeAlert({ ctx, input: { id: alert?.id ?? '' } })
    await using later = await startHttpReceiver()
    await addHook({ remindHours: 1 }, later)
    for (const severity of ['warning', 'critical'] as const) {
      await raise({ severity })
      ctx.clock.advance(2 * hour)
      await remind({ ctx, now: now() })
      await deliver()
    }
    await resolve()
    await deliver()
    expect(told(later)).toEqual([])
    expect(told()).toEqual(['opened It failed', 'resolved Recovered: It failed'])
    await raise()
    await deliver()
    expect(told(later)).toEqual(['opened It failed'])
  })

  it('is told to PagerDuty, which keeps an incident of its own', async () => {
    await using pagerduty = await startPagerduty()
    const config = { baseUrl: pagerduty.url, routingKey: pagerdutyKey }
    const channel = { name: 'pager', kind: 'pagerduty', config, routing: { recovery: false } }
    await createChannel({ ctx, input: createChannelSchema.parse(channel) })
    await addHook()
    await raise()
    await deliver()
    const [alert] = (await listAlerts({ ctx, input: { limit: 9 } })).items
    const states = () => [...pagerduty.incidents().values()]
    expect(states()).toEqual(['triggered'])
    await acknowledgeAlert({ ctx, input: { id: alert?.id ?? '' } })
    await deliver()
    expect(states()).toEqual(['acknowledged'])
    await resolve()
    await deliver()
    expect(states()).toEqual(['resolved'])
    expect(told()).toEqual(['opened It failed', 'resolved Recovered: It failed'])
  })
})

describe('a channel that does not deliver', () => {
  it('is reported through the others, never through itself, and is well after a success', async () => {
    const broken = await startHttpReceiver()
    broken.answer = (_, response) => void response.writeHead(500).end()
    const id = await addHook({}, broken)
    await addHook()
    await raise()
    for (let turn = 0; turn < 4; turn += 1) {
      await deliver()
      ctx.clock.advance(60_000)
    }
    const name = (await getChannel({ ctx, input: { id } })).name
    expect(told()).toEqual(['opened It failed', `opened Alerts do not reach ${name}`])
    expect(new Set(told(broken))).toEqual(new Set(['opened It failed']))
    expect(await getChannel({ ctx, input: { id } })).toMatchObject({
      failing: true,
      lastDelivery: { state: 'pending', error: expect.stringContaining('500') },
    })

    broken.answer = (_, response) => void response.end('ok')
    expect(await testChannel({ ctx, input: { id } })).toEqual({ ok: true })
    expect(await getChannel({ ctx, input: { id } })).toMatchObject({ failing: false })
    ctx.clock.advance(hour)
    await deliver()
    expect(told().at(-1)).toBe(`resolved Recovered: Alerts do not reach ${name}`)
    await broken.close()
  })

  it('is given up after ten tries, which the history shows, and is no trouble any more once it is off', async () => {
    const broken = await startHttpReceiver()
    broken.answer = (_, response) => void response.writeHead(500).end()
    const id = await addHook({}, broken)
    await raise()
    for (let turn = 0; turn < 12; turn += 1) {
      await deliver()
      ctx.clock.advance(11 * 60_000)
    }
    expect(broken.requests).toHaveLength(10)
    const { items } = await listDeliveries({ ctx: as(ctx, 'viewer'), input: { id, limit: 9 } })
    expect(items).toMatchObject([{ state: 'failed', attempts: 10, title: 'It failed', nextAt: null }])
    expect(await updateChannel({ ctx, input: { id, patch: { enabled: false } } })).toMatchObject({ failing: false })
    await broken.close()
  })

  it('and answers slowly holds up nobody but itself, and no transaction is open meanwhile', async () => {
    const slow = await startHttpReceiver()
    const held: (() => void)[] = []
    slow.answer = (_, response) => void held.push(() => response.end('ok'))
    await addHook({}, slow)
    await addHook()
    const busy = new Set<string>()
    const run = () => deliverNotifications({ ctx, signal: new AbortController().signal, now: now(), busy })
    await raise()
    const first = run()
    await waitFor('the slow one to be called', () => held.length === 1)
    const open = async () => {
      const [row] = await catalog.db.$queryRaw<{ open: number }[]>`
        SELECT count(*)::int AS open FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'`
      return row?.open
    }
    await waitFor('no transaction to be open', async () => (await open()) === 0, 3_000)
    await raise({ event: 'backup-missed', title: 'It was missed' })
    await waitFor('the first message', () => receiver.requests.length === 1)
    expect(await run()).toBe(1)
    expect(told()).toEqual(['opened It failed', 'opened It was missed'])
    expect(held).toHaveLength(1)
    slow.answer = (_, response) => void response.end('ok')
    for (const answer of held) answer()
    await first
    expect(told(slow)).toEqual(['opened It failed', 'opened It was missed'])
    await slow.close()
  })

  it('hears of an incident before it hears of its end, also after failures', async () => {
    receiver.answer = (_, response) => void response.writeHead(503).end()
    await addHook()
    await raise()
    await deliver()
    ctx.clock.advance(1_000)
    await resolve()
    await deliver()
    receiver.answer = (_, response) => void response.end('ok')
    ctx.clock.advance(60_000)
    await deliver()
    expect(told()).toEqual(['opened It failed', 'opened It failed', 'resolved Recovered: It failed'])
  })

  it('and was left in the middle by a worker that died is told again after a minute', async () => {
    await addHook()
    await raise()
    const stopping = new AbortController()
    receiver.answer = () => stopping.abort(new Error('shutting down'))
    await deliverNotifications({ ctx, signal: stopping.signal, now: now() })
    // An orderly stop hands the message back; a death leaves it claimed.
    expect(await catalog.db.alertDelivery.findFirst()).toMatchObject({ state: 'pending', attempts: 0 })
    const lease = new Date(now().getTime() + 60_000)
    await catalog.db.alertDelivery.updateMany({ data: { attempts: 1, nextAt: lease } })
    receiver.answer = (_, response) => void response.end('ok')
    expect(await deliver()).toBe(0)
    ctx.clock.advance(60_000)
    expect(await deliver()).toBe(1)
  })
})

describe('many incidents at once', () => {
  it('are one mail, and one message each for machines', async () => {
    await using smtp = await startSmtp()
    const config = {
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      from: 'a@example.com',
      to: ['b@example.com'],
    }
    await createChannel({ ctx, input: createChannelSchema.parse({ name: 'mail', kind: 'email', config }) })
    await addHook()
    for (let index = 0; index < 40; index += 1) {
      await raise({ subjectId: `subject-${index}`, sourceId: null, title: `Backup ${index} failed` })
    }
    await deliver()
    expect(receiver.requests).toHaveLength(40)
    expect(smtp.messages).toHaveLength(1)
    const mail = smtp.messages[0]?.text ?? ''
    expect(mail).toContain('Subject: Holdfast [CRITICAL] 40 alerts')
    expect(mail).toContain('Backup 0 failed: Why')
    expect(mail).toContain('and 15 more')
    for (let index = 0; index < 40; index += 1) await resolve('backup-failed', `subject-${index}`)
    await deliver()
    expect(smtp.messages).toHaveLength(2)
    expect(smtp.messages[1]?.text).toContain('40 alerts are over')
  })
})
