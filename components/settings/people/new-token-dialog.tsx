'use client'

import type { z } from 'zod'
import type { Role } from '@/lib/contracts/common'
import { createTokenSchema, type createdTokenSchema } from '@/lib/contracts/people/people'
import { RoleField } from '@/components/access/role-field'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogActions, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { TokenLimits, type TokenLimitValues } from './token-limits'

type CreatedToken = z.infer<typeof createdTokenSchema>

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'never expires' },
] as const

interface TokenValues extends TokenLimitValues {
  name: string
  role: Role
  /** One of the lifetimes; empty: it does not expire. */
  expiresInDays: string
}
const empty: TokenValues = { name: '', role: 'operator', expiresInDays: '90', scopes: [], sourceIds: [] }
const Enter = fieldsOf<TokenValues>()

export function NewTokenDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const create = useForm({
    schema: createTokenSchema,
    initial: empty,
    inputOf: ({ expiresInDays, ...values }: TokenValues) => ({
      ...values,
      expiresInDays: expiresInDays === '' ? null : Number(expiresInDays),
    }),
    run: (body) => api<CreatedToken>('/admin/tokens', { method: 'POST', body }),
  })
  const made = create.action.data
  if (made)
    return (
      <Dialog open={open} onOpenChange={onOpenChange} title={`Token ${made.name}`} locked>
        <div className="space-y-4">
          <Callout tone="warn" title="Copy it now: it is shown once">
            Holdfast keeps only its hash.
          </Callout>
          <CodeBlock text={made.token} label="Copy" />
        </div>
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>I have copied it</Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Make an API token">
      <Form form={create}>
        <Enter.Text name="name" label="Name" hint="What uses it" />
        <RoleField />
        <Enter.Select name="expiresInDays" label="Valid for" choices={lifetimes} />
        <TokenLimits />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={create.action.isPending}>
          Make the token
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
