import { commonOptionsSchema, type CommonOptions } from '@/lib/contracts/engines/common'
import { engineContract } from '@/lib/contracts/engines/index'

/** A stored source's options, defaults filled in: those of every source, and the engine's own beside them. */
export function sourceOptions(row: { engine: string; options: unknown }): CommonOptions & Record<string, unknown> {
  const options = engineContract(row.engine).options.parse(row.options)
  return { ...options, ...commonOptionsSchema.parse(options) }
}
