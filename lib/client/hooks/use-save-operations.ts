'use client'

import { updateOperationsSchema, type Operations } from '@/lib/contracts/operations'
import { api } from '@/lib/client/api'
import { useCheckedForm } from './use-checked-form'

interface SaveOptions {
  /** Said when it worked. */
  done: string | ((saved: Operations) => string)
  onDone?: (saved: Operations) => void
}

/** Stores a part of the settings of unattended running. */
export function useSaveOperations(options: SaveOptions) {
  return useCheckedForm({
    schema: updateOperationsSchema,
    run: (body) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    ...options,
  })
}
