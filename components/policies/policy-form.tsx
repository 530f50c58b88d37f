'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { createPolicySchema, type Policy, type PolicyPreview } from '@/lib/contracts/policy'
import type { Source } from '@/lib/contracts/source'
import { sourcesAmong } from '@/lib/client/backup-kinds'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { ActionFields, TimingSections } from '@/components/schedules/timing-sections'
import {
  timingBody,
  timingMessages,
  timingValues,
  type TimingValues,
  type UsualTiming,
} from '@/components/schedules/timing-values'
import { useUsualTiming } from '@/components/schedules/use-usual-timing'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { useForm } from '@/lib/client/hooks/use-form'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { PolicyChangesDialog } from './policy-changes-dialog'

interface PolicyFormProps {
  policy?: Policy
  onSaved: () => void
}

/** A policy and who follows it. Nothing is saved before it was shown what changes for whom. */
export function PolicyForm(props: PolicyFormProps) {
  const sources = useQuery(sourcesQuery())
  const usual = useUsualTiming()
  if (sources.isPending || usual === null) return <SkeletonRows />
  return <KnownPolicyForm {...props} sources={sources.data?.items ?? []} usual={usual} />
}

interface PolicyValues extends TimingValues {
  name: string
  sourceIds: string[]
}
const Enter = fieldsOf<PolicyValues>()

const policyInputOf =
  (sources: readonly Source[]) =>
  ({ name, sourceIds, ...timing }: PolicyValues) => ({
    ...timingBody(timing, sourcesAmong(sources, sourceIds)),
    name,
    sourceIds,
  })

/** The action of a stored one stays. */
const policyPatchOf = (sources: readonly Source[]) => (values: PolicyValues) => {
  const { action: _, ...changes } = policyInputOf(sources)(values)
  return changes
}

interface KnownPolicyFormProps extends PolicyFormProps {
  sources: readonly Source[]
  usual: UsualTiming
}

function KnownPolicyForm({ policy, sources, usual, onSaved }: KnownPolicyFormProps) {
  const followers = policy?.sources.map(({ id }) => id) ?? []
  /** What was sent to be looked at, with what it would change. */
  const [shown, setShown] = useState<{ body: object; preview: PolicyPreview } | null>(null)
  const look = useForm({
    schema: createPolicySchema,
    initial: {
      ...timingValues(policy, usual, sourcesAmong(sources, followers)),
      name: policy?.name ?? '',
      sourceIds: followers,
    },
    inputOf: policyInputOf(sources),
    bodyOf: policy ? policyPatchOf(sources) : policyInputOf(sources),
    more: timingMessages,
    run: (body: object) => {
      save.reset()
      return api<PolicyPreview>(policy ? `/admin/policies/${policy.id}/preview` : '/admin/policies/preview', {
        method: 'POST',
        body,
      })
    },
    onDone: (preview, body) => setShown({ body, preview }),
  })
  const save = useAction({
    // Who was shown that schedules go has agreed to it.
    run: (body: object) =>
      api<Policy>(policy ? `/admin/policies/${policy.id}` : '/admin/policies', {
        method: policy ? 'PATCH' : 'POST',
        body: policy ? { ...body, removeSchedules: true } : body,
      }),
    done: policy ? 'The policy is saved' : 'The policy is added',
    errors: 'inline',
    onDone: onSaved,
    onFailed: look.mark,
  })
  const [timeZone, chosen] = useWatch({ control: look.fields.control, name: ['timeZone', 'sourceIds'] })

  return (
    <Form
      form={look}
      failedTitle="The change cannot be made like this"
      actions={
        <>
          <FormActions>
            <RoleButton needs="admin" type="submit" pending={look.action.isPending}>
              Show what changes
            </RoleButton>
          </FormActions>
          <PolicyChangesDialog
            preview={shown?.preview ?? null}
            timeZone={timeZone}
            error={save.error}
            pending={save.isPending}
            onClose={() => setShown(null)}
            onConfirm={() => shown && save.mutate(shown.body)}
          />
        </>
      }
    >
      <FormSection title="What" note={policy && 'The action stays; add another policy for others.'}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Text name="name" label="Name" />
          <ActionFields fixed={policy !== undefined} sources={sourcesAmong(sources, chosen)} />
        </div>
      </FormSection>
      <TimingSections />
      <FormSection title="Who follows it" note="Each source gets a schedule that is kept in line with the policy.">
        <fieldset>
          <legend className="mb-2 text-[0.8125rem] font-medium">Sources</legend>
          {sources.length === 0 && <p className="text-ink-3">There is none yet; add a source first.</p>}
          <Enter.Checks
            name="sourceIds"
            className="grid gap-2 sm:grid-cols-2"
            choices={sources.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </fieldset>
      </FormSection>
    </Form>
  )
}
