import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from './context'

/** The RunContext of something a person waits for: ends by itself, or when the caller's own signal does. */
export function briefRun(
  ctx: Pick<ServiceContext, 'logger' | 'clock'>,
  timeoutMs: number,
  signal?: AbortSignal,
): RunContext {
  const limit = AbortSignal.timeout(timeoutMs)
  return {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    logger: ctx.logger,
    clock: ctx.clock,
    progress: () => undefined,
  }
}
