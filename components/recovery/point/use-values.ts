import type { AskedPoint, RecoveryUse } from '@/lib/contracts/recovery/recoveries'
import { ApiError } from '@/lib/client/api'
import type { RestoreScreen } from '@/components/engines/engine-screen'

/** What a point is recovered for. The engine has fields of its own in `target`, as for restores. */
export interface UseValues {
  use: RecoveryUse
  directory: string
  take: { database: string }
  /** The source whose server it goes to; empty: the first that is offered. */
  target: { sourceId: string }
}

export const emptyUse = (restore: RestoreScreen): UseValues => ({
  use: 'look',
  directory: '',
  take: { database: '' },
  target: { ...restore.empty, sourceId: '' },
})

/** What the API takes. A point that is not chosen yet is sent nowhere. */
export function recoveryBody(
  point: AskedPoint | null,
  { use, directory, take: { database }, target }: UseValues,
  { restore, firstTarget }: { restore: RestoreScreen; firstTarget: string | undefined },
) {
  const sourceId = target.sourceId || firstTarget
  const take = {
    ...(database.trim() === '' ? {} : { database: database.trim() }),
    into: { ...(sourceId === undefined ? {} : { sourceId }), ...restore.targetOf(target) },
  }
  return {
    ...point,
    use,
    ...(use === 'take' ? { take } : {}),
    ...(use === 'hand-over' ? { directory: directory.trim() } : {}),
  }
}

/** What the contract would say in its own words, or does not know. */
export function wrongUse({ use, directory, target }: UseValues, { wrongOf }: RestoreScreen): Record<string, string> {
  if (use === 'take') return { ...wrongOf?.(target) }
  return use === 'hand-over' && directory.trim() === '' ? { directory: 'Name the new folder' } : {}
}

/** An error of the server with its fields named as the form has them. */
export function asInForm(error: unknown): unknown {
  if (!(error instanceof ApiError) || !error.problem.errors) return error
  const errors = error.problem.errors.map(({ path, message }) => ({
    path: path.replace(/^take\.into\b/, 'target'),
    message,
  }))
  return new ApiError({ ...error.problem, errors })
}
