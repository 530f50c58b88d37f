'use client'

import type { HTMLInputTypeAttribute, ReactNode } from 'react'
import { Field } from '@/components/ui/field'
import { Input, Select, Textarea } from '@/components/ui/input'
import type { FieldErrors } from '@/lib/client/form-errors'
import { withTransport, type ChannelValues } from './channel-values'

type TextField = Exclude<keyof ChannelValues, 'kind' | 'security' | 'format' | 'transport' | 'routing'>

interface ChannelFieldsProps {
  values: ChannelValues
  errors: FieldErrors
  /** Of the secret's field while one is stored. */
  secretHint: string | undefined
  onChange: (values: ChannelValues) => void
}

interface Extra {
  hint?: ReactNode
  optional?: boolean
  type?: HTMLInputTypeAttribute
  placeholder?: string
  rows?: number
}

/** The fields of the chosen kind. */
export function ChannelFields({ values, errors, secretHint, onChange }: ChannelFieldsProps) {
  const change = (changes: Partial<ChannelValues>) => onChange({ ...values, ...changes })
  const text = (name: TextField, label: string, extra: Extra = {}, errorAt: string = name) => (
    <Field
      label={label}
      hint={extra.hint}
      optional={extra.optional}
      error={errors[`config.${errorAt}`] ?? errors[`config.${errorAt}.0`]}
    >
      {(control) =>
        extra.rows ? (
          <Textarea
            {...control}
            rows={extra.rows}
            spellCheck={false}
            className="font-mono text-[0.8125rem]"
            placeholder={extra.placeholder}
            value={values[name]}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        ) : (
          <Input
            {...control}
            type={extra.type ?? 'text'}
            autoComplete={extra.type === 'password' ? 'new-password' : 'off'}
            placeholder={extra.placeholder}
            value={values[name]}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        )
      }
    </Field>
  )
  const secret = (field: string, label: string, extra: Extra = {}) =>
    text('secret', label, { type: 'password', ...extra, ...(secretHint ? { hint: secretHint } : {}) }, field)
  const select = <T extends string>(
    label: string,
    value: T,
    options: readonly (readonly [T, string])[],
    onSelect: (value: T) => void,
  ) => (
    <Field label={label}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onSelect(options.find(([each]) => each === event.target.value)?.[0] ?? value)}
        >
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )

  switch (values.kind) {
    case 'email':
      return (
        <>
          {text('to', 'To', { hint: 'Several addresses with commas between' })}
          {text('from', 'From', { placeholder: 'holdfast@example.com' })}
          <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
            {text('host', 'SMTP server')}
            {text('port', 'Port')}
            {select(
              'Security',
              values.security,
              [
                ['starttls', 'STARTTLS'],
                ['tls', 'TLS'],
                ['none', 'none'],
              ],
              (security) => change({ security }),
            )}
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            {text('user', 'User', { optional: true })}
            {secret('password', 'Password', { optional: true })}
          </div>
        </>
      )
    case 'slack':
      return secret('url', 'Webhook address', {
        placeholder: 'https://hooks.slack.com/services/…',
        hint: 'Of an incoming webhook; also those of Mattermost and Rocket.Chat',
      })
    case 'teams':
      return secret('url', 'Webhook address', {
        placeholder: 'https://….logic.azure.com/workflows/…',
        hint: 'In Teams: Workflows, “Post to a channel when a webhook request is received”',
      })
    case 'discord':
      return secret('url', 'Webhook address', {
        placeholder: 'https://discord.com/api/webhooks/…',
        hint: 'In Discord: channel settings, Integrations, Webhooks',
      })
    case 'telegram':
      return (
        <>
          {secret('token', 'Bot token', { hint: 'From BotFather' })}
          <div className="grid gap-4 sm:grid-cols-2">
            {text('chatId', 'Chat', {
              placeholder: '-1001234567890',
              hint: 'Its number, or @name of a public channel',
            })}
            {text('threadId', 'Topic', { optional: true })}
          </div>
          {text('baseUrl', 'Bot API server', { optional: true, placeholder: 'https://api.telegram.org' })}
        </>
      )
    case 'pagerduty':
      return (
        <>
          {secret('routingKey', 'Integration key', { hint: 'Of an “Events API v2” integration of the service' })}
          {text('baseUrl', 'Events API server', { optional: true, placeholder: 'https://events.pagerduty.com' })}
        </>
      )
    case 'webhook':
      return (
        <>
          {text('url', 'Address', { placeholder: 'https://hooks.example.com/…' })}
          {select(
            'Body',
            values.format,
            [
              ['json', 'The alert as JSON'],
              ['slack', 'Text as Slack-compatible receivers take it'],
              ['template', 'A template of my own'],
            ],
            (format) => change({ format }),
          )}
          {values.format === 'template' && (
            <>
              {text('template', 'Template', {
                rows: 7,
                hint: 'Mustache: {{headline}}, {{title}}, {{body}}, {{severity}}, {{phase}}, {{event}}, {{at}}, {{url}}, {{alertId}}',
              })}
              {text('contentType', 'Media type', { hint: 'Values are escaped for it' })}
            </>
          )}
          {secret('secret', 'Signing secret', {
            optional: true,
            hint: 'Lets the receiver check that it came from here',
          })}
        </>
      )
    case 'syslog':
      return (
        <>
          <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
            {text('host', 'Syslog server')}
            {text('port', 'Port')}
            {select(
              'Transport',
              values.transport,
              [
                ['udp', 'UDP'],
                ['tcp', 'TCP'],
                ['tls', 'TLS'],
              ],
              (transport) => onChange(withTransport(values, transport)),
            )}
          </div>
          {text('facility', 'Facility', { hint: 'Number of RFC 5424; 16 is local0' })}
          {values.transport === 'tls' &&
            text('ca', 'Certificate authority', {
              rows: 4,
              optional: true,
              placeholder: '-----BEGIN CERTIFICATE-----',
              hint: 'PEM; empty: the authorities the system trusts',
            })}
        </>
      )
  }
}
