'use client'

import { useState, type FormEvent } from 'react'
import type { z } from 'zod'
import { roles, type Role } from '@/lib/contracts/common'
import { createTokenSchema, type createdTokenSchema } from '@/lib/contracts/people'
import type { TokenScope } from '@/lib/contracts/token-scope'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/use-action'
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
  const [wrong, setWrong] = useState<FieldErrors>({})
  const create = useAction({
    run: (body: unknown) => api<CreatedToken>('/admin/tokens', { method: 'POST', body }),
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(create.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createTokenSchema, {
      name,
      role,
      expiresInDays: days === '' ? null : Number(days),
      scopes,
      sourceIds,
    })
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) create.mutate(checked.value)
  }
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
      <form noValidate onSubmit={submit} className="space-y-4">
        {create.error && <ProblemNote error={create.error} />}
        <Field label="Name" hint="What uses it" error={errors.name}>
          {(control) => (
            <Input {...control} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label="Role" hint={roleWords[role].can}>
          {(control) => (
            <Select
              {...control}
              value={role}
              onChange={(event) => setRole(roles.find((value) => value === event.target.value) ?? 'viewer')}
            >
              {roles.map((value) => (
                <option key={value} value={value}>
                  {roleWords[value].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
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
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={create.isPending}>
            Make the token
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
