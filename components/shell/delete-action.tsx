'use client'

import { useState, type ReactNode } from 'react'
import { Trash2 } from 'lucide-react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { RoleButton } from './role-button'

interface DeleteActionProps {
  /** Of the button, such as "Delete this policy"; the dialog asks it. */
  label: string
  /** Of the button that does it. */
  action: string
  /** Where the API deletes it. */
  path: string
  /** Told when it is done. */
  done: string
  typeToConfirm?: string
  onDeleted?: () => void
  /** What will be lost. */
  children: ReactNode
}

/** Deletes what the page is about, once an administrator has read what that means. */
export function DeleteAction({ label, action, path, done, typeToConfirm, onDeleted, children }: DeleteActionProps) {
  const [asking, setAsking] = useState(false)
  const remove = useAction({
    run: () => api<void>(path, { method: 'DELETE' }),
    done,
    errors: 'inline',
    onDone: () => {
      setAsking(false)
      onDeleted?.()
    },
  })
  return (
    <>
      <RoleButton
        needs="admin"
        variant="ghost"
        size="icon"
        aria-label={label}
        title={label}
        onClick={() => setAsking(true)}
      >
        <Trash2 aria-hidden />
      </RoleButton>
      {asking && (
        <ConfirmDialog
          open
          onOpenChange={setAsking}
          title={`${label}?`}
          action={action}
          pending={remove.isPending}
          error={remove.error}
          {...(typeToConfirm === undefined ? {} : { typeToConfirm })}
          onConfirm={() => remove.mutate(undefined)}
        >
          {children}
        </ConfirmDialog>
      )}
    </>
  )
}
