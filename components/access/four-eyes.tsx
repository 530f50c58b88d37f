'use client'

import { useQuery } from '@tanstack/react-query'
import { guardedActions } from '@/lib/contracts/people/access'
import type { Operations, UpdateOperations } from '@/lib/contracts/operations'
import { useMay } from '@/components/shell/viewer'
import { Callout } from '@/components/ui/callout'
import { Switch } from '@/components/ui/check'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { guardedWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { accessSettingsQuery } from '@/lib/client/queries/access'
import { tokensQuery } from '@/lib/client/queries/people'
import { useAction } from '@/lib/client/hooks/use-action'
import { useNow } from '@/lib/client/hooks/use-now'

/** Administrators' tokens behind which stands nobody: with four eyes they are refused what needs two. */
function TokensOfNobody() {
  const now = useNow()
  const { may } = useMay('admin')
  const tokens = useQuery({ ...tokensQuery(), enabled: may })
  const names = tokens.data?.items.flatMap(({ name, role, userId, revokedAt, expiresAt }) => {
    const works = revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now)
    return role === 'admin' && userId === null && works ? [name] : []
  })
  if (!names || names.length === 0) return null
  return (
    <Callout tone="info" title={`Made by no person: ${names.join(', ')}`}>
      With four eyes on, these API tokens are refused everything listed here, because the person who agrees could also
      be the one using them. Use a token that an administrator made.
    </Callout>
  )
}

/** Whether what cannot be undone needs two administrators. */
export function FourEyes() {
  const { may, reason } = useMay('admin')
  const settings = useQuery(accessSettingsQuery())
  const save = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: (saved) => (saved.access.fourEyes ? 'From now on two people have to agree' : 'One administrator is enough'),
    errors: 'inline',
  })
  return (
    <FormSection
      title="Four eyes"
      note="The password or a code is asked for again for each of these, with or without this switch."
    >
      {save.error && <ProblemNote error={save.error} />}
      {!settings.data ? (
        settings.error ? (
          <ProblemNote error={settings.error} />
        ) : (
          <SkeletonRows />
        )
      ) : (
        <Switch
          label="Another administrator has to agree"
          hint={reason ?? 'Also to what API tokens ask for. Turning it off needs their agreement too.'}
          checked={settings.data.access.fourEyes}
          disabled={!may || save.isPending}
          onChange={(fourEyes) => save.mutate({ access: { fourEyes } })}
        />
      )}
      <TokensOfNobody />
      <ul className="list-disc space-y-0.5 pl-5 text-[0.8125rem] text-ink-2">
        {guardedActions.map((action) => (
          <li key={action}>{guardedWords[action]}</li>
        ))}
      </ul>
    </FormSection>
  )
}
