'use client'

import { useState, type FormEvent, type ReactNode } from 'react'
import { type Operations, type UpdateOperations, updateOperationsSchema } from '@/lib/contracts/operations'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'
import { OperationsCard } from './operations-card'

type Section = 'limits' | 'watch' | 'verification' | 'records'

export interface NumberField {
  name: string
  label: string
  hint: string
  /** Stored as a share of 1, shown as a percentage. */
  percent?: boolean
}

interface NumberSettingsProps {
  section: Section
  title: string
  note: string
  fields: readonly NumberField[]
  /** Of the button, such as "Save the limits". */
  save: string
  /** Told when it is done. */
  saved: string
  children?: ReactNode
}

/** A card of one section of the settings whose fields are numbers. */
export function NumberSettings(props: NumberSettingsProps) {
  const { section, title, note } = props
  return (
    <OperationsCard id={`${section}-title`} title={title} note={note}>
      {(settings) => <Form key={JSON.stringify(settings[section])} {...props} stored={settings[section]} />}
    </OperationsCard>
  )
}

const shown = (value: number, { percent }: NumberField) => String(percent ? Math.round(value * 100) : value)
const read = (text: string, { percent }: NumberField) => Number(text) / (percent ? 100 : 1)

function Form({ section, fields, save, saved, children, stored }: NumberSettingsProps & { stored: object }) {
  const before = new Map(Object.entries(stored))
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, shown(Number(before.get(field.name)), field)])),
  )
  const [wrong, setWrong] = useState<FieldErrors>({})
  const saving = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: saved,
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(saving.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const typed = Object.fromEntries(fields.map((field) => [field.name, read(values[field.name] ?? '', field)]))
    const body = { [section]: typed }
    const checked = checkForm(updateOperationsSchema, body)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) saving.mutate(body)
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {saving.error && <ProblemNote error={saving.error} />}
      <div className="grid gap-4 sm:grid-cols-3">
        {fields.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} error={errors[`${section}.${name}`]}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {children}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" size="sm" pending={saving.isPending}>
          {save}
        </RoleButton>
      </div>
    </form>
  )
}
