'use client'

import { useState, type FormEvent } from 'react'
import { PlugZap } from 'lucide-react'
import { createDestinationSchema, type Destination, type ProbeReport } from '@/lib/contracts/destination'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { FieldsNote } from '@/components/ui/form'
import { FormSection } from '@/components/ui/form-section'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/hooks/use-action'
import {
  destinationInputOf,
  destinationPatchOf,
  emptyDestination,
  secretHintOf,
  valuesOfDestination,
  type DestinationValues,
} from './destination-values'
import { PlaceFields } from './place-fields'
import { ProbeResult } from './probe-result'
import { S3Fields } from './s3-fields'

interface DestinationFormProps {
  destination?: Destination
  onSaved: (destination: Destination) => void
}

export function DestinationForm({ destination, onSaved }: DestinationFormProps) {
  const [values, setValues] = useState<DestinationValues>(
    destination ? valuesOfDestination(destination) : emptyDestination,
  )
  const [wrong, setWrong] = useState<FieldErrors>({})
  const path = destination ? `/admin/destinations/${destination.id}` : '/admin/destinations'
  const save = useAction({
    run: (body: unknown) => api<Destination>(path, { method: destination ? 'PATCH' : 'POST', body }),
    done: (saved) => (destination ? `${saved.name} is saved` : `${saved.name} is added`),
    errors: 'inline',
    onDone: onSaved,
  })
  const probe = useAction({
    run: (body: unknown) => api<ProbeReport>(`${path}/test`, { method: 'POST', body }),
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(probe.error), ...fieldErrorsOf(save.error), ...wrong }
  const change = (changes: Partial<DestinationValues>) => setValues({ ...values, ...changes })

  /** The parts of the input that may be sent: a stored destination keeps its kind. */
  function ready(name: string) {
    const input = { ...destinationInputOf(values), name }
    const checked = checkForm(createDestinationSchema, input)
    setWrong(checked.ok ? {} : checked.errors)
    if (!checked.ok) return null
    return destination ? { ...destinationPatchOf(values), name } : input
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const body = ready(values.name)
    if (body) save.mutate(body)
  }
  function test() {
    const body = ready(values.name || 'not named yet')
    if (body) probe.mutate(body)
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <FormSection title="Destination">
        <TextField
          label="Name"
          error={errors.name}
          placeholder="Offsite bucket"
          value={values.name}
          onChange={(typed) => change({ name: typed })}
        />
        <Field label="Kind" hint={destination && 'The kind of a stored destination stays.'}>
          {(control) => (
            <Select
              {...control}
              value={values.kind}
              disabled={destination !== undefined}
              onChange={(event) => change({ kind: event.target.value === 'local' ? 'local' : 's3' })}
            >
              <option value="s3">S3 bucket</option>
              <option value="local">Local folder</option>
            </Select>
          )}
        </Field>
        {values.kind === 'local' && (
          <Field
            label="Folder"
            hint="On the worker’s machine. Put it on another disk than the databases."
            error={errors['config.path']}
          >
            {(control) => (
              <Input
                {...control}
                className="font-mono"
                value={values.path}
                autoComplete="off"
                spellCheck={false}
                placeholder="/var/backups/holdfast"
                onChange={(event) => change({ path: event.target.value })}
              />
            )}
          </Field>
        )}
      </FormSection>
      {values.kind === 's3' && (
        <S3Fields
          values={values}
          errors={errors}
          secretHint={destination?.hasSecret ? secretHintOf(destination, values) : undefined}
          onChange={change}
        />
      )}
      <PlaceFields values={values} errors={errors} onChange={change} />
      <div aria-live="polite">
        {probe.error && !probe.isPending && (
          <ProblemNote error={probe.error} title="The destination could not be tested" />
        )}
        {probe.data && !probe.isPending && <ProbeResult report={probe.data} />}
      </div>
      {save.error && (
        <ProblemNote
          error={save.error}
          title={destination ? 'The destination was not changed' : 'The destination was not added'}
        />
      )}
      <FieldsNote refused={Object.keys(wrong).length > 0} />
      <div className="flex flex-wrap justify-end gap-2">
        <RoleButton needs="admin" variant="secondary" pending={probe.isPending} onClick={test}>
          <PlugZap aria-hidden /> Test the destination
        </RoleButton>
        <RoleButton needs="admin" type="submit" pending={save.isPending}>
          {destination ? 'Save the destination' : 'Add the destination'}
        </RoleButton>
      </div>
    </form>
  )
}
