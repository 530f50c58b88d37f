'use client'

import type { ReactNode } from 'react'
import { Form, FormActions } from '@/components/form/form'
import { NumberInput } from '@/components/form/text-inputs'
import { RoleButton } from '@/components/shell/role-button'
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

/** By section and name, as the contract has them. */
type NumberValues = Record<string, Record<string, number | null>>

function NumbersForm({ section, fields, save, saved, children, stored }: NumberSettingsProps & { stored: object }) {
  const before = new Map(Object.entries(stored))
  const initial: NumberValues = {
    [section]: Object.fromEntries(fields.map(({ name }) => [name, Number(before.get(name))])),
  }
  const saving = useSaveOperations({ initial, done: saved })
  return (
    <Form form={saving}>
      <div className={cn('grid gap-4', fields.length === 2 ? 'sm:grid-cols-2' : 'sm:grid-cols-3')}>
        {fields.map(({ name, label, hint, percent }) => (
          <NumberInput
            key={name}
            name={`${section}.${name}`}
            label={label}
            hint={hint}
            inputMode="numeric"
            unit={percent ? 'percent' : 1}
          />
        ))}
      </div>
      {children}
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={saving.action.isPending}>
          {save}
        </RoleButton>
      </FormActions>
    </Form>
  )
}
