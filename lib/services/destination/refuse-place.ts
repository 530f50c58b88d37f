import type { DestinationKind } from '@/lib/contracts/destinations/index'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'

const withinMs = 30_000

/** Throws `folder-refused` for settings that lead to a place where no backups may go. */
export async function refusePlace(
  ctx: Pick<ServiceContext, 'openStorage' | 'logger' | 'clock'>,
  place: { name: string; kind: DestinationKind; config: Record<string, unknown> },
): Promise<void> {
  // The place alone is asked about, which takes neither an id nor a secret.
  const storage = ctx.openStorage({ ...place, id: '', secrets: {} })
  try {
    await storage.checkPlace?.(briefRun(ctx, withinMs))
  } finally {
    await storage.close()
  }
}
