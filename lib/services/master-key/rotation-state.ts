import { z } from 'zod'
import type { Tx } from '@/lib/db/client'

const key = 'master-key'
const stateSchema = z.object({
  /** Of the key that everything in the catalog is sealed with. */
  keyId: z.string(),
  /** Of the one before, while copies are left that only it opens. */
  from: z.string().optional(),
})
export type RotationState = z.infer<typeof stateSchema>

/** Which master key the catalog is sealed with; null: it was never replaced. */
export async function readRotation(tx: Tx): Promise<RotationState | null> {
  const row = await tx.setting.findUnique({ where: { key } })
  return row ? stateSchema.parse(row.value) : null
}

export async function storeRotation(tx: Tx, value: RotationState): Promise<void> {
  await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}
