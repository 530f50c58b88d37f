'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { DeleteAction } from '@/components/shell/delete-action'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { retentionPolicyQuery } from '@/lib/client/queries/retention'
import { RetentionForm } from './retention-form'

export function EditRetentionScreen({ id }: { id: string }) {
  const router = useRouter()
  const { data: policy, error } = useQuery({ ...retentionPolicyQuery(id), refetchInterval: false, staleTime: Infinity })
  const leave = () => router.push('/admin/retention')
  return (
    <>
      <PageHeader
        title={policy?.name ?? 'Retention policy'}
        back={{ href: '/admin/retention', label: 'Retention' }}
        actions={
          <DeleteAction
            label="Delete this policy"
            action="Delete the policy"
            path={`/admin/retention-policies/${id}`}
            done="The policy is deleted"
            onDeleted={leave}
          >
            <p>No backup is deleted by this. A policy that a schedule or a destination names cannot be deleted.</p>
          </DeleteAction>
        }
      />
      {error && !policy && <ProblemNote error={error} />}
      {!error && !policy && <SkeletonRows />}
      {policy && <RetentionForm key={policy.updatedAt} policy={policy} onSaved={leave} />}
    </>
  )
}
