import { useId, type ReactNode } from 'react'
import { Label } from 'radix-ui'
import { cn } from '@/lib/client/cn'

export interface FieldControl {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  optional?: boolean | undefined
  className?: string | undefined
  /** Renders the control with the ids that tie it to its label, hint and error. */
  children: (control: FieldControl) => ReactNode
}

export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const describedBy = [error ? errorId : '', hint ? hintId : ''].filter(Boolean).join(' ')
  return (
    <div className={cn('min-w-0', className)}>
      <Label.Root htmlFor={id} className="mb-1 flex items-baseline gap-2 text-[0.8125rem] font-medium">
        {label}
        {optional && <span className="text-xs font-normal text-ink-3">optional</span>}
      </Label.Root>
      {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={errorId} className="mt-1 text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="mt-1 text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  )
}
