import { describe, expect, it } from 'vitest'
import type { ChannelKind } from '@/lib/contracts/alerting/channel-config'
import { notifierDrivers } from '@/lib/notify'
import type { Notification } from '@/lib/ports/notifier'
import {
  pagerdutyKey,
  startDiscord,
  startPagerduty,
  startSlack,
  startTeams,
  startTelegram,
  telegramToken,
  type ServiceReceiver,
} from '../helpers/servers/service-receivers'

const notification: Notification = {
  phase: 'opened',
  alertId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  event: 'backup-failed',
  severity: 'critical',
  title: 'Backup of <!channel> @everyone [shop](https://evil.example) failed',
  body: 'The disk of "db1" is full *now*',
  facts: { source: 'shop', exitCode: 1, nothing: null },
  at: new Date('2026-11-21T02:00:00Z'),
  url: 'https://holdfast.example.com/admin/alerts',
}
const phases = ['opened', 'reminder', 'acknowledged', 'resolved', 'test'] as const

/** As long as texts from outside can get. */
const huge: Notification = {
  ...notification,
  title: `Backup of ${'é😀'.repeat(2_000)} failed`,
  body: '*_[line](x)\n'.repeat(3_000),
  facts: Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`fact ${index} ${'n'.repeat(80)}`, '*'.repeat(900)]),
  ),
}

interface Case {
  kind: ChannelKind
  start: () => Promise<ServiceReceiver>
  config: (url: string) => Record<string, unknown>
  secret: (url: string) => string
}
const cases: Case[] = [
  { kind: 'slack', start: startSlack, config: () => ({}), secret: (url) => `${url}/services/T000/B000/key` },
  {
    kind: 'teams',
    start: startTeams,
    config: () => ({}),
    secret: (url) => `${url}/workflows/1/triggers/manual?sig=key`,
  },
  { kind: 'discord', start: startDiscord, config: () => ({}), secret: (url) => `${url}/api/webhooks/1/key` },
  {
    kind: 'telegram',
    start: startTelegram,
    config: (baseUrl) => ({ baseUrl, chatId: '-1001234567890' }),
    secret: () => telegramToken,
  },
  { kind: 'pagerduty', start: startPagerduty, config: (baseUrl) => ({ baseUrl }), secret: () => pagerdutyKey },
]

const send = (
  { kind, config, secret }: Case,
  url: string,
  what = notification,
  signal: AbortSignal = new AbortController().signal,
) => notifierDrivers[kind].send({ name: 'Ops', config: config(url), secret: secret(url) }, what, signal)

describe.each(cases.map((each) => [each.kind, each] as const))('%s', (_, each) => {
  it.each(phases)('takes a message of the phase %s as its documentation demands', async (phase) => {
    await using service = await each.start()
    await send(each, service.url, { ...notification, phase })
    expect(service.refused).toEqual([])
    expect(service.accepted.length).toBeGreaterThan(0)
  })

  it('takes texts of any length, cut to what it allows', async () => {
    await using service = await each.start()
    await send(each, service.url, huge)
    expect(service.refused).toEqual([])
  })

  it('takes a message without facts, text and link', async () => {
    await using service = await each.start()
    const { url: _url, ...rest } = notification
    await send(each, service.url, { ...rest, facts: {}, body: '' })
    expect(service.refused).toEqual([])
  })

  it('that refuses a message is an error that carries its answer and not the secret (security 10)', async () => {
    await using service = await each.start()
    service.receiver.answer = (request, response) => void response.writeHead(404).end(`no ${request.url ?? ''}`)
    const error = await send(each, service.url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'notify-refused', transient: false, facts: { status: 404 } })
    expect(JSON.stringify(error) + String(error)).not.toContain(each.secret(service.url))
  })

  it('that asks for patience is tried again', async () => {
    await using service = await each.start()
    service.receiver.answer = (_request, response) => void response.writeHead(429, { 'retry-after': '17' }).end()
    await expect(send(each, service.url)).rejects.toMatchObject({
      code: 'notify-refused',
      transient: true,
      facts: { retryAfterSeconds: 17 },
    })
  })

  it('that is down is an error without the secret, and may be tried again (security 10)', async () => {
    const service = await each.start()
    await service.close()
    const error = await send(each, service.url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'notify-failed', transient: true })
    expect(JSON.stringify(error) + String(error)).not.toContain(each.secret(service.url))
  })

  it('stops on abort', async () => {
    await using service = await each.start()
    const controller = new AbortController()
    service.receiver.answer = () => controller.abort(new Error('shutting down'))
    await expect(send(each, service.url, notification, controller.signal)).rejects.toThrow('shutting down')
  })

  it('may not lead to the address where clouds serve credentials (security 15)', async () => {
    const at = 'http://169.254.169.254'
    await expect(send(each, at)).rejects.toMatchObject({ code: 'notify-refused' })
  })
})

