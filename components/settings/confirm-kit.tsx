'use client'

import { useWatch } from 'react-hook-form'
import { confirmRecoveryKitSchema, type RecoveryKitState } from '@/lib/contracts/settings'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'

const empty = { checkWord: '' }
const Enter = fieldsOf<typeof empty>()

/** Asks for the check word that the kit prints: only someone who has opened the file can type it back. */
export function ConfirmKit({ disabled = false, onConfirmed }: { disabled?: boolean; onConfirmed: () => void }) {
  const form = useForm({
    schema: confirmRecoveryKitSchema,
    initial: empty,
    run: (body) => api<RecoveryKitState>('/admin/recovery-kit/confirm', { method: 'POST', body }),
    onDone: onConfirmed,
  })
  const checkWord = useWatch({ control: form.fields.control, name: 'checkWord' })
  return (
    <Form form={form}>
      <Enter.Text
        name="checkWord"
        label="Check word of the kit"
        hint="Open the file where you stored it, outside this machine. It stands near the beginning, like K7QM-2XPD."
        className="max-w-xs"
        disabled={disabled}
        spellCheck={false}
        autoCapitalize="characters"
      />
      <Button type="submit" pending={form.action.isPending} disabled={disabled || checkWord.trim() === ''}>
        Confirm
      </Button>
    </Form>
  )
}
