'use client'

import type { FieldValues } from 'react-hook-form'
import { updateOperationsSchema, type Operations } from '@/lib/contracts/operations'
import { api } from '@/lib/client/api'
import { useForm, type FieldMessages } from './use-form'

interface SaveOptions<Values extends FieldValues> {
  initial: Values
  inputOf?: (values: Values) => unknown
  more?: (values: Values) => FieldMessages
  after?: (saved: Operations) => Values
  /** Said when it worked. */
  done: string | ((saved: Operations) => string)
  onDone?: (saved: Operations) => void
}

/** A form of a part of the settings of unattended running. */
export function useSaveOperations<Values extends FieldValues>(options: SaveOptions<Values>) {
  return useForm({
    schema: updateOperationsSchema,
    run: (body) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    ...options,
  })
}
