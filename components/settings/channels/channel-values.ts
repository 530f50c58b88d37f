import type { Channel } from '@/lib/contracts/alerting/alert'
import { channelSecrets, type ChannelKind } from '@/lib/contracts/alerting/channel-config'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { emptyRouting, routingInputOf, type RoutingValues, valuesOfRouting } from './routing-values'

/** The form as typed: the fields of every kind, of which those of the chosen one are sent. */
export interface ChannelValues {
  kind: ChannelKind
  name: string
  config: ConfigValues
  routing: RoutingValues
}

/** Secrets stay empty to keep the stored ones. */
export interface ConfigValues {
  host: string
  port: number | null
  security: 'starttls' | 'tls' | 'none'
  user: string
  password: string
  from: string
  to: string[]
  url: string
  format: 'json' | 'slack' | 'template'
  template: string
  contentType: string
  secret: string
  chatId: string
  threadId: number | null
  token: string
  routingKey: string
  baseUrl: string
  transport: 'udp' | 'tcp' | 'tls'
  facility: number | null
  ca: string
}

const emptyConfig: ConfigValues = {
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  password: '',
  from: '',
  to: [],
  url: '',
  format: 'json',
  template: '{\n  "text": "{{headline}}",\n  "details": "{{body}}"\n}',
  contentType: 'application/json',
  secret: '',
  chatId: '',
  threadId: null,
  token: '',
  routingKey: '',
  baseUrl: '',
  transport: 'udp',
  facility: 16,
  ca: '',
}

export const emptyChannel: ChannelValues = { kind: 'email', name: '', config: emptyConfig, routing: emptyRouting }

const usualPorts = { email: 587, udp: 514, tcp: 514, tls: 6514 }

/** The config of another kind: what was typed, that kind's usual port, and no secret of the one before. */
export const configFor = (kind: ChannelKind, config: ConfigValues): ConfigValues => ({
  ...config,
  password: '',
  url: '',
  secret: '',
  token: '',
  routingKey: '',
  port: kind === 'syslog' ? usualPorts[config.transport] : usualPorts.email,
})

/** The port to take with a transport: its usual one, unless another was typed. */
export const portFor = (transport: ConfigValues['transport'], port: number | null): number | null =>
  port !== null && Object.values(usualPorts).includes(port) ? usualPorts[transport] : port

type StoredChannel = Pick<Channel, 'name' | 'kind' | 'config' | 'routing'>

export function valuesOfChannel({ name, kind, config, routing }: StoredChannel): ChannelValues {
  const text = (field: keyof ConfigValues) => {
    const value = config[field]
    return value === undefined || value === null ? String(emptyConfig[field] ?? '') : String(value)
  }
  const number = (field: 'port' | 'threadId' | 'facility') => {
    const value = config[field]
    return typeof value === 'number' ? value : emptyConfig[field]
  }
  const to = config['to']
  return {
    kind,
    name,
    config: {
      ...emptyConfig,
      host: text('host'),
      port: number('port'),
      security: oneOf(['starttls', 'tls', 'none'], config['security']),
      user: text('user'),
      from: text('from'),
      to: Array.isArray(to) ? to.map(String) : [],
      url: text('url'),
      format: oneOf(['json', 'slack', 'template'], config['format']),
      template: text('template'),
      contentType: text('contentType'),
      chatId: text('chatId'),
      threadId: number('threadId'),
      baseUrl: text('baseUrl'),
      transport: oneOf(['udp', 'tcp', 'tls'], config['transport']),
      facility: number('facility'),
      ca: text('ca'),
    },
    routing: valuesOfRouting(routing),
  }
}

function oneOf<T extends string>(allowed: readonly [T, ...T[]], value: unknown): T {
  return allowed.find((each) => each === value) ?? allowed[0]
}

const given = (value: string): string | undefined => value.trim() || undefined

function configOf(kind: ChannelKind, values: ConfigValues): Record<string, unknown> {
  const { host } = values
  const port = values.port ?? undefined
  switch (kind) {
    case 'email':
      return {
        host,
        port,
        security: values.security,
        user: given(values.user),
        password: given(values.password),
        from: values.from,
        to: values.to,
      }
    case 'slack':
    case 'teams':
    case 'discord':
      return { url: given(values.url) }
    case 'telegram':
      return {
        chatId: values.chatId,
        threadId: values.threadId ?? undefined,
        baseUrl: given(values.baseUrl),
        token: given(values.token),
      }
    case 'pagerduty':
      return { baseUrl: given(values.baseUrl), routingKey: given(values.routingKey) }
    case 'webhook':
      return {
        url: values.url.trim(),
        format: values.format,
        ...(values.format === 'template' ? { template: values.template, contentType: values.contentType.trim() } : {}),
        secret: given(values.secret),
      }
    case 'syslog':
      return {
        host,
        port,
        transport: values.transport,
        facility: values.facility ?? undefined,
        ca: values.transport === 'tls' ? given(values.ca) : undefined,
      }
  }
}

export const channelInputOf = ({ name, kind, config, routing }: ChannelValues) => ({
  name,
  kind,
  config: configOf(kind, config),
  routing: routingInputOf(routing),
})

/** What an edit sends: a field that was emptied is taken away, except the secret, which stays as it is stored. */
export function channelPatchOf(values: ChannelValues) {
  const { name, config, routing } = channelInputOf(values)
  const secrets = ['password', 'url', 'token', 'routingKey', 'secret']
  const kept = Object.entries(config).filter(([field, value]) => value !== undefined || !secrets.includes(field))
  return { name, config: Object.fromEntries(kept.map(([field, value]) => [field, value ?? null])), routing }
}

/** Whether the secret of a stored channel may stay empty with what is typed beside it. */
export const secretHintOf = ({ kind, config }: Channel, values: ChannelValues): string =>
  storedSecretHint(channelSecrets[kind]?.reach, config, configOf(kind, values.config))
