'use client'

import { useState } from 'react'
import type { UseMutationResult } from '@tanstack/react-query'
import type { z } from 'zod'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction, type ActionOptions } from './use-action'

interface CheckedFormOptions<Schema extends z.ZodType, Out> extends Omit<
  ActionOptions<z.input<Schema>, Out>,
  'errors'
> {
  /** What the values have to be before they are sent. */
  schema: Schema
}

export type FormAction<In, Out> = UseMutationResult<Out, Error, In> & {
  /** By the dotted path of the field: what the contract says of the values, and what the server answered. */
  errors: FieldErrors
  /** Values were typed that the contract refuses; nothing was sent. */
  refused: boolean
  /** Sends the values if they are right. `more` are messages that the contract does not know. */
  submit: (values: unknown, more?: FieldErrors) => void
}

/** The action of a form: checks what was typed against the contract, sends it, and says at the fields what is wrong. */
export function useCheckedForm<Schema extends z.ZodType, Out>({
  schema,
  ...options
}: CheckedFormOptions<Schema, Out>): FormAction<z.input<Schema>, Out> {
  const [wrong, setWrong] = useState<FieldErrors>({})
  const action = useAction({ ...options, errors: 'inline' })
  return {
    ...action,
    errors: { ...fieldErrorsOf(action.error), ...wrong },
    refused: Object.keys(wrong).length > 0,
    submit: (values, more = {}) => {
      const checked = checkForm(schema, values)
      const found = { ...(checked.ok ? {} : checked.errors), ...more }
      setWrong(found)
      if (checked.ok && Object.keys(found).length === 0) action.mutate(checked.value)
    },
  }
}
