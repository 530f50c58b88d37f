'use client'

import { useState, type FormEvent } from 'react'
import { createChannelSchema, type Channel } from '@/lib/contracts/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'
import { channelInputOf, emptyChannel, type ChannelValues } from './channel-values'

export function NewChannelDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [values, setValues] = useState<ChannelValues>(emptyChannel)
  const [wrong, setWrong] = useState<FieldErrors>({})
  const create = useAction({
    run: (body: unknown) => api<Channel>('/admin/channels', { method: 'POST', body }),
    done: (channel) => `${channel.name} is added; send it a test`,
    errors: 'inline',
    onDone: () => onOpenChange(false),
  })
  const errors = { ...fieldErrorsOf(create.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createChannelSchema, channelInputOf(values))
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) create.mutate(checked.value)
  }
  type TextField = 'name' | 'host' | 'port' | 'user' | 'password' | 'from' | 'to' | 'url' | 'secret'
  const input = (
    name: TextField,
    label: string,
    extra: { hint?: string; optional?: boolean; type?: string; placeholder?: string } = {},
  ) => (
    <Field
      label={label}
      hint={extra.hint}
      optional={extra.optional}
      error={errors[name] ?? errors[`config.${name}`] ?? errors[`config.${name}.0`]}
    >
      {(control) => (
        <Input
          {...control}
          type={extra.type ?? 'text'}
          autoComplete={extra.type === 'password' ? 'new-password' : 'off'}
          placeholder={extra.placeholder}
          value={values[name]}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add an alert channel">
      <form noValidate onSubmit={submit} className="space-y-4">
        {create.error && <ProblemNote error={create.error} />}
        <Field label="Kind">
          {(control) => (
            <Select
              {...control}
              value={values.kind}
              onChange={(event) =>
                setValues({
                  ...values,
                  kind: event.target.value === 'email' ? 'email' : event.target.value === 'slack' ? 'slack' : 'json',
                })
              }
            >
              <option value="email">E-mail</option>
              <option value="slack">Slack-compatible webhook</option>
              <option value="json">Webhook with JSON</option>
            </Select>
          )}
        </Field>
        {input('name', 'Name', { placeholder: 'On-call' })}
        {values.kind === 'email' ? (
          <>
            {input('to', 'To', { hint: 'Several addresses with commas between' })}
            {input('from', 'From', { placeholder: 'holdfast@example.com' })}
            <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
              {input('host', 'SMTP server')}
              {input('port', 'Port')}
              <Field label="Security">
                {(control) => (
                  <Select
                    {...control}
                    value={values.security}
                    onChange={(event) =>
                      setValues({
                        ...values,
                        security:
                          event.target.value === 'tls' ? 'tls' : event.target.value === 'none' ? 'none' : 'starttls',
                      })
                    }
                  >
                    <option value="starttls">STARTTLS</option>
                    <option value="tls">TLS</option>
                    <option value="none">none</option>
                  </Select>
                )}
              </Field>
            </div>
            <div className="grid gap-4 sm:grid-cols-2">
              {input('user', 'User', { optional: true })}
              {input('password', 'Password', { optional: true, type: 'password' })}
            </div>
          </>
        ) : (
          <>
            {input('url', 'Address', { placeholder: 'https://hooks.example.com/…' })}
            {values.kind === 'json' &&
              input('secret', 'Signing secret', {
                optional: true,
                type: 'password',
                hint: 'Lets the receiver check that it came from here',
              })}
          </>
        )}
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={create.isPending}>
            Add the channel
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