const textOf = (service: ServiceReceiver) => JSON.stringify(service.accepted)
const byKind = (kind: ChannelKind): Case => {
  const found = cases.find((each) => each.kind === kind)
  if (!found) throw new Error(kind)
  return found
}

describe('text from outside', () => {
  it('is no markup in Slack', async () => {
    await using service = await startSlack()
    await send(byKind('slack'), service.url, { ...notification, body: '<!here> & <https://evil.example|click>' })
    expect(textOf(service)).toContain('&lt;!here&gt; &amp; &lt;https://evil.example|click&gt;')
    expect(service.accepted[0]).toMatchObject({
      blocks: [{ type: 'header', text: { type: 'plain_text' } }, {}, {}, {}],
    })
  })

  it('is no markup and mentions nobody in Discord', async () => {
    await using service = await startDiscord()
    await send(byKind('discord'), service.url)
    expect(service.accepted[0]).toMatchObject({ allowed_mentions: { parse: [] } })
    expect(textOf(service)).toContain('\\\\[shop\\\\]\\\\(https')
    expect(textOf(service)).toContain('\\\\*now\\\\*')
  })

  it('is plain in Telegram, with the first line in bold', async () => {
    await using service = await startTelegram()
    await send(byKind('telegram'), service.url)
    const message = service.accepted[0]
    expect(message).not.toHaveProperty('parse_mode')
    expect(message).toMatchObject({
      chat_id: '-1001234567890',
      entities: [{ offset: 0, length: `[CRITICAL] ${notification.title}`.length }],
    })
  })
})

describe('Telegram', () => {
  it('that answers 200 without success has not taken it', async () => {
    await using service = await startTelegram()
    service.receiver.answer = (_, response) => void response.end('{"ok":false,"description":"chat not found"}')
    await expect(send(byKind('telegram'), service.url)).rejects.toMatchObject({
      code: 'notify-refused',
      // Its words are a fact: messages are shown to more people than facts are.
      message: expect.not.stringContaining('chat not found'),
      facts: { answer: 'chat not found' },
    })
  })
})

describe('Teams', () => {
  it('of the old kind that answers 200 with an error in words has not taken it', async () => {
    await using service = await startTeams()
    service.receiver.answer = (_, response) =>
      void response.end('Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403')
    await expect(send(byKind('teams'), service.url)).rejects.toMatchObject({ code: 'notify-refused' })
  })
})

describe('PagerDuty', () => {
  it('follows an incident from its opening to its end under one key, and a test calls nobody', async () => {
    await using service = await startPagerduty()
    const key = `holdfast:${notification.alertId}`
    const each = byKind('pagerduty')
    for (const [phase, state] of [
      ['opened', 'triggered'],
      ['reminder', 'triggered'],
      ['acknowledged', 'acknowledged'],
      ['resolved', 'resolved'],
    ] as const) {
      await send(each, service.url, { ...notification, phase })
      expect([...service.incidents()]).toEqual([[key, state]])
    }
    await send(each, service.url, { ...notification, phase: 'test', alertId: 'a-test' })
    expect(service.incidents().get('holdfast:a-test')).toBe('resolved')
  })
})
