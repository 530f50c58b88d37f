'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import type { Started } from '@/lib/contracts/job'
import {
  recoveryUses,
  startRecoverySchema,
  type AskedPoint,
  type StartRecovery,
} from '@/lib/contracts/recovery/recoveries'
import type { Source } from '@/lib/contracts/source'
import { engineScreen } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { restoreGrantsQuery } from '@/lib/client/queries/restore-grants'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { restoreTargets } from '@/lib/client/restore-targets'
import { recoveryUseWords } from '@/lib/client/words/recovery-words'
import { TakeFields } from './take-fields'
import { asInForm, emptyUse, recoveryBody, wrongUse, type UseValues } from './use-values'

const Enter = fieldsOf<UseValues>()
const uses = recoveryUses.map((value) => ({ value, ...recoveryUseWords[value] }))

interface UseFormProps {
  source: Source
  /** Null: none that can be reached is chosen. */
  point: AskedPoint | null
}

/** What the point is recovered for, and the start. */
export function UseForm({ source, point }: UseFormProps) {
  const router = useRouter()
  const { restore } = engineScreen(source.engine)
  const sources = useQuery(sourcesQuery())
  const grants = useQuery(restoreGrantsQuery(source.id))
  const targets =
    sources.data && grants.data
      ? restoreTargets({ sourceId: source.id }, sources.data.items, grants.data.items).filter(
          ({ engine }) => engine === source.engine,
        )
      : null
  const form = useForm({
    schema: startRecoverySchema,
    initial: emptyUse(restore),
    inputOf: (values: UseValues) => recoveryBody(point, values, { restore, firstTarget: targets?.[0]?.id }),
    more: (values) => wrongUse(values, restore),
    run: (body: StartRecovery) =>
      api<Started & { recoveryId: string }>('/admin/recoveries', { method: 'POST', body }).catch((error: unknown) => {
        throw asInForm(error)
      }),
    done: 'The recovery is under way',
    onDone: ({ recoveryId }) => router.push(`/admin/recoveries/${recoveryId}`),
  })
  const use = useWatch({ control: form.fields.control, name: 'use' })
  const nowhere = use === 'take' && targets?.length === 0
  const reason = point
    ? nowhere
      ? 'There is no server it may go to'
      : undefined
    : 'Choose a point that can be reached'
  return (
    <Form
      form={form}
      failedTitle="The recovery was not started"
      actions={
        <FormActions>
          <RoleButton
            needs="operator"
            type="submit"
            pending={form.action.isPending}
            disabled={reason !== undefined}
            title={reason}
          >
            Start the recovery
          </RoleButton>
        </FormActions>
      }
    >
      <FormSection title="What for" note="A recovery needs room for the whole server on the worker’s machine.">
        <Enter.Radios name="use" label="Use" choices={uses} />
        {use === 'take' && <TakeFields source={source} targets={targets} error={sources.error ?? grants.error} />}
        {use === 'hand-over' && (
          <Enter.Text
            name="directory"
            label="New folder"
            hint="On the worker’s machine, where nothing is yet, in a folder that exists. It will belong to the owner of that folder."
            placeholder="/srv/recovered/main"
            inputClassName="font-mono"
            className="max-w-xl"
          />
        )}
      </FormSection>
    </Form>
  )
}
