'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { DeleteAction } from '@/components/shell/delete-action'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { policyQuery } from '@/lib/client/queries/policies'
import { PolicyForm } from './policy-form'

export function EditPolicyScreen({ id }: { id: string }) {
  const router = useRouter()
  const { data: policy, error } = useQuery({ ...policyQuery(id), refetchInterval: false, staleTime: Infinity })
  const leave = () => router.push('/admin/policies')
  return (
    <>
      <PageHeader
        title={policy?.name ?? 'Policy'}
        back={{ href: '/admin/policies', label: 'Policies' }}
        actions={
          policy && (
            <DeleteAction
              label="Delete this policy"
              action="Delete the policy"
              path={`/admin/policies/${id}`}
              done="The policy is deleted"
              onDeleted={leave}
            >
              <p>
                {policy.sources.length > 0
                  ? `${policy.sources.map(({ name }) => name).join(', ')} follow it: take them out first.`
                  : 'No source follows it.'}
              </p>
            </DeleteAction>
          )
        }
      />
      {error && !policy && <ProblemNote error={error} />}
      {!error && !policy && <SkeletonRows />}
      {policy && <PolicyForm key={policy.updatedAt} policy={policy} onSaved={leave} />}
    </>
  )
}
