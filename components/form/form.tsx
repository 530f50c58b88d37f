'use client'

import { useEffect, useRef, type ReactNode } from 'react'
import { FormProvider, useFormState, type FieldValues } from 'react-hook-form'
import { ProblemNote } from '@/components/ui/problem-note'
import { cn } from '@/lib/client/cn'
import type { ContractForm } from '@/lib/client/hooks/use-form'

interface FormProps<Values extends FieldValues, In, Out> {
  form: ContractForm<Values, In, Out>
  /** Said over the error at the end of a long form, near the button that was pressed; without it a short form says it first. */
  failedTitle?: string
  /** False where it is shown elsewhere. */
  errorShown?: boolean
  /** What follows the error of a long form: its buttons. */
  actions?: ReactNode
  className?: string
  children: ReactNode
}

/** A form that the page sends, not the browser. Should the browser be faster, `post` keeps the values out of the address. */
export function Form<Values extends FieldValues, In, Out>({
  form,
  failedTitle,
  errorShown = true,
  actions,
  className,
  children,
}: FormProps<Values, In, Out>) {
  const { fields, attempts, submit } = form
  const { error } = form.action
  const element = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (attempts > 0) focusFirstWrong(element.current)
  }, [attempts])
  return (
    <FormProvider {...fields}>
      <form
        ref={element}
        method="post"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          // A dialog inside another form must not send that one, too: React's events follow its own tree.
          event.stopPropagation()
          void submit()
        }}
        className={cn(failedTitle === undefined ? 'space-y-4' : 'space-y-5', className)}
      >
        {error && errorShown && failedTitle === undefined && <ProblemNote error={error} />}
        {children}
        {failedTitle !== undefined && (
          <>
            {error && <ProblemNote error={error} title={failedTitle} />}
            <FieldsNote />
          </>
        )}
        {actions}
      </form>
    </FormProvider>
  )
}

/** The last row of a form: what sends it stands at the right, after what does not. */
export function FormActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2">{children}</div>
}

/** What lies in a part that is closed is shown first. */
function focusFirstWrong(form: HTMLFormElement | null): void {
  const first = form?.querySelector<HTMLElement>('[aria-invalid="true"]')
  const closed = first?.closest('details')
  if (closed) closed.open = true
  first?.focus()
}

/** Near the button of a long form: what is wrong may be out of sight. */
export function FieldsNote() {
  const { errors } = useFormState()
  return (
    Object.keys(errors).length > 0 && (
      <p role="alert" className="text-bad">
        Look at the marked fields.
      </p>
    )
  )
}
