import type { ReactNode } from 'react'
import { cn } from '@/lib/client/cn'
import { ProblemNote } from './problem-note'

interface FormProps {
  onSubmit: () => void
  /** Of the last try; shown above the fields. */
  error?: unknown
  className?: string
  children: ReactNode
}

/** A form that the page sends, not the browser. Should the browser be faster, `post` keeps the values out of the address. */
export function Form({ onSubmit, error, className, children }: FormProps) {
  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
      className={cn('space-y-4', className)}
    >
      {error !== null && error !== undefined && <ProblemNote error={error} />}
      {children}
    </form>
  )
}

/** The last row of a form: what sends it stands at the right, after what does not. */
export function FormActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2">{children}</div>
}

/** Near the button of a long form: what is wrong may be out of sight. */
export function FieldsNote({ refused }: { refused: boolean }) {
  return (
    refused && (
      <p role="alert" className="text-bad">
        Look at the marked fields.
      </p>
    )
  )
}
