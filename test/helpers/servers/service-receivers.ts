import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { startHttpReceiver, type HttpReceiver } from './http-receiver'

/** A stand-in for a service that takes what its documentation allows and refuses everything else as the service does. */
export interface ServiceReceiver extends AsyncDisposable {
  url: string
  /** What was accepted. */
  accepted: unknown[]
  /** What was refused, and why. */
  refused: string[]
  receiver: HttpReceiver
  close(): Promise<void>
}

interface Rules {
  /** Refuses (a text) or accepts (null) before the body is looked at. */
  address(path: string, headers: IncomingHttpHeaders): string | null
  body: z.ZodType
  accept: { status: number; text: string }
  refuse(reason: string): { status: number; text: string }
}

async function startService(rules: Rules): Promise<ServiceReceiver> {
  const receiver = await startHttpReceiver()
  const service: ServiceReceiver = {
    url: receiver.url,
    accepted: [],
    refused: [],
    receiver,
    close: () => receiver.close(),
    [Symbol.asyncDispose]: () => receiver.close(),
  }
  receiver.answer = (request, response) => {
    const body = receiver.requests.at(-1)?.body ?? ''
    const reason = rules.address(request.url ?? '', request.headers) ?? wrongIn(rules.body, body)
    if (reason === null) service.accepted.push(JSON.parse(body))
    else service.refused.push(reason)
    const { status, text } = reason === null ? rules.accept : rules.refuse(reason)
    response.writeHead(status).end(text)
  }
  return service
}

function wrongIn(schema: z.ZodType, body: string): string | null {
  try {
    const parsed = schema.safeParse(JSON.parse(body))
    return parsed.success ? null : z.prettifyError(parsed.error)
  } catch {
    return 'not JSON'
  }
}

const isJson = (headers: IncomingHttpHeaders) =>
  headers['content-type'] === 'application/json' ? null : 'the content type must be application/json'

const slackText = z.strictObject({
  type: z.enum(['mrkdwn', 'plain_text']),
  text: z.string().min(1).max(3_000),
  emoji: z.boolean().optional(),
})
const slackBlock = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    text: slackText.extend({ type: z.literal('plain_text'), text: z.string().min(1).max(150) }),
  }),
  z.strictObject({
    type: z.literal('section'),
    text: slackText.optional(),
    fields: z
      .array(slackText.extend({ text: z.string().min(1).max(2_000) }))
      .min(1)
      .max(10)
      .optional(),
  }),
  z.strictObject({ type: z.literal('context'), elements: z.array(slackText).min(1).max(10) }),
  z.strictObject({ type: z.literal('divider') }),
])

/** Slack's incoming webhooks: docs.slack.dev, "Sending messages using incoming webhooks" and the block reference. */
export const startSlack = () =>
  startService({
    address: (path, headers) => (path === '/services/T000/B000/key' ? isJson(headers) : 'no_service'),
    body: z.strictObject({ text: z.string().min(1), blocks: z.array(slackBlock).max(50) }),
    accept: { status: 200, text: 'ok' },
    refuse: () => ({ status: 400, text: 'invalid_blocks' }),
  })

const textRun = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string(),
  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
  color: z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention']).optional(),
  isSubtle: z.boolean().optional(),
})
const adaptiveCard = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.enum(['1.2', '1.3', '1.4', '1.5']),
  msteams: z.strictObject({ width: z.literal('Full') }).optional(),
  body: z.array(z.strictObject({ type: z.literal('RichTextBlock'), inlines: z.array(textRun).min(1) })).min(1),
  actions: z.array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() })).optional(),
})

/** The Workflows trigger "When a Teams webhook request is received": learn.microsoft.com, incoming webhooks with Workflows. */
export const startTeams = () =>
  startService({
    address: (path, headers) => (path.startsWith('/workflows/') ? isJson(headers) : 'not found'),
    body: z.strictObject({
      type: z.literal('message'),
      attachments: z
        .array(
          z.strictObject({
            contentType: z.literal('application/vnd.microsoft.card.adaptive'),
            contentUrl: z.null(),
            content: adaptiveCard,
          }),
        )
        .min(1),
    }),
    accept: { status: 202, text: '' },
    refuse: (reason) => ({ status: 400, text: JSON.stringify({ error: { code: 'InvalidRequest', message: reason } }) }),
  })

