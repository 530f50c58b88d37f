'use client'

import { useState } from 'react'
import { confirmRecoveryKitSchema, type RecoveryKitState } from '@/lib/contracts/settings'
import { Button } from '@/components/ui/button'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

/** Asks for the check word that the kit prints: only someone who has opened the file can type it back. */
export function ConfirmKit({ disabled = false, onConfirmed }: { disabled?: boolean; onConfirmed: () => void }) {
  const [checkWord, setCheckWord] = useState('')
  const form = useCheckedForm({
    schema: confirmRecoveryKitSchema,
    run: (body) => api<RecoveryKitState>('/admin/recovery-kit/confirm', { method: 'POST', body }),
    onDone: onConfirmed,
  })
  return (
    <form
      className="space-y-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        form.submit({ checkWord })
      }}
    >
      <TextField
        label="Check word of the kit"
        hint="Open the file where you stored it, outside this machine. It stands near the beginning, like K7QM-2XPD."
        className="max-w-xs"
        value={checkWord}
        onChange={setCheckWord}
        disabled={disabled}
        error={form.errors['checkWord']}
        spellCheck={false}
        autoCapitalize="characters"
      />
      {form.error && <ProblemNote error={form.error} />}
      <Button type="submit" pending={form.isPending} disabled={disabled || checkWord.trim() === ''}>
        Confirm
      </Button>
    </form>
  )
}
