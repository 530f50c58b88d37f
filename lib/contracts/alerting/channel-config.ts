import { z } from 'zod'
import { enteredHost, enteredUrl } from '../entered'
import { hostAndPort, normalUrl } from '../../core/secrets/same-place'
import { declareReach, type SecretReach } from '../../core/secrets/secret-reach'

/** Ways to reach people. The screen offers them in this order. */
export const channelKinds = [
  'email',
  'slack',
  'teams',
  'discord',
  'telegram',
  'pagerduty',
  'webhook',
  'syslog',
] as const
export const channelKindSchema = z.enum(channelKinds)
export type ChannelKind = z.infer<typeof channelKindSchema>

const httpUrlSchema = z.url({ protocol: /^https?$/, error: 'Enter an address that begins with https:// or http://' })
const telegramServer = 'https://api.telegram.org'
const pagerdutyServer = 'https://events.pagerduty.com'
/** Where a secret address leads, without what makes it secret. Written by the service, never read from a request. */
const receiver = z.string().optional()

export const emailConfigSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535).default(587),
  /** `starttls` demands the upgrade; `tls` speaks TLS from the first byte; `none` sends in the clear. */
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().optional(),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1),
})

export const webhookConfigSchema = z.object({
  url: httpUrlSchema,
  /** `json`: our alert as it is. `slack`: the text payload of Slack-compatible receivers. `template`: what is below. */
  format: z.enum(['json', 'slack', 'template']).default('json'),
  /** A mustache template of the body, for `template`; its names are those of the JSON (docs/alerts.md). */
  template: z.string().max(20_000).optional(),
  /** Media type of a templated body; values are escaped for it. */
  contentType: z
    .string()
    .trim()
    .max(200)
    .regex(/^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+=[\w"-]+)*$/, 'Enter a media type such as application/json')
    .default('application/json'),
})

/** An incoming webhook; its address is its password. */
export const slackConfigSchema = z.object({ receiver })
/** A webhook of the Workflows app; its address is its password. */
export const teamsConfigSchema = z.object({ receiver })
/** A channel's webhook; its address is its password. */
export const discordConfigSchema = z.object({ receiver })

export const telegramConfigSchema = z.object({
  /** A number (negative for groups) or `@name` of a public channel. */
  chatId: z
    .string()
    .trim()
    .regex(/^(-?\d{1,20}|@\w{4,64})$/, 'Enter the number of the chat, or @name of a public channel'),
  /** Topic of a group that has topics. */
  threadId: z.number().int().min(1).optional(),
  /** Another Bot API server than Telegram's own. */
  baseUrl: httpUrlSchema.default(telegramServer),
})

export const pagerdutyConfigSchema = z.object({
  /** `https://events.eu.pagerduty.com` for accounts of the EU region. */
  baseUrl: httpUrlSchema.default(pagerdutyServer),
})

export const syslogConfigSchema = z.object({
  host: z.string().trim().min(1, 'Enter the host of the syslog server').max(255),
  /** 514 is usual for UDP and TCP, 6514 for TLS. */
  port: z.number().int().min(1).max(65_535).default(514),
  transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  /** Facility number of RFC 5424; 16 is local0. */
  facility: z.number().int().min(0).max(23).default(16),
  /** PEM of the authority that signed the server's certificate; absent: those of the system. */
  ca: z
    .string()
    .max(100_000)
    .regex(/-----BEGIN CERTIFICATE-----/, 'Enter the certificate in PEM')
    .optional(),
})

export type EmailConfig = z.infer<typeof emailConfigSchema>
export type WebhookConfig = z.infer<typeof webhookConfigSchema>
export type TelegramConfig = z.infer<typeof telegramConfigSchema>
export type PagerdutyConfig = z.infer<typeof pagerdutyConfigSchema>
export type SyslogConfig = z.infer<typeof syslogConfigSchema>

/** What is entered for each kind, without its secret; drivers read what is stored by the looser ones above. */
export const channelConfigSchemas = {
  email: emailConfigSchema.extend({ host: enteredHost('Enter the mail server') }),
  slack: slackConfigSchema,
  teams: teamsConfigSchema,
  discord: discordConfigSchema,
  telegram: telegramConfigSchema.extend({ baseUrl: enteredUrl().default(telegramServer) }),
  pagerduty: pagerdutyConfigSchema.extend({ baseUrl: enteredUrl().default(pagerdutyServer) }),
  webhook: webhookConfigSchema.extend({ url: enteredUrl() }),
  syslog: syslogConfigSchema.extend({ host: enteredHost('Enter the host of the syslog server') }),
} satisfies Record<ChannelKind, z.ZodType>

const routingKeySchema = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z]{32}$/, 'Enter the integration key: 32 letters and digits')
const botTokenSchema = z
  .string()
  .trim()
  .regex(/^\d+:[\w-]{20,}$/, 'Enter the token that BotFather gave, such as 123456:ABC-DEF…')

