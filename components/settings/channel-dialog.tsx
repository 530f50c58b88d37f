'use client'

import { useState, type FormEvent } from 'react'
import { createChannelSchema, updateChannelSchema, type Channel } from '@/lib/contracts/alert'
import { channelKinds } from '@/lib/contracts/channel-config'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'
import { useViewerTimeZone } from '@/lib/client/use-viewer-time-zone'
import { channelKindWords } from '@/lib/client/words'
import { ChannelFields } from './channel-fields'
import { channelInputOf, channelPatchOf, emptyChannel, valuesOfChannel, withKind } from './channel-values'
import { RoutingFields } from './routing-fields'

interface ChannelDialogProps {
  /** Absent: a new one. */
  channel?: Channel
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** A new channel, or a stored one with its secret left alone unless another is typed. */
export function ChannelDialog({ channel, open, onOpenChange }: ChannelDialogProps) {
  const zone = useViewerTimeZone()
  const [values, setValues] = useState(() =>
    channel
      ? valuesOfChannel(channel)
      : { ...emptyChannel, routing: { ...emptyChannel.routing, timeZone: zone || 'UTC' } },
  )
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: unknown) =>
      api<Channel>(channel ? `/admin/channels/${channel.id}` : '/admin/channels', {
        method: channel ? 'PATCH' : 'POST',
        body,
      }),
    done: (saved) => (channel ? `${saved.name} is saved` : `${saved.name} is added; send it a test`),
    errors: 'inline',
    onDone: () => onOpenChange(false),
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = channel
      ? checkForm(updateChannelSchema, channelPatchOf(values))
      : checkForm(createChannelSchema, channelInputOf(values))
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate(checked.value)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      wide
      title={channel ? `Change ${channel.name}` : 'Add an alert channel'}
    >
      <form noValidate onSubmit={submit} className="space-y-4">
        {save.error && <ProblemNote error={save.error} />}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Kind">
            {(control) => (
              <Select
                {...control}
                value={values.kind}
                disabled={channel !== undefined}
                onChange={(event) =>
                  setValues(withKind(values, channelKinds.find((kind) => kind === event.target.value) ?? 'email'))
                }
              >
                {channelKinds.map((kind) => (
                  <option key={kind} value={kind}>
                    {channelKindWords[kind]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Name" error={errors.name}>
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                placeholder="On-call"
                value={values.name}
                onChange={(event) => setValues({ ...values, name: event.target.value })}
              />
            )}
          </Field>
        </div>
        <ChannelFields values={values} errors={errors} hasSecret={channel?.hasSecret ?? false} onChange={setValues} />
        <RoutingFields
          values={values.routing}
          errors={errors}
          onChange={(routing) => setValues({ ...values, routing })}
        />
        {Object.keys(wrong).length > 0 && (
          <p role="alert" className="text-bad">
            Look at the marked fields.
          </p>
        )}
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={save.isPending}>
            {channel ? 'Save the channel' : 'Add the channel'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
