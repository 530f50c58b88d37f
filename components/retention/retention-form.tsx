'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { createRetentionPolicySchema, type RetentionPolicy } from '@/lib/contracts/retention'
import { Form, FormActions } from '@/components/form/form'
import { retentionWords } from '@/components/schedules/retention-words'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import { useDebounced } from '@/lib/client/hooks/use-debounced'
import { api } from '@/lib/client/api'
import { formatBytes } from '@/lib/client/format/bytes'
import { retentionPreviewQuery } from '@/lib/client/queries/retention'
import { useForm } from '@/lib/client/hooks/use-form'
import { RetentionFields } from './retention-fields'
import { RetentionPreviewCard } from './retention-preview'
import { retentionBody, retentionValues, type RetentionValues } from './retention-values'

interface RetentionFormProps {
  policy?: RetentionPolicy
  onSaved: () => void
}

/** Makes or changes a policy. A change that deletes what is kept today is shown first and must be confirmed. */
export function RetentionForm({ policy, onSaved }: RetentionFormProps) {
  const [confirming, setConfirming] = useState(false)
  const save = useForm({
    schema: createRetentionPolicySchema,
    initial: retentionValues(policy),
    inputOf: namedBody,
    run: (request: unknown) =>
      api<RetentionPolicy>(policy ? `/admin/retention-policies/${policy.id}` : '/admin/retention-policies', {
        method: policy ? 'PATCH' : 'POST',
        body: request,
      }),
    asks: () => {
      const deletes = policy !== undefined && preview.data !== undefined && preview.data.addedCount > 0
      if (deletes) setConfirming(true)
      return deletes
    },
    done: policy ? 'The policy is saved' : 'The policy is added',
    onDone: onSaved,
  })
  const { control, getValues } = save.fields
  const body = namedBody(useWatch({ control, compute: (typed: RetentionValues) => typed }))
  const complete = createRetentionPolicySchema.safeParse(body).success
  const input = policy && complete ? { policyId: policy.id, rules: body.rules } : null
  const debounced = useDebounced(JSON.stringify(input), 400)
  const debouncedInput: typeof input = JSON.parse(debounced)
  const preview = useQuery(retentionPreviewQuery(debouncedInput))
  const stale = preview.isFetching || debounced !== JSON.stringify(input)
  const unread = policy !== undefined && complete && stale
  const { error, isPending, mutate } = save.action

  return (
    <Form form={save} className="space-y-5" errorShown={false}>
      <RetentionFields />
      {policy && preview.data && <RetentionPreviewCard preview={preview.data} stale={stale} />}
      {policy && preview.error && complete && (
        <ProblemNote error={preview.error} title="The preview could not be made" />
      )}
      {error && !confirming && <ProblemNote error={error} />}
      <FormActions>
        {complete && (
          <p className="min-w-0 flex-1 basis-60 text-[0.8125rem] text-ink-2">{retentionWords(body.rules)}.</p>
        )}
        <RoleButton
          needs="admin"
          type="submit"
          pending={isPending}
          disabled={unread}
          title={unread ? 'What it would delete is being looked up' : undefined}
        >
          {policy ? 'Save the policy' : 'Add the policy'}
        </RoleButton>
      </FormActions>
      {confirming && preview.data && (
        <ConfirmDialog
          open
          onOpenChange={setConfirming}
          title={`Delete ${preview.data.deleteCount} ${preview.data.deleteCount === 1 ? 'backup' : 'backups'} by this policy?`}
          action="Save and delete them"
          pending={isPending}
          error={error}
          onConfirm={() => {
            const agreed = { ...namedBody(getValues()), expectedDeleteCount: preview.data.deleteCount }
            mutate(agreed)
          }}
        >
          <p>
            {preview.data.addedCount} of them are kept by the rules of today: {formatBytes(preview.data.deleteBytes)} of{' '}
            {preview.data.sources.filter((source) => source.deleteCount > 0).length} sources in all.
          </p>
          <p>
            {preview.data.graceDays > 0
              ? `What is kept today is deleted in ${preview.data.graceDays} days. Until then, putting the rules back undoes it.`
              : 'There is no grace time: they are deleted at once, and that cannot be undone.'}
          </p>
        </ConfirmDialog>
      )}
    </Form>
  )
}

function namedBody(values: RetentionValues) {
  const body = retentionBody(values)
  return { ...body, name: body.name.trim() || usualName(body.rules) }
}

/** A policy without a name is called by what it keeps. */
function usualName(rules: Parameters<typeof retentionWords>[0]): string {
  return (
    retentionWords(rules)
      .replace(/^Keeps /, 'Keep ')
      .split(', never')[0]
      ?.slice(0, 100) ?? ''
  )
}
