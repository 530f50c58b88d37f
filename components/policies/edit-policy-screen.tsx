'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { policyQuery } from '@/lib/client/queries/policies'
import { useAction } from '@/lib/client/use-action'
import { PolicyForm } from './policy-form'

export function EditPolicyScreen({ id }: { id: string }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  const { data: policy, error } = useQuery({ ...policyQuery(id), refetchInterval: false, staleTime: Infinity })
  const back = () => router.push('/admin/policies')
  const remove = useAction({
    run: () => api<void>(`/admin/policies/${id}`, { method: 'DELETE' }),
    done: 'The policy is deleted',
    errors: 'inline',
    onDone: back,
  })
  return (
    <>
      <PageHeader
        title={policy?.name ?? 'Policy'}
        back={{ href: '/admin/policies', label: 'Policies' }}
        actions={
          <RoleButton
            needs="admin"
            variant="ghost"
            size="icon"
            aria-label="Delete this policy"
            title="Delete"
            onClick={() => setDeleting(true)}
          >
            <Trash2 aria-hidden />
          </RoleButton>
        }
      />
      {error && !policy && <ProblemNote error={error} />}
      {!error && !policy && <SkeletonRows />}
      {policy && <PolicyForm key={policy.updatedAt} policy={policy} onSaved={back} />}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title="Delete this policy?"
        action="Delete the policy"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>
          {policy && policy.sources.length > 0
            ? `${policy.sources.map(({ name }) => name).join(', ')} follow it: take them out first.`
            : 'No source follows it.'}
        </p>
      </ConfirmDialog>
    </>
  )
}
