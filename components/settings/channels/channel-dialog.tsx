'use client'

import { useState } from 'react'
import { createChannelSchema, updateChannelSchema, type Channel } from '@/lib/contracts/alerting/alert'
import { channelKinds } from '@/lib/contracts/alerting/channel-config'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { FieldsNote, Form } from '@/components/ui/form'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { channelKindWords } from '@/lib/client/words/words'
import { ChannelFields } from './channel-fields'
import { channelInputOf, channelPatchOf, emptyChannel, secretHintOf, valuesOfChannel, withKind } from './channel-values'
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
  const save = useCheckedForm({
    schema: channel ? updateChannelSchema : createChannelSchema,
    run: (body) =>
      api<Channel>(channel ? `/admin/channels/${channel.id}` : '/admin/channels', {
        method: channel ? 'PATCH' : 'POST',
        body,
      }),
    done: (saved) => (channel ? `${saved.name} is saved` : `${saved.name} is added; send it a test`),
    onDone: () => onOpenChange(false),
  })
  const { errors } = save
  const submit = () => save.submit(channel ? channelPatchOf(values) : channelInputOf(values))
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      wide
      title={channel ? `Change ${channel.name}` : 'Add an alert channel'}
    >
      <Form onSubmit={submit} error={save.error}>
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
          <TextField
            label="Name"
            placeholder="On-call"
            error={errors.name}
            value={values.name}
            onChange={(name) => setValues({ ...values, name })}
          />
        </div>
        <ChannelFields
          values={values}
          errors={errors}
          secretHint={channel?.hasSecret ? secretHintOf(channel, values) : undefined}
          onChange={setValues}
        />
        <RoutingFields
          values={values.routing}
          errors={errors}
          onChange={(routing) => setValues({ ...values, routing })}
        />
        <FieldsNote refused={save.refused} />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={save.isPending}>
          {channel ? 'Save the channel' : 'Add the channel'}
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
