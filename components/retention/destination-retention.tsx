'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Destination } from '@/lib/contracts/destination'
import { retentionWords } from '@/components/schedules/retention-words'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { FormActions } from '@/components/form/form'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import { useAction } from '@/lib/client/hooks/use-action'

/** Whether the copies in this destination go by a policy of its own. */
export function DestinationRetention({ destination }: { destination: Destination }) {
  const policies = useQuery(retentionPoliciesQuery())
  const [policyId, setPolicyId] = useState(destination.retentionPolicyId)
  const save = useAction({
    run: (retentionPolicyId: string | null) =>
      api<Destination>(`/admin/destinations/${destination.id}`, { method: 'PATCH', body: { retentionPolicyId } }),
    done: 'The retention of this destination is saved',
    errors: 'inline',
  })
  const chosen = policies.data?.items.find((policy) => policy.id === policyId)
  return (
    <Card aria-labelledby="destination-retention-title">
      <CardHeader id="destination-retention-title" title="Retention" />
      <CardBody className="space-y-4">
        <Field label="How long copies are kept here" hint={chosen && retentionWords(chosen.rules)}>
          {(control) => (
            <Select
              {...control}
              value={policyId ?? ''}
              onChange={(event) => setPolicyId(event.target.value === '' ? null : event.target.value)}
            >
              <option value="">As each source’s schedule says</option>
              {policies.data?.items.map((policy) => (
                <option key={policy.id} value={policy.id}>
                  {policy.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <p className="text-xs text-ink-3">
          Copies that a change would delete wait for the days of grace, with a notice. The last good one is never
          deleted.
        </p>
        {save.error && <ProblemNote error={save.error} />}
        <FormActions>
          <RoleButton
            needs="admin"
            size="sm"
            pending={save.isPending}
            disabled={policyId === destination.retentionPolicyId}
            title={policyId === destination.retentionPolicyId ? 'Nothing has changed' : undefined}
            onClick={() => save.mutate(policyId)}
          >
            Save the retention
          </RoleButton>
        </FormActions>
      </CardBody>
    </Card>
  )
}