/** A secret that is an address is sent nowhere but to itself: another place is another secret. */
const reachesItself = (settings: typeof slackConfigSchema): SecretReach =>
  declareReach(settings, { field: 'config.url', name: 'webhook address' }, { receiver: 'aside' })

const emailReach = declareReach(
  emailConfigSchema,
  { field: 'config.password', name: 'password' },
  {
    host: { called: 'the server or port', where: ({ host, port }) => [hostAndPort(host, port)] },
    port: { readWith: 'host' },
    // Both check the server's certificate before anything is sent.
    security: { called: 'the security', strength: ({ security }) => (security === 'none' ? 0 : 1) },
    user: 'aside',
    from: 'aside',
    to: 'aside',
  },
)
const telegramReach = declareReach(
  telegramConfigSchema,
  { field: 'config.token', name: 'bot token' },
  {
    baseUrl: { called: 'the Bot API server', where: ({ baseUrl }) => [normalUrl(baseUrl)] },
    chatId: 'aside',
    threadId: 'aside',
  },
)
const pagerdutyReach = declareReach(
  pagerdutyConfigSchema,
  { field: 'config.routingKey', name: 'integration key' },
  { baseUrl: { called: 'the Events API server', where: ({ baseUrl }) => [normalUrl(baseUrl)] } },
)
const webhookReach = declareReach(
  webhookConfigSchema,
  { field: 'config.secret', name: 'signing secret' },
  {
    url: { called: 'the address', where: ({ url }) => [normalUrl(url)] },
    format: 'aside',
    template: 'aside',
    contentType: 'aside',
  },
)

/** The write-only field of each kind: its name, its shape, whether a channel can do without it, and where it goes. */
export const channelSecrets: Record<
  ChannelKind,
  { field: string; schema: z.ZodType<string>; required: boolean; reach: SecretReach } | null
> = {
  email: { field: 'password', schema: z.string().max(4_096), required: false, reach: emailReach },
  slack: { field: 'url', schema: httpUrlSchema, required: true, reach: reachesItself(slackConfigSchema) },
  teams: { field: 'url', schema: httpUrlSchema, required: true, reach: reachesItself(teamsConfigSchema) },
  discord: { field: 'url', schema: httpUrlSchema, required: true, reach: reachesItself(discordConfigSchema) },
  telegram: { field: 'token', schema: botTokenSchema, required: true, reach: telegramReach },
  pagerduty: { field: 'routingKey', schema: routingKeySchema, required: true, reach: pagerdutyReach },
  webhook: { field: 'secret', schema: z.string().max(4_096), required: false, reach: webhookReach },
  syslog: null,
}

/** As it is created: the config with its secret, which is never answered. */
export const newChannelConfigSchemas = {
  email: channelConfigSchemas.email.extend({ password: z.string().max(4_096).optional() }),
  slack: z.object({ url: httpUrlSchema }),
  teams: z.object({ url: httpUrlSchema }),
  discord: z.object({ url: httpUrlSchema }),
  telegram: channelConfigSchemas.telegram.extend({ token: botTokenSchema }),
  pagerduty: channelConfigSchemas.pagerduty.extend({ routingKey: routingKeySchema }),
  webhook: channelConfigSchemas.webhook.extend({ secret: z.string().max(4_096).optional() }),
  syslog: channelConfigSchemas.syslog,
} satisfies Record<ChannelKind, z.ZodType>

/** Whether the receiver keeps an incident of its own, and so has to receive its end and its acknowledgement. */
const keepsIncidents: Record<ChannelKind, boolean> = {
  email: false,
  slack: false,
  teams: false,
  discord: false,
  telegram: false,
  pagerduty: true,
  webhook: false,
  syslog: false,
}
/** Of a kind that only a later version knows, nothing is. */
export function followsIncidents(kind: string): boolean {
  const known = channelKindSchema.safeParse(kind).data
  return known !== undefined && keepsIncidents[known]
}
