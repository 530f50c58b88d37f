'use client'

import { PlugZap } from 'lucide-react'
import { useWatch } from 'react-hook-form'
import { createDestinationSchema, type Destination, type ProbeReport } from '@/lib/contracts/destination'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { useForm } from '@/lib/client/hooks/use-form'
import {
  destinationInputOf,
  destinationPatchOf,
  emptyDestination,
  secretHintsOf,
  valuesOfDestination,
  type DestinationValues,
} from './destination-values'
import { kindScreens, offeredKinds } from './kinds'
import { PlaceFields } from './place-fields'
import { ProbeResult } from './probe-result'

const Enter = fieldsOf<DestinationValues>()
const kinds = offeredKinds.map((kind) => ({ value: kind, label: destinationContracts[kind].title }))

interface DestinationFormProps {
  destination?: Destination
  onSaved: (destination: Destination) => void
}

export function DestinationForm({ destination, onSaved }: DestinationFormProps) {
  const path = destination ? `/admin/destinations/${destination.id}` : '/admin/destinations'
  const bodyOf = destination ? destinationPatchOf : destinationInputOf
  const form = useForm({
    schema: createDestinationSchema,
    initial: destination ? valuesOfDestination(destination) : emptyDestination,
    inputOf: destinationInputOf,
    bodyOf,
    run: (body: unknown) => api<Destination>(path, { method: destination ? 'PATCH' : 'POST', body }),
    done: (saved) => (destination ? `${saved.name} is saved` : `${saved.name} is added`),
    onDone: onSaved,
  })
  const { control, getValues, reset } = form.fields
  const probe = useAction({
    run: (body: unknown) => api<ProbeReport>(`${path}/test`, { method: 'POST', body }),
    errors: 'inline',
    onFailed: form.mark,
  })
  const values = useWatch({ control, compute: (typed: DestinationValues) => typed })
  const { kind } = values
  const { Fields } = kindScreens[kind]

  /** A name is not needed to try a destination. */
  async function test() {
    if (!(await form.check(['config', 'options']))) return
    const values = getValues()
    probe.mutate(bodyOf({ ...values, name: values.name || 'not named yet' }))
  }

  return (
    <Form
      form={form}
      failedTitle={destination ? 'The destination was not changed' : 'The destination was not added'}
      actions={
        <div className="flex flex-wrap justify-end gap-2">
          <RoleButton needs="admin" variant="secondary" pending={probe.isPending} onClick={() => void test()}>
            <PlugZap aria-hidden /> Test the destination
          </RoleButton>
          <RoleButton needs="admin" type="submit" pending={form.action.isPending}>
            {destination ? 'Save the destination' : 'Add the destination'}
          </RoleButton>
        </div>
      }
    >
      <FormSection title="Destination">
        <Enter.Text name="name" label="Name" placeholder="Offsite bucket" />
        <Enter.Select
          name="kind"
          label="Kind"
          hint={destination && 'The kind of a stored destination stays.'}
          disabled={destination !== undefined}
          choices={kinds}
          choose={(chosen) => {
            const next = offeredKinds.find((each) => each === chosen)
            if (next) reset({ ...getValues(), kind: next, config: kindScreens[next].empty })
          }}
        />
      </FormSection>
      <Fields key={kind} secretHints={destination ? secretHintsOf(destination, values) : {}} />
      <PlaceFields storageClasses={destinationContracts[kind].storageClasses} />
      <div aria-live="polite">
        {probe.error && !probe.isPending && (
          <ProblemNote error={probe.error} title="The destination could not be tested" />
        )}
        {probe.data && !probe.isPending && <ProbeResult report={probe.data} />}
      </div>
    </Form>
  )
}
