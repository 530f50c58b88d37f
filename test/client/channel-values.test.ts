import { describe, expect, it } from 'vitest'
import {
  channelInputOf,
  channelPatchOf,
  configFor,
  emptyChannel,
  portFor,
  valuesOfChannel,
} from '@/components/settings/channels/channel-values'
import { createChannelSchema, updateChannelSchema, type Channel } from '@/lib/contracts/alerting/alert'
import { channelKinds, type ChannelKind } from '@/lib/contracts/alerting/channel-config'

/** Of every kind a config as it is stored, without its secret, and the secret. */
const samples: Record<ChannelKind, { config: Record<string, unknown>; secret?: Record<string, string> }> = {
  email: {
    config: {
      host: 'mail.example.com',
      port: 2525,
      security: 'tls',
      user: 'holdfast',
      from: 'holdfast@example.com',
      to: ['dba@example.com', 'on-call@example.com'],
    },
    secret: { password: 'secret' },
  },
  slack: { config: {}, secret: { url: 'https://hooks.slack.com/services/x' } },
  teams: { config: {}, secret: { url: 'https://example.logic.azure.com/workflows/x' } },
  discord: { config: {}, secret: { url: 'https://discord.com/api/webhooks/x' } },
  telegram: {
    config: { chatId: '-1001', threadId: 7 },
    secret: { token: '123456:ABCdefGHIjklMNOpqrSTUvwxYZ012345678' },
  },
  pagerduty: { config: {}, secret: { routingKey: '0123456789abcdef0123456789abcdef' } },
  webhook: {
    config: {
      url: 'https://hooks.example.com/x',
      format: 'template',
      template: '{{title}}',
      contentType: 'text/plain',
    },
    secret: { secret: 'signing' },
  },
  syslog: {
    config: {
      host: 'log.example.com',
      port: 6514,
      transport: 'tls',
      facility: 17,
      ca: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
    },
  },
}

const stored = (kind: ChannelKind): Pick<Channel, 'name' | 'kind' | 'config' | 'routing'> => {
  const routing = {
    minSeverity: 'critical' as const,
    events: ['backup-failed' as const],
    sourceIds: [],
    tags: ['production', 'shop team'],
    instance: false,
    quietHours: { from: '23:00', to: '06:00', timeZone: 'Europe/Athens', weekdays: [1, 2], alsoCritical: true },
    remindHours: null,
    recovery: false,
  }
  return { name: 'On-call', kind, config: samples[kind].config, routing }
}

describe.each(channelKinds)('the form of a channel of the kind %s', (kind) => {
  const channel = stored(kind)

  it('sends what was typed, as the contract takes it', () => {
    const values = valuesOfChannel(channel)
    const { secret = {} } = samples[kind]
    const input = createChannelSchema.parse(channelInputOf({ ...values, config: { ...values.config, ...secret } }))
    expect(input.config).toMatchObject({ ...samples[kind].config, ...secret })
    expect(input.routing).toEqual(channel.routing)
  })

  it('leaves the stored secret alone in an edit', () => {
    const { config } = updateChannelSchema.parse(channelPatchOf(valuesOfChannel(channel)))
    for (const field of Object.keys(samples[kind].secret ?? {})) expect(config?.[field]).toBeUndefined()
  })

  it('takes no secret along from another kind', () => {
    const typed = { ...emptyChannel.config, password: 'a', url: 'b', secret: 'c', token: 'd', routingKey: 'e' }
    expect(configFor(kind, typed)).toMatchObject({ password: '', url: '', secret: '', token: '', routingKey: '' })
  })
})

describe('the port of a channel', () => {
  it('follows the transport while it is a usual one', () => {
    expect(portFor('tls', 514)).toBe(6514)
    expect(portFor('udp', 6514)).toBe(514)
    expect(portFor('tls', 1234)).toBe(1234)
    expect(portFor('tls', null)).toBeNull()
  })
})
