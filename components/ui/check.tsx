'use client'

import { useId, type ReactNode } from 'react'
import { Checkbox as Primitive, Switch as SwitchPrimitive } from 'radix-ui'
import { Check } from 'lucide-react'

interface ToggleProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

export function Checkbox({ label, hint, checked, disabled, onChange }: ToggleProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <Primitive.Root
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(value) => onChange(value === true)}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded border border-line-strong bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent disabled:opacity-50"
      >
        <Primitive.Indicator>
          <Check className="size-3.5" strokeWidth={3} />
        </Primitive.Indicator>
      </Primitive.Root>
      <ToggleLabel id={id} label={label} hint={hint} />
    </div>
  )
}

export function Switch({ label, hint, checked, disabled, onChange }: ToggleProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <SwitchPrimitive.Root
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={onChange}
        className="mt-0.5 h-5 w-9 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors data-[state=checked]:bg-accent disabled:opacity-50"
      >
        <SwitchPrimitive.Thumb className="block size-4 rounded-full bg-white shadow-sm transition-transform data-[state=checked]:translate-x-4" />
      </SwitchPrimitive.Root>
      <ToggleLabel id={id} label={label} hint={hint} />
    </div>
  )
}

function ToggleLabel({ id, label, hint }: { id: string; label: ReactNode; hint: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  )
}
