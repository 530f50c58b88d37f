'use client'

import { useState } from 'react'
import type { RestorePoint } from '@/lib/contracts/recovery/continuous'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { formatExact } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'

interface NameFieldProps {
  points: readonly RestorePoint[]
  value: string
  onChange: (value: string) => void
}

/** One of the restore points that were written from here, or any other by its name. */
export function NameField({ points, value, onChange }: NameFieldProps) {
  const zone = useViewerTimeZone()
  const [isOther, setOther] = useState(!points.some(({ name }) => name === value))
  return (
    <div className="flex flex-wrap items-start gap-3">
      {points.length > 0 && (
        <Field label="Restore point" className="max-w-full">
          {(control) => (
            <Select
              {...control}
              value={isOther ? '' : value}
              onChange={({ target }) => {
                setOther(target.value === '')
                onChange(target.value)
              }}
            >
              {points.map(({ name, at }) => (
                <option key={`${name} ${at}`} value={name}>
                  {name}, {formatExact(new Date(at), zone)}
                </option>
              ))}
              <option value="">Another one…</option>
            </Select>
          )}
        </Field>
      )}
      {isOther && (
        <Field
          label="Name"
          hint="Of a restore point that was written on the server itself. The log is searched for it when the recovery begins."
          className="max-w-96"
        >
          {(control) => (
            <Input {...control} autoComplete="off" value={value} onChange={({ target }) => onChange(target.value)} />
          )}
        </Field>
      )}
    </div>
  )
}
