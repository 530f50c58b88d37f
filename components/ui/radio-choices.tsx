'use client'

import { useId, type ReactNode } from 'react'
import { RadioGroup } from 'radix-ui'

export interface RadioChoice {
  value: string
  label: ReactNode
  hint?: ReactNode
}

interface RadioChoicesProps {
  label: string
  choices: readonly RadioChoice[]
  value: string
  onChange: (value: string) => void
}

/** One of a few, where each wants a sentence of its own; arrow keys go from one to the next. */
export function RadioChoices({ label, choices, value, onChange }: RadioChoicesProps) {
  const id = useId()
  return (
    <div>
      <p id={id} className="mb-2 text-[0.8125rem] font-medium">
        {label}
      </p>
      <RadioGroup.Root aria-labelledby={id} value={value} onValueChange={onChange} className="space-y-2">
        {choices.map((choice) => {
          const own = `${id}-${choice.value}`
          return (
            <div key={choice.value} className="flex items-start gap-2.5">
              <RadioGroup.Item
                id={own}
                value={choice.value}
                aria-describedby={choice.hint ? `${own}-hint` : undefined}
                className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface data-[state=checked]:border-accent"
              >
                <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
              </RadioGroup.Item>
              <div className="min-w-0">
                <label htmlFor={own} className="font-medium">
                  {choice.label}
                </label>
                {choice.hint && (
                  <p id={`${own}-hint`} className="text-xs text-ink-3">
                    {choice.hint}
                  </p>
                )}
              </div>
            </div>
          )
        })}
      </RadioGroup.Root>
    </div>
  )
}
