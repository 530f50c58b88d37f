'use client'

import { useState, type ReactNode } from 'react'
import { RoleButton } from '@/components/shell/role-button'
import { Form, FormActions } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { cn } from '@/lib/client/cn'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OperationsCard } from './operations-card'

type Section = 'limits' | 'watch' | 'verification' | 'records' | 'retention'

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
      {(settings) => <NumbersForm key={JSON.stringify(settings[section])} {...props} stored={settings[section]} />}
    </OperationsCard>
  )
}

const shown = (value: number, { percent }: NumberField) => String(percent ? Math.round(value * 100) : value)
const read = (text: string, { percent }: NumberField) => Number(text) / (percent ? 100 : 1)

function NumbersForm({ section, fields, save, saved, children, stored }: NumberSettingsProps & { stored: object }) {
  const before = new Map(Object.entries(stored))
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, shown(Number(before.get(field.name)), field)])),
  )
  const saving = useSaveOperations({ done: saved })
  const submit = () =>
    saving.submit({
      [section]: Object.fromEntries(fields.map((field) => [field.name, read(values[field.name] ?? '', field)])),
    })
  return (
    <Form onSubmit={submit} error={saving.error}>
      <div className={cn('grid gap-4', fields.length === 2 ? 'sm:grid-cols-2' : 'sm:grid-cols-3')}>
        {fields.map(({ name, label, hint }) => (
          <TextField
            key={name}
            label={label}
            hint={hint}
            error={saving.errors[`${section}.${name}`]}
            inputMode="numeric"
            value={values[name] ?? ''}
            onChange={(typed) => setValues({ ...values, [name]: typed })}
          />
        ))}
      </div>
      {children}
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={saving.isPending}>
          {save}
        </RoleButton>
      </FormActions>
    </Form>
  )
}
