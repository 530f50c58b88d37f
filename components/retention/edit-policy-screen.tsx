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
import { retentionPolicyQuery } from '@/lib/client/queries/retention'
import { useAction } from '@/lib/client/use-action'
import { PolicyForm } from './policy-form'

export function EditPolicyScreen({ id }: { id: string }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  const leave = () => router.push('/admin/retention')
  const query = { ...retentionPolicyQuery(id), refetchInterval: false, staleTime: Infinity } as const
  const { data: policy, error } = useQuery(query)
  const remove = useAction({
    run: () => api<void>(`/admin/retention-policies/${id}`, { method: 'DELETE' }),
    done: 'The policy is deleted',
    errors: 'inline',
    onDone: leave,
  })
  return (
    <>
      <PageHeader
        title={policy?.name ?? 'Retention policy'}
        back={{ href: '/admin/retention', label: 'Retention' }}
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
      {policy && <PolicyForm key={policy.updatedAt} policy={policy} onSaved={leave} />}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title="Delete this policy?"
        action="Delete the policy"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>No backup is deleted by this. A policy that a schedule or a destination names cannot be deleted.</p>
      </ConfirmDialog>
    </>
  )
}
