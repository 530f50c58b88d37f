import type { Channel } from '@/lib/contracts/alerting/alert'
import { channelSecrets, type ChannelKind } from '@/lib/contracts/alerting/channel-config'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { emptyRouting, routingInputOf, type RoutingValues, valuesOfRouting } from './routing-values'

/** The form as typed: the fields of every kind, of which those of the chosen one are sent. */
export interface ChannelValues {
  kind: ChannelKind
  name: string
  host: string
  port: string
  security: 'starttls' | 'tls' | 'none'
  user: string
  from: string
  to: string
  url: string
  format: 'json' | 'slack' | 'template'
  template: string
  contentType: string
  chatId: string
  threadId: string
  baseUrl: string
  transport: 'udp' | 'tcp' | 'tls'
  facility: string
  ca: string
  /** Password, address, token or key, whichever the kind has; stays empty to keep the stored one. */
  secret: string
  routing: RoutingValues
}

export const emptyChannel: ChannelValues = {
  kind: 'email',
  name: '',
  host: '',
  port: '587',
  security: 'starttls',
  user: '',
  from: '',
  to: '',
  url: '',
  format: 'json',
  template: '{\n  "text": "{{headline}}",\n  "details": "{{body}}"\n}',
  contentType: 'application/json',
  chatId: '',
  threadId: '',
  baseUrl: '',
  transport: 'udp',
  facility: '16',
  ca: '',
  secret: '',
  routing: emptyRouting,
}

const usualPorts = { email: '587', udp: '514', tcp: '514', tls: '6514' }

/** The form of another kind, with that kind's usual port. */
export const withKind = (values: ChannelValues, kind: ChannelKind): ChannelValues => ({
  ...values,
  kind,
  secret: '',
  port: kind === 'syslog' ? usualPorts[values.transport] : usualPorts.email,
})

export const withTransport = (values: ChannelValues, transport: ChannelValues['transport']): ChannelValues => ({
  ...values,
  transport,
  port: Object.values(usualPorts).includes(values.port) ? usualPorts[transport] : values.port,
})

export function valuesOfChannel({ name, kind, config, routing }: Channel): ChannelValues {
  const text = (field: keyof ChannelValues & string) => {
    const value = config[field]
    return value === undefined || value === null ? String(emptyChannel[field]) : String(value)
  }
  const to = config['to']
  return {
    ...emptyChannel,
    kind,
    name,
    host: text('host'),
    port: text('port'),
    security: oneOf(['starttls', 'tls', 'none'], config['security']),
    user: text('user'),
    from: text('from'),
    to: Array.isArray(to) ? to.join(', ') : '',
    url: text('url'),
    format: oneOf(['json', 'slack', 'template'], config['format']),
    template: text('template'),
    contentType: text('contentType'),
    chatId: text('chatId'),
    threadId: text('threadId'),
    baseUrl: text('baseUrl'),
    transport: oneOf(['udp', 'tcp', 'tls'], config['transport']),
    facility: text('facility'),
    ca: text('ca'),
    routing: valuesOfRouting(routing),
  }
}

function oneOf<T extends string>(allowed: readonly [T, ...T[]], value: unknown): T {
  return allowed.find((each) => each === value) ?? allowed[0]
}

const given = (value: string): string | undefined => value.trim() || undefined
const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value))
const addresses = (text: string) =>
  text
    .split(/[,;\s]+/)
    .map((address) => address.trim())
    .filter(Boolean)

function configOf(values: ChannelValues): Record<string, unknown> {
  const { host, port, secret } = values
  switch (values.kind) {
    case 'email':
      return {
        host,
        port: number(port),
        security: values.security,
        user: given(values.user),
        password: given(secret),
        from: values.from,
        to: addresses(values.to),
      }
    case 'slack':
    case 'teams':
    case 'discord':
      return { url: given(secret) }
    case 'telegram':
      return {
        chatId: values.chatId,
        threadId: number(values.threadId),
        baseUrl: given(values.baseUrl),
        token: given(secret),
      }
    case 'pagerduty':
      return { baseUrl: given(values.baseUrl), routingKey: given(secret) }
    case 'webhook':
      return {
        url: values.url.trim(),
        format: values.format,
        ...(values.format === 'template' ? { template: values.template, contentType: values.contentType.trim() } : {}),
        secret: given(secret),
      }
    case 'syslog':
      return {
        host,
        port: number(port),
        transport: values.transport,
        facility: number(values.facility),
        ca: values.transport === 'tls' ? given(values.ca) : undefined,
      }
  }
}

export const channelInputOf = (values: ChannelValues) => ({
  name: values.name,
  kind: values.kind,
  config: configOf(values),
  routing: routingInputOf(values.routing),
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
  storedSecretHint(channelSecrets[kind]?.reach, config, configOf(values))
