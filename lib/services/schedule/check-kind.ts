import type { ScheduleOptions } from '@/lib/contracts/schedule'
import { methodOf } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'

/** Throws `invalid-input` at the kind of backup when the engine of one of the sources has none of that kind: no run would succeed. */
export async function checkKind(
  tx: Tx,
  { action, sourceIds, method }: { action: string; sourceIds: string[] } & Pick<ScheduleOptions, 'method'>,
): Promise<void> {
  if (action !== 'backup' || method === null) return
  const sources = await tx.source.findMany({ where: { id: { in: sourceIds } }, select: { name: true, engine: true } })
  for (const { name, engine } of sources) {
    try {
      methodOf(engine, method)
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'kind-unsupported') throw error
      const message = `${name}: ${error.message}`
      throw new HoldfastError('invalid-input', message, {
        remedy: error.remedy,
        facts: { errors: [{ path: 'options.method', message }] },
      })
    }
  }
}
