import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { rewrapCopies } from './rewrap-copies'
import { rewrapPeriods } from './rewrap-periods'

export interface Rewrapped {
  wrapped: number
  /** How many could not be, and the same in words: `4 copies and one log`. */
  left: number
  leftInWords: string
  troubles: string[]
}

/** Wraps the keys of all copies and of all logs for everybody who must be able to open them. */
export async function rewrapAll(
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'openStorage'>,
  run: RunContext,
): Promise<Rewrapped> {
  const copies = await rewrapCopies(ctx, run)
  const logs = await rewrapPeriods(ctx, run)
  const words = [
    ...(copies.left === 1 ? ['one copy'] : copies.left > 1 ? [`${copies.left} copies`] : []),
    ...(logs.left === 1 ? ['one period of a log'] : logs.left > 1 ? [`${logs.left} periods of logs`] : []),
  ].join(' and ')
  return {
    wrapped: copies.wrapped + logs.wrapped,
    left: copies.left + logs.left,
    leftInWords: words.charAt(0).toUpperCase() + words.slice(1),
    troubles: [...copies.troubles, ...logs.troubles],
  }
}
