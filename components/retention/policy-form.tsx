'use client'

import { useEffect, useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createRetentionPolicySchema, type RetentionPolicy } from '@/lib/contracts/retention'
import { retentionWords } from '@/components/schedules/retention-words'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { FormActions } from '@/components/ui/form'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { formatBytes } from '@/lib/client/format/bytes'
import { retentionPreviewQuery } from '@/lib/client/queries/retention'
import { useAction } from '@/lib/client/hooks/use-action'
import { PolicyFields } from './policy-fields'
import { PolicyPreview } from './policy-preview'
import { policyBody, policyValues } from './policy-values'

interface PolicyFormProps {
  policy?: RetentionPolicy
  onSaved: () => void
}

/** Makes or changes a policy. A change that deletes what is kept today is shown first and must be confirmed. */
export function PolicyForm({ policy, onSaved }: PolicyFormProps) {
  const [values, setValues] = useState(() => policyValues(policy))
  const [wrong, setWrong] = useState<FieldErrors>({})
  const [confirming, setConfirming] = useState(false)
  const body = policyBody(values)
  const named = { ...body, name: body.name.trim() || usualName(body.rules) }
  const complete = createRetentionPolicySchema.safeParse(named).success
  const input = policy && complete ? { policyId: policy.id, rules: body.rules } : null
  const settled = useSettled(JSON.stringify(input))
  const settledInput: typeof input = JSON.parse(settled)
  const preview = useQuery(retentionPreviewQuery(settledInput))
  const stale = preview.isFetching || settled !== JSON.stringify(input)
  const unread = policy !== undefined && complete && stale

  const save = useAction({
    run: (request: unknown) =>
      api<RetentionPolicy>(policy ? `/admin/retention-policies/${policy.id}` : '/admin/retention-policies', {
        method: policy ? 'PATCH' : 'POST',
        body: request,
      }),
    done: policy ? 'The policy is saved' : 'The policy is added',
    errors: 'inline',
    onDone: onSaved,
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createRetentionPolicySchema, named)
    setWrong(checked.ok ? {} : checked.errors)
    if (!checked.ok) return
    if (policy && preview.data && preview.data.addedCount > 0) setConfirming(true)
    else save.mutate(named)
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <PolicyFields values={values} errors={errors} onChange={(changes) => setValues({ ...values, ...changes })} />
      {policy && preview.data && <PolicyPreview preview={preview.data} stale={stale} />}
      {policy && preview.error && complete && (
        <ProblemNote error={preview.error} title="The preview could not be made" />
      )}
      {save.error && !confirming && <ProblemNote error={save.error} />}
      <FormActions>
        {complete && (
          <p className="min-w-0 flex-1 basis-60 text-[0.8125rem] text-ink-2">{retentionWords(body.rules)}.</p>
        )}
        <RoleButton
          needs="admin"
          type="submit"
          pending={save.isPending}
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
          pending={save.isPending}
          error={save.error}
          onConfirm={() => save.mutate({ ...named, expectedDeleteCount: preview.data.deleteCount })}
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
    </form>
  )
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

/** The value once nobody has typed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 400)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
