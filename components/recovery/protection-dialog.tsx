'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import type { LogWay } from '@/lib/contracts/recovery/protection'
import { updateSourceSchema, type Source } from '@/lib/contracts/source'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { continuousCheckQuery } from '@/lib/client/queries/recovery'
import { ContinuousCheckNotes } from './continuous-check'
import {
  objectiveChoices,
  protectionBody,
  protectionMessages,
  protectionValues,
  type ProtectionValues,
} from './protection-values'
import { SwitchOffNote } from './switch-off'

interface ProtectionDialogProps {
  source: Source
  /** What the server keeps for it now. */
  slot: string | null | undefined
  onClose: () => void
}

const Enter = fieldsOf<ProtectionValues>()

const ways = [
  {
    value: 'both',
    label: 'Dumps and continuously',
    hint: 'Any second can be recovered to, and dumps are taken as well.',
  },
  {
    value: 'continuous',
    label: 'Continuously',
    hint: 'Any second can be recovered to. Scheduled backups become base backups: the whole server, restored as a whole.',
  },
  {
    value: 'dumps',
    label: 'Dumps',
    hint: 'One database at the times of its backups: what is committed between two of them is lost with the server.',
  },
]

const logWays = [
  {
    value: 'stream',
    label: 'Holdfast reads it from the server',
    hint: 'A replication connection, and a slot that keeps what is not stored.',
  },
  {
    value: 'push',
    label: 'The server hands it in',
    hint: 'Its archive_command sends each segment with a token of its own. A commit is handed in with its segment: choose an objective longer than archive_timeout.',
  },
]

/** How a source is protected. Before its log is followed, the server is asked whether it has what that needs. */
export function ProtectionDialog({ source, slot, onClose }: ProtectionDialogProps) {
  const { protection } = source
  const isOn = protection.continuous
  const save = useForm({
    schema: updateSourceSchema,
    initial: protectionValues(protection),
    inputOf: protectionBody,
    more: protectionMessages(protection),
    run: (body: unknown) => api<Source>(`/admin/sources/${source.id}`, { method: 'PATCH', body }),
    done: ({ protection: now }) => {
      if (isOn) return now.continuous ? 'The protection is changed' : 'Continuous protection is switched off'
      return 'Continuous protection is switched on'
    },
    onDone: onClose,
  })
  const [way, log] = useWatch({ control: save.fields.control, name: ['protection.way', 'protection.log'] })
  // What works already is not checked again.
  const checked = isOn && log === protection.log ? null : log
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={isOn ? `How ${source.name} is protected` : `Protect ${source.name} continuously`}
      description="Base backups, and the log of the server as it is written: together they lead to any point in between."
    >
      {checked && <ContinuousCheckNotes sourceId={source.id} log={checked} />}
      <Form form={save} className={checked ? 'mt-5' : undefined}>
        <Enter.Radios name="protection.way" label="Protection" choices={ways} />
        {way === 'dumps' ? (
          isOn && (
            <Callout tone="warn" title="This switches continuous protection off">
              <SwitchOffNote slot={slot} />
            </Callout>
          )
        ) : (
          <LogFields source={source} />
        )}
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Close
          </Button>
          <SaveButton source={source} leavesLog={way === 'dumps'} checked={checked} pending={save.action.isPending} />
        </DialogActions>
      </Form>
    </Dialog>
  )
}

function LogFields({ source: { protection } }: { source: Source }) {
  const destinations = useQuery(destinationsQuery())
  return (
    <>
      <Enter.Radios name="protection.log" label="How its log comes" choices={logWays} />
      <Enter.Select
        name="protection.sliceMs"
        label="A commit is stored at the latest after"
        hint="The most that is lost with the server. Shorter means more and smaller objects while there is work; an idle server costs none."
        choices={objectiveChoices(protection.sliceMs)}
        className="max-w-80"
      />
      <fieldset>
        <legend className="mb-1 text-[0.8125rem] font-medium">Destinations of the log</legend>
        {!protection.destinationIds && (
          <p className="mb-2 text-xs text-ink-3">
            None ticked: where its scheduled backups go, else the only destination there is.
          </p>
        )}
        <Enter.Checks
          name="protection.destinationIds"
          choices={destinations.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        />
      </fieldset>
    </>
  )
}

interface SaveButtonProps {
  source: Source
  leavesLog: boolean
  /** The way of its log that the server is asked about first; null: the one that works already. */
  checked: LogWay | null
  pending: boolean
}

function SaveButton({ source, leavesLog, checked, pending }: SaveButtonProps) {
  const isOn = source.protection.continuous
  const check = useQuery({ ...continuousCheckQuery(source.id, checked ?? 'stream'), enabled: checked !== null })
  if (isOn && (leavesLog || checked === null))
    return (
      <Button type="submit" variant={leavesLog ? 'danger' : 'primary'} pending={pending}>
        {leavesLog ? 'Switch off' : 'Save'}
      </Button>
    )
  const isReady = check.data?.ready === true && !check.isFetching
  const reason = leavesLog ? 'Dumps are what protects it now' : isReady ? undefined : 'The server lacks something still'
  return (
    <Button type="submit" pending={pending} disabled={reason !== undefined} title={reason}>
      {isOn ? 'Save' : 'Switch on'}
    </Button>
  )
}
