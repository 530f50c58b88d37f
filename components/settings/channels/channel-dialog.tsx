'use client'

import { useWatch } from 'react-hook-form'
import { createChannelSchema, updateChannelSchema, type Channel } from '@/lib/contracts/alerting/alert'
import { channelKinds } from '@/lib/contracts/alerting/channel-config'
import { fieldsOf } from '@/components/form/fields-of'
import { FieldsNote, Form } from '@/components/form/form'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { channelKindWords } from '@/lib/client/words/words'
import { ChannelFields } from './channel-fields'
import {
  channelInputOf,
  channelPatchOf,
  configFor,
  emptyChannel,
  secretHintOf,
  valuesOfChannel,
  type ChannelValues,
} from './channel-values'
import { RoutingFields } from './routing-fields'

const Enter = fieldsOf<ChannelValues>()
const kinds = channelKinds.map((kind) => ({ value: kind, label: channelKindWords[kind] }))

interface ChannelDialogProps {
  /** Absent: a new one. */
  channel?: Channel
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** A new channel, or a stored one with its secret left alone unless another is typed. */
export function ChannelDialog({ channel, open, onOpenChange }: ChannelDialogProps) {
  const zone = useViewerTimeZone()
  const inputOf = channel ? channelPatchOf : channelInputOf
  const { quietHours } = emptyChannel.routing
  const save = useForm({
    schema: channel ? updateChannelSchema : createChannelSchema,
    initial: channel
      ? valuesOfChannel(channel)
      : {
          ...emptyChannel,
          routing: { ...emptyChannel.routing, quietHours: { ...quietHours, timeZone: zone || 'UTC' } },
        },
    inputOf,
    run: (body) =>
      api<Channel>(channel ? `/admin/channels/${channel.id}` : '/admin/channels', {
        method: channel ? 'PATCH' : 'POST',
        body,
      }),
    done: (saved) => (channel ? `${saved.name} is saved` : `${saved.name} is added; send it a test`),
    onDone: () => onOpenChange(false),
  })
  const { control, getValues, reset } = save.fields
  const values = useWatch({ control, compute: (typed: ChannelValues) => typed })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      wide
      title={channel ? `Change ${channel.name}` : 'Add an alert channel'}
    >
      <Form form={save}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Select
            name="kind"
            label="Kind"
            disabled={channel !== undefined}
            choices={kinds}
            choose={(chosen) => {
              const kind = channelKinds.find((each) => each === chosen)
              if (kind) reset({ ...getValues(), kind, config: configFor(kind, getValues('config')) })
            }}
          />
          <Enter.Text name="name" label="Name" placeholder="On-call" />
        </div>
        <ChannelFields key={values.kind} secretHint={channel?.hasSecret ? secretHintOf(channel, values) : undefined} />
        <RoutingFields />
        <FieldsNote />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={save.action.isPending}>
          {channel ? 'Save the channel' : 'Add the channel'}
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
