'use client'

import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { formatPrecise } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { momentsOf, wallTime } from '@/lib/client/wall-time'

interface TimeFieldProps {
  /** An instant in UTC; empty: none. */
  value: string
  onChange: (value: string) => void
}

/** A time with its zone: the viewer's own, or UTC, where no hour comes twice. What is typed stays as it is typed. */
export function TimeField({ value, onChange }: TimeFieldProps) {
  const own = useViewerTimeZone()
  const [inUtc, setInUtc] = useState(false)
  const [typed, setTyped] = useState<{ text: string; value: string } | null>(null)
  const zone = inUtc ? 'UTC' : own
  const at = new Date(value)
  const known = !Number.isNaN(at.getTime())
  const text = typed?.value === value ? typed.text : known ? wallTime(at, zone) : ''
  const moments = momentsOf(text, zone)
  return (
    <div className="space-y-1">
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Time" error={text !== '' && moments.length === 0 ? skipped(zone) : undefined}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              step="0.001"
              className="tabular sm:w-64"
              value={text}
              onChange={({ target }) => {
                const next = momentsOf(target.value, zone)[0]?.toISOString() ?? ''
                setTyped({ text: target.value, value: next })
                onChange(next)
              }}
            />
          )}
        </Field>
        <Field label="Zone">
          {(control) => (
            <Select
              {...control}
              value={inUtc ? 'UTC' : own}
              onChange={({ target }) => {
                setTyped(null)
                setInUtc(target.value !== own)
              }}
            >
              {[...new Set([own, 'UTC'])].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {known && (
        <p className="tabular text-xs text-ink-3">
          {formatPrecise(at, zone)}
          {zone !== 'UTC' && <>, that is {formatPrecise(at, 'UTC')}</>}
          {moments.length > 1 &&
            '. The clocks were put back then: this is the earlier of two. Choose UTC for the other.'}
        </p>
      )}
    </div>
  )
}

const skipped = (zone: string) => `This time did not exist in ${zone}: the clocks were put forward over it.`