const embed = z
  .strictObject({
    title: z.string().max(256),
    description: z.string().max(4_096),
    color: z.number().int().min(0).max(0xffffff),
    timestamp: z.iso.datetime(),
    url: z.url().optional(),
    fields: z
      .array(
        z.strictObject({ name: z.string().min(1).max(256), value: z.string().min(1).max(1_024), inline: z.boolean() }),
      )
      .max(25),
    footer: z.strictObject({ text: z.string().max(2_048) }),
  })
  .refine((each) => {
    const texts = [
      each.title,
      each.description,
      each.footer.text,
      ...each.fields.flatMap(({ name, value }) => [name, value]),
    ]
    return texts.join('').length <= 6_000
  }, 'more than 6000 characters')

/** Discord's "Execute Webhook" and the limits of embeds: discord.com/developers. */
export const startDiscord = () =>
  startService({
    address: (path, headers) => (path === '/api/webhooks/1/key?wait=true' ? isJson(headers) : 'Unknown Webhook'),
    body: z.strictObject({
      username: z
        .string()
        .max(80)
        .refine((name) => !/clyde|discord/i.test(name)),
      allowed_mentions: z.strictObject({ parse: z.array(z.enum(['roles', 'users', 'everyone'])) }),
      embeds: z.array(embed).min(1).max(10),
    }),
    accept: { status: 200, text: '{"id":"1"}' },
    refuse: (reason) => ({ status: 400, text: JSON.stringify({ code: 50_035, message: reason }) }),
  })

export const telegramToken = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'

/** The Bot API's sendMessage: core.telegram.org/bots/api. */
export const startTelegram = () =>
  startService({
    address: (path, headers) => (path === `/bot${telegramToken}/sendMessage` ? isJson(headers) : 'Not Found'),
    body: z.strictObject({
      chat_id: z.string(),
      message_thread_id: z.number().int().optional(),
      text: z.string().min(1).max(4_096),
      entities: z.array(z.strictObject({ type: z.literal('bold'), offset: z.int().min(0), length: z.int().min(1) })),
      link_preview_options: z.strictObject({ is_disabled: z.boolean() }),
    }),
    accept: { status: 200, text: JSON.stringify({ ok: true, result: { message_id: 1 } }) },
    refuse: (reason) => ({
      status: reason === 'Not Found' ? 404 : 400,
      text: JSON.stringify({ ok: false, error_code: 400, description: `Bad Request: ${reason}` }),
    }),
  })

export const pagerdutyKey = '0123456789abcdef0123456789ABCDEF'
const pagerdutyCommon = { routing_key: z.literal(pagerdutyKey), dedup_key: z.string().min(1).max(255) }

/** PagerDuty's Events API v2 with the incidents it keeps: developer.pagerduty.com, "Send an alert event". */
export async function startPagerduty(): Promise<
  ServiceReceiver & { incidents(): Map<string, 'triggered' | 'acknowledged' | 'resolved'> }
> {
  const service = await startService({
    address: (path, headers) => (path === '/v2/enqueue' ? isJson(headers) : 'not found'),
    body: z.discriminatedUnion('event_action', [
      z.strictObject({
        ...pagerdutyCommon,
        event_action: z.literal('trigger'),
        client: z.string().optional(),
        client_url: z.url().optional(),
        links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
        payload: z.strictObject({
          summary: z.string().min(1).max(1_024),
          source: z.string().min(1),
          severity: z.enum(['critical', 'warning', 'error', 'info']),
          timestamp: z.iso.datetime(),
          component: z.string().optional(),
          group: z.string().optional(),
          class: z.string().optional(),
          custom_details: z.record(z.string(), z.unknown()),
        }),
      }),
      z.strictObject({ ...pagerdutyCommon, event_action: z.literal('acknowledge') }),
      z.strictObject({ ...pagerdutyCommon, event_action: z.literal('resolve') }),
    ]),
    accept: { status: 202, text: JSON.stringify({ status: 'success', message: 'Event processed' }) },
    refuse: (reason) => ({ status: 400, text: JSON.stringify({ status: 'invalid event', errors: [reason] }) }),
  })
  const eventSchema = z.object({ event_action: z.enum(['trigger', 'acknowledge', 'resolve']), dedup_key: z.string() })
  const next = { trigger: 'triggered', acknowledge: 'acknowledged', resolve: 'resolved' } as const
  const incidents = () => {
    const events = service.accepted.map((event) => eventSchema.parse(event))
    return new Map(events.map(({ dedup_key: key, event_action: action }) => [key, next[action]] as const))
  }
  return Object.assign(service, { incidents })
}
