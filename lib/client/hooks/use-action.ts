'use client'

import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiError } from '@/lib/client/api'

export interface ActionOptions<In, Out> {
  run: (input: In) => Promise<Out>
  /** Said when it worked; nothing when absent. */
  done?: string | ((result: Out, input: In) => string)
  onDone?: (result: Out, input: In) => void
  onFailed?: (error: Error) => void
  /** `toast`: the error is shown in a toast. `inline`: the caller shows `error` beside what was asked. */
  errors?: 'toast' | 'inline'
}

/** A change through the API: one press at a time, everything on the screen asked again afterwards. */
export function useAction<In, Out>(options: ActionOptions<In, Out>): UseMutationResult<Out, Error, In> {
  const client = useQueryClient()
  return useMutation<Out, Error, In>({
    mutationFn: options.run,
    onSuccess: (result, input) => {
      if (options.done) toast.success(typeof options.done === 'string' ? options.done : options.done(result, input))
      options.onDone?.(result, input)
    },
    onError: (error) => {
      options.onFailed?.(error)
      if (options.errors !== 'inline') toast.error(error.message, { description: remedyOf(error) })
    },
    onSettled: () => client.invalidateQueries(),
  })
}

const remedyOf = (error: Error): string | undefined => (error instanceof ApiError ? error.problem.remedy : undefined)
