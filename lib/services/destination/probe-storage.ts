import type { ProbeReport } from '@/lib/contracts/destination'
import type { DestinationSpec } from '@/lib/ports/storage'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'

const probeTimeoutMs = 60_000

/** Opens the store, probes it and closes it again. */
export async function probeStorage(
  ctx: Pick<ServiceContext, 'openStorage' | 'logger' | 'clock'>,
  spec: DestinationSpec,
  signal?: AbortSignal,
): Promise<ProbeReport> {
  const storage = ctx.openStorage(spec)
  try {
    return await storage.probe(briefRun(ctx, probeTimeoutMs, signal))
  } finally {
    await storage.close()
  }
}
