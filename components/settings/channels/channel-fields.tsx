'use client'

import type { ComponentProps } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { portFor, type ChannelValues } from './channel-values'

const Enter = fieldsOf<ChannelValues>()

const securities = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS' },
  { value: 'none', label: 'none' },
]
const formats = [
  { value: 'json', label: 'The alert as JSON' },
  { value: 'slack', label: 'Text as Slack-compatible receivers take it' },
  { value: 'template', label: 'A template of my own' },
]
const transports = [
  { value: 'udp', label: 'UDP' },
  { value: 'tcp', label: 'TCP' },
  { value: 'tls', label: 'TLS' },
] as const

/** `secretHint`: of the secret's field while one is stored. */
export function ChannelFields({ secretHint }: { secretHint: string | undefined }) {
  const { getValues, setValue } = useFormContext<ChannelValues>()
  const [kind, format, transport] = useWatch<ChannelValues, ['kind', 'config.format', 'config.transport']>({
    name: ['kind', 'config.format', 'config.transport'],
  })
  const secret = (props: ComponentProps<typeof Enter.Text>) => (
    <Enter.Text {...props} type="password" autoComplete="new-password" hint={secretHint ?? props.hint} />
  )

  switch (kind) {
    case 'email':
      return (
        <>
          <Enter.Words name="config.to" label="To" hint="Several addresses with commas between" between={/[,;\s]+/} />
          <Enter.Text name="config.from" label="From" placeholder="holdfast@example.com" />
          <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
            <Enter.Text name="config.host" label="SMTP server" />
            <Enter.Number name="config.port" label="Port" />
            <Enter.Select name="config.security" label="Security" choices={securities} />
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <Enter.Text name="config.user" label="User" optional />
            {secret({ name: 'config.password', label: 'Password', optional: true })}
          </div>
        </>
      )
    case 'slack':
      return secret({
        name: 'config.url',
        label: 'Webhook address',
        placeholder: 'https://hooks.slack.com/services/…',
        hint: 'Of an incoming webhook; also those of Mattermost and Rocket.Chat',
      })
    case 'teams':
      return secret({
        name: 'config.url',
        label: 'Webhook address',
        placeholder: 'https://….logic.azure.com/workflows/…',
        hint: 'In Teams: Workflows, “Post to a channel when a webhook request is received”',
      })
    case 'discord':
      return secret({
        name: 'config.url',
        label: 'Webhook address',
        placeholder: 'https://discord.com/api/webhooks/…',
        hint: 'In Discord: channel settings, Integrations, Webhooks',
      })
    case 'telegram':
      return (
        <>
          {secret({ name: 'config.token', label: 'Bot token', hint: 'From BotFather' })}
          <div className="grid gap-4 sm:grid-cols-2">
            <Enter.Text
              name="config.chatId"
              label="Chat"
              placeholder="-1001234567890"
              hint="Its number, or @name of a public channel"
            />
            <Enter.Number name="config.threadId" label="Topic" optional />
          </div>
          <Enter.Text name="config.baseUrl" label="Bot API server" optional placeholder="https://api.telegram.org" />
        </>
      )
    case 'pagerduty':
      return (
        <>
          {secret({
            name: 'config.routingKey',
            label: 'Integration key',
            hint: 'Of an “Events API v2” integration of the service',
          })}
          <Enter.Text
            name="config.baseUrl"
            label="Events API server"
            optional
            placeholder="https://events.pagerduty.com"
          />
        </>
      )
    case 'webhook':
      return (
        <>
          <Enter.Text name="config.url" label="Address" placeholder="https://hooks.example.com/…" />
          <Enter.Select name="config.format" label="Body" choices={formats} />
          {format === 'template' && (
            <>
              <Enter.Area
                name="config.template"
                label="Template"
                hint="Mustache: {{headline}}, {{title}}, {{body}}, {{severity}}, {{phase}}, {{event}}, {{at}}, {{url}}, {{alertId}}"
                rows={7}
                spellCheck={false}
                inputClassName="font-mono text-[0.8125rem]"
              />
              <Enter.Text name="config.contentType" label="Media type" hint="Values are escaped for it" />
            </>
          )}
          {secret({
            name: 'config.secret',
            label: 'Signing secret',
            optional: true,
            hint: 'Lets the receiver check that it came from here',
          })}
        </>
      )
    case 'syslog':
      return (
        <>
          <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
            <Enter.Text name="config.host" label="Syslog server" />
            <Enter.Number name="config.port" label="Port" />
            <Enter.Select
              name="config.transport"
              label="Transport"
              choices={transports}
              onChosen={(chosen) => {
                const next = transports.find(({ value }) => value === chosen)
                if (next) setValue('config.port', portFor(next.value, getValues('config.port')))
              }}
            />
          </div>
          <Enter.Number name="config.facility" label="Facility" hint="Number of RFC 5424; 16 is local0" />
          {transport === 'tls' && (
            <Enter.Area
              name="config.ca"
              label="Certificate authority"
              optional
              hint="PEM; empty: the authorities the system trusts"
              rows={4}
              spellCheck={false}
              inputClassName="font-mono text-[0.8125rem]"
              placeholder="-----BEGIN CERTIFICATE-----"
            />
          )}
        </>
      )
  }
}
