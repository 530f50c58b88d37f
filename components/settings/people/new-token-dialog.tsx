'use client'

import { useState } from 'react'
import type { z } from 'zod'
import type { Role } from '@/lib/contracts/common'
import { createTokenSchema, type createdTokenSchema } from '@/lib/contracts/people/people'
import type { TokenScope } from '@/lib/contracts/people/token-scope'
import { RoleField } from '@/components/access/role-field'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogActions, DialogSubmit } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'
import { TokenLimits } from './token-limits'

type CreatedToken = z.infer<typeof createdTokenSchema>

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'never expires' },
] as const

export function NewTokenDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [days, setDays] = useState('90')
  const [scopes, setScopes] = useState<TokenScope[]>([])
  const [sourceIds, setSourceIds] = useState<string[]>([])
  const create = useCheckedForm({
    schema: createTokenSchema,
    run: (body) => api<CreatedToken>('/admin/tokens', { method: 'POST', body }),
  })
  const submit = () =>
    create.submit({ name, role, expiresInDays: days === '' ? null : Number(days), scopes, sourceIds })
  if (create.data)
    return (
      <Dialog open={open} onOpenChange={onOpenChange} title={`Token ${create.data.name}`} locked>
        <div className="space-y-4">
          <Callout tone="warn" title="Copy it now: it is shown once">
            Holdfast keeps only its hash.
          </Callout>
          <CodeBlock text={create.data.token} label="Copy" />
        </div>
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>I have copied it</Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Make an API token">
      <Form onSubmit={submit} error={create.error}>
        <TextField label="Name" hint="What uses it" error={create.errors.name} value={name} onChange={setName} />
        <RoleField value={role} onChange={setRole} />
        <Field label="Valid for">
          {(control) => (
            <Select {...control} value={days} onChange={(event) => setDays(event.target.value)}>
              {lifetimes.map((lifetime) => (
                <option key={lifetime.value} value={lifetime.value}>
                  {lifetime.label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <TokenLimits scopes={scopes} sourceIds={sourceIds} onScopes={setScopes} onSources={setSourceIds} />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={create.isPending}>
          Make the token
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
