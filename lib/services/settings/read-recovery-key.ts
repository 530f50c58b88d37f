import { z } from 'zod'
import type { Tx } from '@/lib/db/client'

/** Setting that holds the recovery key's public half, and whether its kit was shown to be stored. */
export const recoveryKeySetting = 'recovery-key'
const storedSchema = z.object({
  recipient: z.string(),
  createdAt: z.string(),
  /** Hash of the kit's check word; absent in kits of earlier versions, which print none. */
  checkSha256: z.string().optional(),
  confirmedAt: z.string().optional(),
})
export type StoredRecoveryKey = z.infer<typeof storedSchema>

/** The recovery key's public half, for which every backup's identity is wrapped too; null until a kit was made. */
export async function readRecoveryKey(tx: Tx): Promise<StoredRecoveryKey | null> {
  const row = await tx.setting.findUnique({ where: { key: recoveryKeySetting } })
  return row ? storedSchema.parse(row.value) : null
}
