'use client'

import { useState } from 'react'
import { zodResolver } from '@hookform/resolvers/zod'
import type { UseMutationResult } from '@tanstack/react-query'
import {
  set,
  useForm as useFields,
  type DefaultValues,
  type FieldPath,
  type FieldValues,
  type Resolver,
  type UseFormReturn,
} from 'react-hook-form'
import { z } from 'zod'
import { ApiError } from '@/lib/client/api'
import { useAction, type ActionOptions } from './use-action'

/** Messages by the dotted path of the field that they are about. */
export type FieldMessages = Readonly<Record<string, string>>

interface FormOptions<Values extends FieldValues, Schema extends z.ZodType, Out> extends Omit<
  ActionOptions<z.input<Schema>, Out>,
  'errors' | 'onFailed'
> {
  /** The contract: what the input has to be before it is sent. */
  schema: Schema
  /** Of every field; null where one is empty that has no text. */
  initial: Values
  /**
   * What is checked and sent; the values themselves when absent. Fields are named by the contract's paths, so that what
   * the contract or the server says of a path stands at its field.
   */
  inputOf?: (values: Values) => unknown
  /** What is sent where that is not what is checked: an edit sends a patch. */
  bodyOf?: (values: Values) => unknown
  /** Messages that the contract does not know. */
  more?: (values: Values) => FieldMessages
  /** Asked before the input is sent: true if someone is asked first, who may send it then. */
  asks?: () => boolean
  /** What the form holds once it was sent; absent: what was sent. */
  after?: (result: Out) => Values
}

export interface ContractForm<Values extends FieldValues, In = unknown, Out = unknown> {
  /** Values, errors and controls, for the fields inside `Form`. */
  fields: UseFormReturn<Values>
  action: UseMutationResult<Out, Error, In>
  /** How often it was looked at what is wrong: with each, `Form` leads to the first wrong field. */
  attempts: number
  /** Sends the input if it is right; else marks the wrong fields and leads to the first. */
  submit: () => Promise<void>
  /** Whether these fields, and all below them, are right; marks those that are not. */
  check: (names: FieldPath<Values>[]) => Promise<boolean>
  /** Marks the fields that an error of another request names. */
  mark: (error: unknown) => void
}

/** A form that a contract checks. What it refuses is not sent; what the server refuses is marked in the same way. */
export function useForm<Values extends FieldValues, Schema extends z.ZodType, Out>({
  schema,
  initial,
  inputOf = (values) => values,
  bodyOf = inputOf,
  more = () => ({}),
  asks,
  after,
  onDone,
  ...options
}: FormOptions<Values, Schema, Out>): ContractForm<Values, z.input<Schema>, Out> {
  const fields = useFields<Values>({
    defaultValues: completeDefaults(initial),
    resolver: contractResolver(schema, inputOf, more),
    // The library knows fields in the order in which they came; people read them from top to bottom.
    shouldFocusError: false,
  })
  const action = useAction({
    ...options,
    errors: 'inline',
    onFailed: mark,
    onDone: (result, input) => {
      if (after) fields.reset(after(result))
      onDone?.(result, input)
    },
  })
  const [attempts, setAttempts] = useState(0)
  const looked = () => setAttempts((count) => count + 1)

  function mark(error: unknown) {
    if (!(error instanceof ApiError)) return
    for (const { path, message } of error.problem.errors ?? [])
      fields.setError(fieldAt(path), { type: 'server', message })
    looked()
  }
  return {
    fields,
    action,
    attempts,
    mark,
    async submit() {
      await fields.handleSubmit((values) => {
        if (!asks?.()) action.mutate(checkedInput<z.input<Schema>>(bodyOf(values)))
      })()
      looked()
    },
    async check(names) {
      const right = await fields.trigger(names)
      looked()
      return right
    },
  }
}

/** The contract decides about the input; the values stay what they are, since the server applies defaults itself. */
function contractResolver<Values extends FieldValues>(
  schema: z.ZodType,
  inputOf: (values: Values) => unknown,
  more: (values: Values) => FieldMessages,
): Resolver<Values> {
  const contract = zodResolver(z.custom<Values>().transform(inputOf).pipe(schema), undefined, { raw: true })
  return async (values, context, options) => {
    const { errors } = await contract(values, context, options)
    for (const [path, message] of Object.entries(more(values))) set(errors, path, { type: 'form', message })
    return Object.keys(errors).length === 0 ? { values, errors: {} } : { values: {}, errors }
  }
}

/** The library takes a part of the defaults; all of them are a part, too. */
const completeDefaults = <Values extends FieldValues>(initial: Values) => initial as DefaultValues<Values>
/** A path of the contract; one without a field of its own marks nothing, and the note above the form says it. */
const fieldAt = <Values extends FieldValues>(path: string) => path as FieldPath<Values>
/** Only called with what the resolver let pass. */
const checkedInput = <In>(input: unknown) => input as In
