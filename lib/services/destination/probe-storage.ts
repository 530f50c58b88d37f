import type { ProbeReport } from '@/lib/contracts/destination'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { DestinationSpec } from '@/lib/ports/storage'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'

const probeTimeoutMs = 60_000

/**
 * Opens the store, probes it and closes it again. A store that does not answer in time is a report like any other. Throws
 * `folder-refused` for a place that no backups may go to.
 */
export async function probeStorage(
  ctx: Pick<ServiceContext, 'openStorage' | 'logger' | 'clock'>,
  spec: DestinationSpec,
  signal?: AbortSignal,
): Promise<ProbeReport> {
  const storage = ctx.openStorage(spec)
  const startedAt = performance.now()
  const run = briefRun(ctx, probeTimeoutMs, signal)
  try {
    await storage.checkPlace?.(run)
    return await storage.probe(run)
  } catch (error) {
    signal?.throwIfAborted()
    if (!run.signal.aborted && !isUnanswered(error)) throw error
    const told = isUnanswered(error) ? error : unanswered()
    return { ok: false, error: toFailure(told), checks: [], durationMs: performance.now() - startedAt }
  } finally {
    await storage.close()
  }
}

const isUnanswered = (error: unknown) => error instanceof HoldfastError && error.code === 'storage-unreachable'

function unanswered(): HoldfastError {
  return new HoldfastError('storage-unreachable', 'It did not answer in time.', {
    remedy: 'Check the network and the store.',
    transient: true,
  })
}
